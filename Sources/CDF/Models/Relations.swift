/// Properties of one view by which its nodes point at others.
package struct Relations: Equatable, Sendable {
    package var view: ViewReference
    /// Names of direct relations.
    package var properties: [String]

    package init(view: ViewReference, properties: [String]) {
        self.view = view
        self.properties = properties
    }
}
