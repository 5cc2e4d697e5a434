import Station
import Timing

extension CDFClient {
    /// How often the file service is asked for an address before the station waits instead, without occupying a slot.
    static let asksForNewFile = 5

    /// Asks for the address of a file's bytes.
    ///
    /// The file service learns of a node some time after it was written: then it is asked again, with growing pauses. A node that is not
    /// there is written first.
    ///
    /// - Parameters:
    ///   - node: The file's.
    ///   - request: Its answer contains the address.
    /// - Throws: ``CDFError/notKnownYet(asked:message:requestID:)`` if that takes longer.
    func address<Result: Decodable & Sendable>(
        of node: NodeWrite,
        _ request: JSONRequest
    ) async throws(CDFError) -> Result {
        var attempt = 0
        while true {
            attempt += 1
            let answer = try await answer(to: request) { $0.isNotFound }
            if answer.isSuccess { return try decode(answer, asked: request.asked) }
            // The data model is consistent at once, unlike the file service.
            if attempt == 1, try await !hasFile(node.reference) {
                _ = try await write([node], asked: request.asked)
            }
            guard attempt < Self.asksForNewFile else {
                throw .notKnownYet(asked: request.asked, message: answer.errorMessage, requestID: answer.requestID)
            }
            let pause = Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: timeSource.random())
            do { try await timeSource.sleep(pause) } catch { throw .interrupted }
        }
    }

    /// Whether the data model has a file under this id.
    private func hasFile(_ node: NodeReference) async throws(CDFError) -> Bool {
        let asked = "the node of file \(printable(node.externalId))"
        return try await !nodes([node], with: CoreModel.file, asked: asked).isEmpty
    }
}
