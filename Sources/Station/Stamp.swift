/// A short text that changes whenever something relevant in an item is added, removed or changed.
///
/// Only compared for equality; only its creator knows how it is made.
package struct Stamp: Hashable, Sendable, Codable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}
