import CDF
import Synchronization

/// The collections and stations that this process has written, as far as it remembers: they hold nothing of other tools.
final class KnownPlaces: Sendable {
    /// Beyond it the memory begins anew, which costs a look for each place that is written again.
    private static let most = 5000
    private let nodes = Mutex<Set<NodeReference>>([])

    var all: Set<NodeReference> { nodes.withLock { $0 } }

    func add(_ places: [NodeWrite]) {
        nodes.withLock { nodes in
            if nodes.count > Self.most { nodes = [] }
            nodes.formUnion(places.map(\.reference))
        }
    }
}
