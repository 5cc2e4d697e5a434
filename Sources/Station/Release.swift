/// The version of drop360.
package enum Release {
    package static let version = "0.1.0"
    /// How drop360 names itself to CDF (`x-cdp-app`) and to identity providers.
    package static let application = "drop360/\(version)"
}
