import CDF
import Synchronization

/// The collections and stations that drop360 created, as far as it can tell, and that no image points at yet.
///
/// Only these may be taken back when an image is refused. They outlast one call: the batch that created them may have been split, or put off,
/// before the refusal.
final class FreshPlaces: Sendable {
    /// How sure it is that the node was made by drop360 for an image that has not come.
    enum Origin: Sendable {
        /// This process was told so.
        case certain
        /// It is as it was created, and as drop360 creates it: the answer may have been lost, or come to a process that was killed. Whether an
        /// image points at it has to be asked.
        case likely
    }

    private let nodes = Mutex<[NodeReference: Origin]>([:])

    /// Notes the nodes that nobody has changed since they were created.
    func add(_ receipts: [NodeReceipt]) {
        nodes.withLock { nodes in
            for receipt in receipts where receipt.version == 1 {
                let node = NodeReference(space: receipt.space, externalId: receipt.externalId)
                if receipt.wasModified { nodes[node] = .certain } else if nodes[node] == nil { nodes[node] = .likely }
            }
        }
    }

    /// Forgets `places`: images point at them now, or they are about to be taken back.
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
