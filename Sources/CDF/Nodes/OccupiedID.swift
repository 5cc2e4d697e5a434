import Station

/// An id of ours under which another tool keeps something.
package enum OccupiedID: Equatable, Sendable, CustomStringConvertible {
    case node(NodeReference)
    /// A file by its external id.
    case file(String)

    /// The start of a sentence: `Node 'x' in space 's'`.
    package var description: String {
        switch self {
        case .node(let node): "Node '\(printable(node.externalId))' in space '\(printable(node.space))'"
        case .file(let id): "File '\(printable(id))'"
        }
    }

    /// What an operator can do.
    var advice: String {
        let start =
            "Ask who keeps it in CDF. Give the station another `site_id` or `station_id`, or have it removed there and run `drop360 retry`. "
        return switch self {
        case .node: start + "If many stations are concerned, set another `target.space`."
        // External ids of files are the same in all spaces.
        case .file: start + "If many stations are concerned, set another `target.external-id-prefix`."
        }
    }
}
