/// The site of stations whose sidecar names none.
package struct Site: Sendable, Equatable {
    /// What the collection's external id is made of.
    package var id: String
    /// The label of the collection; nil for the id.
    package var name: String?

    package init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }
}
