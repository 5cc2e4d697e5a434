import CDF
import Logging
import Station

/// Writes the nodes of contents layer by layer, and deletes places again if their image is refused.
struct NodeWriter: Sendable {
    private let context: DeliveryContext
    private let freshPlaces = FreshPlaces()
    private let knownPlaces = KnownPlaces()

    init(_ context: DeliveryContext) { self.context = context }

    /// - Parameters:
    ///   - captures: All their files are confirmed.
    ///   - model: The model they are written by.
    ///   - words: What the nodes belong to, for messages: "3 stations".
    ///   - hasPlaces: Whether their collections and stations are in CDF already, and stay as they are.
    func write(
        _ captures: [Capture],
        as model: any WireModel,
        of words: String,
        hasPlaces: Bool = false
    ) async throws(CDFError) {
        for layer in model.layers(of: captures) where !(hasPlaces && layer.isPlaces) {
            let asked = "the \(layer.title) of \(words)"
            // What is written again has been delivered under these ids.
            let known = hasPlaces ? Set(layer.nodes.map(\.reference)) : knownPlaces.all
            let receipts = try await context.write(layer.nodes, known: known, asked: asked)
            if layer.isPlaces {
                freshPlaces.add(receipts)
                knownPlaces.add(layer.nodes)
            }
            context.board.step()
        }
        freshPlaces.take(model.places(of: captures))
    }

    /// Deletes collections and stations that were created for images which CDF then refused: the viewer can't load empty ones.
    func removeEmptyPlaces(of captures: [Capture], as model: any WireModel) async {
        let candidates = freshPlaces.take(model.places(of: captures))
        var own: [NodeReference] = []
        do throws(CDFError) {
            for (node, origin) in candidates {
                if case .likely = origin, try await context.client.isPointedAt(node, by: model.relations) { continue }
                own.append(node)
            }
            guard !own.isEmpty else { return }
            try await context.client.deleteNodes(own, asked: "the removal of an empty collection")
        } catch {
            context.logger.error(
                "an empty collection could not be removed; the viewer will not load it",
                metadata: ["collection.ids": "\(candidates.map(\.node.externalId))", "error": "\(error)"]
            )
        }
    }
}
