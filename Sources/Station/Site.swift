/// The site of stations whose sidecar does not give one.
package struct Site: Sendable, Equatable {
    /// The site's part of the collection's external id.
    package var id: String
    /// The label of the collection; nil for the id.
    package var name: String?

    package init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }
}
