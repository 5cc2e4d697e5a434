import CDF
import Foundation
import Ledger
import Station
import Timing

/// Why a hand-over does not go on now.
enum HandOverObstacle: Error {
    /// A request failed, and certainly created nothing.
    case cdf(CDFError)
    /// Something may have been created: it is looked for again at this time, before anything else.
    case inDoubt(until: Date, reason: String)
    /// Nothing more is tried.
    case final(ItemState.Failure)
    /// The item has other content by now.
    case overtaken
    case ledger(LedgerError)
}

/// What one hand-over works with; its methods give requests and transactions one type of error.
struct HandOverStep: Sendable {
    let context: DeliveryContext
    let item: ItemRecord
    let digest: ContentDigest

    var now: Date { context.timeSource.now() }

    /// For so long after a request that may create something, nothing is created again, in seconds.
    ///
    /// CDF accepts a nonce for about a minute: after this time a request that was still on its way can no longer succeed, whatever
    /// became of drop360 and the line meanwhile. What was created in time can be found.
    static let doubt: TimeInterval = 90
    /// How often it is looked for meanwhile, in seconds.
    private static let look: TimeInterval = 15

    /// Refuses to go on while something that was intended at `date` may still be created.
    func expectCertainty(since date: Date?, _ reason: String) throws(HandOverObstacle) {
        guard let date else { return }
        let passed = now.timeIntervalSince(date)
        // A date in the future comes from a clock that was set back since: it proves nothing, and is replaced by the next intent.
        guard passed >= 0, passed < Self.doubt else { return }
        throw .inDoubt(until: now.addingTimeInterval(min(Self.look, Self.doubt - passed)), reason: reason)
    }

    /// Something may have just been created.
    func doubt(_ error: CDFError) -> HandOverObstacle {
        .inDoubt(until: now.addingTimeInterval(Self.look), reason: error.summary)
    }

    /// Makes requests that only read.
    func reading<Value>(
        _ work: (CDFClient) async throws(CDFError) -> Value
    ) async throws(HandOverObstacle) -> Value {
        do throws(CDFError) {
            let value = try await work(context.client)
            context.board.step()
            context.link.recordSuccess(of: item.id)
            return value
        } catch {
            throw .cdf(error.keptToItem)
        }
    }

    func recording<Value>(
        _ work: (ItemLedger) async throws(LedgerError) -> Value
    ) async throws(HandOverObstacle) -> Value {
        do throws(LedgerError) { return try await work(context.ledger) } catch { throw .ledger(error) }
    }
}

extension CDFError {
    /// The same error, where it must not count as the link's: stations need neither CDF's 3D service nor sessions, so they are delivered
    /// also if drop360's identity may not use these.
    var keptToItem: CDFError {
        guard case .forbidden(let asked, let message, let id) = self else { return self }
        return .serverTrouble(
            asked: asked,
            status: 403,
            message: "\(message). drop360's identity needs threedAcl:READ,CREATE and sessionsAcl:CREATE",
            retryAfter: nil,
            requestID: id
        )
    }

    /// The same of a request that contains a nonce or asks for one: also a 401 is about that, since others get through.
    var keptToSession: CDFError {
        guard case .unauthorized(let asked, let id) = self else { return keptToItem }
        return .serverTrouble(
            asked: asked,
            status: 401,
            message: "CDF does not accept drop360's session",
            retryAfter: nil,
            requestID: id
        )
    }
}
