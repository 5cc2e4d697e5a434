import CDF
import Synchronization

/// The collections and stations that drop360 created, as far as it knows, and that no image points at yet.
///
/// Only these may be deleted when an image is refused. They outlast one call: the batch that created them may have been split, or postponed,
/// before the refusal.
final class FreshPlaces: Sendable {
    /// How certain it is that drop360 created the node for an image that has not been written.
    enum Origin: Sendable {
        /// CDF reported it to this process.
        case certain
        /// It is unchanged since its creation, and as drop360 creates it: the answer may have been lost, or have reached a process that was
        /// killed. Whether an image points at it has to be checked.
        case likely
    }

    private let nodes = Mutex<[NodeReference: Origin]>([:])

    /// Notes the nodes that have not been changed since they were created.
    func add(_ receipts: [NodeReceipt]) {
        nodes.withLock { nodes in
            for receipt in receipts where receipt.version == 1 {
                let node = NodeReference(space: receipt.space, externalId: receipt.externalId)
                if receipt.wasModified { nodes[node] = .certain } else if nodes[node] == nil { nodes[node] = .likely }
            }
        }
    }

    /// Forgets `places`: images point at them now, or they are about to be deleted.
    ///
    /// - Returns: Those of them that were fresh, in a fixed order.
    @discardableResult
    func take(_ places: [NodeReference]) -> [(node: NodeReference, origin: Origin)] {
        nodes.withLock { nodes in
            let fresh = Set(places).compactMap { place in nodes.removeValue(forKey: place).map { (place, $0) } }
            return fresh.sorted { $0.0.externalId < $1.0.externalId }
        }
    }
}
