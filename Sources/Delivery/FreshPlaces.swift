import CDF
import Station
import Synchronization

/// The collections and stations that this process created and that no image points at yet.
///
/// Only these may be taken back when an image is refused, so nothing of anybody else's is ever touched. They outlast one
/// call: the batch that created them may have been split, or put off, before the refusal.
final class FreshPlaces: Sendable {
    private let nodes = Mutex<Set<NodeReference>>([])

    /// Notes the nodes that did not exist before.
    func add(_ receipts: [NodeReceipt]) {
        let fresh = receipts.filter { $0.version == 1 && $0.wasModified }
        nodes.withLock { $0.formUnion(fresh.map { NodeReference(space: $0.space, externalId: $0.externalId) }) }
    }

    /// Forgets `places`: images point at them now, or they are about to be taken back.
    ///
    /// - Returns: Those of them that were fresh, in a fixed order.
    @discardableResult
    func take(_ places: [NodeReference]) -> [NodeReference] {
        nodes.withLock { nodes in
            let fresh = nodes.intersection(places)
            nodes.subtract(fresh)
            return fresh.sorted { $0.externalId < $1.externalId }
        }
    }
}

extension Image360Model {
    /// The collections and stations of `captures`, some perhaps repeatedly.
    func places(of captures: [Capture]) -> [NodeReference] {
        captures.flatMap { [collectionNode(of: $0).reference, stationNode(of: $0).reference] }
    }
}
