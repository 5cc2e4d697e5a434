/// What an operator decides about every file in CDF.
package struct FileSettings: Sendable, Equatable {
    /// External ids of labels that exist in CDF.
    package var labels: [String] = []
    /// CDF's numbers of security categories.
    package var securityCategories: [Int64] = []
    /// Names the system that the files come from.
    package var source = defaultSource
    /// Absolute, without a slash at the end; each site has a directory of its own in it.
    package var directory = "/360"

    package static let defaultSource = "drop360"

    package init() {}

    /// The keys that are set and that a file which is a CogniteFile node has no place for; empty if there are none.
    package var withoutPlaceOnNodes: [String] {
        [
            labels.isEmpty ? nil : "labels", securityCategories.isEmpty ? nil : "security-categories",
            source == Self.defaultSource ? nil : "source",
        ].compactMap(\.self)
    }
}
