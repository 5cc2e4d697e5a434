/// Nodes that are written in one request, once all earlier layers are written.
package struct NodeLayer: Sendable {
    /// For messages: "collections and stations".
    package var title: String
    package var nodes: [NodeWrite]
    /// Whether they are useless until a later layer points at them: they are deleted if that layer is refused.
    package var isPlaces: Bool

    /// - Parameter nodes: CDF refuses a request that names a node twice; the last one counts.
    package init(_ title: String, _ nodes: [NodeWrite], isPlaces: Bool = false) {
        self.title = title
        var last: [NodeReference: Int] = [:]
        for (index, node) in nodes.enumerated() { last[node.reference] = index }
        self.nodes = nodes.enumerated().filter { last[$1.reference] == $0 }.map(\.element)
        self.isPlaces = isPlaces
    }
}
