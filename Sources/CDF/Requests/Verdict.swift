import Foundation
import NIOHTTP1
import Station

/// Whether CDF has acted on a request that got no usable answer.
enum Effect {
    /// Surely not: it never arrived, or was turned away.
    case none
    case unknown
}

/// What an unusable answer means: the error that it comes to, whether another try may help, and what is known of this one.
struct Verdict {
    var error: CDFError
    /// Whether another try may get through.
    var mayRepeat: Bool
    var retryAfter: Duration?
    var effect: Effect

    /// Judges a try without an answer.
    ///
    /// - Throws: Where another try makes no sense at all.
    init(of failure: TryFailure, host: String) throws(CDFError) {
        switch failure {
        case .network(let detail, let effect):
            self.init(error: .unreachable(host: host, detail: detail), mayRepeat: true, effect: effect)
        case .onTheWay(let error, let mayRepeat, let effect):
            self.init(error: error, mayRepeat: mayRepeat, effect: effect)
        case .source(let error): throw error
        case .interrupted: throw .interrupted
        }
    }

    init(error: CDFError, mayRepeat: Bool, retryAfter: Duration? = nil, effect: Effect = .unknown) {
        self.error = error
        self.mayRepeat = mayRepeat
        self.retryAfter = retryAfter
        self.effect = effect
    }

    /// Judges an answer outside of the 200s.
    init(of answer: Answer, asked: String, host: String, now: Date) {
        let id = answer.requestID
        let after = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: now)
        // CDF's own word that a repetition is safe, whatever the status.
        let invited = answer.headers.first(name: "cdf-is-auto-retryable")?.lowercased() == "true"
        retryAfter = after
        // What is turned away was not carried out; a server's own trouble may come after the deed, and a time limit (408) may be a proxy's.
        effect = invited || (answer.status < 500 && answer.status != 408) ? .none : .unknown
        switch answer.status {
        case 300..<400:
            error = .notCDF(host: host, detail: "a redirect with status \(answer.status)")
            mayRepeat = false
        case 401 where !answer.looksLikePage:
            error = .unauthorized(asked: asked, requestID: id)
            mayRepeat = invited
        case 400..<500 where answer.looksLikePage && answer.status != 429 && answer.status != 408:
            error = .notCDF(host: host, detail: "a page with status \(answer.status)")
            mayRepeat = false
        case 403:
            error = .forbidden(asked: asked, message: answer.errorMessage, requestID: id)
            mayRepeat = invited
        case 429:
            error = .throttled(asked: asked, retryAfter: after, requestID: id)
            mayRepeat = true
        // 409: somebody else was writing the same at the same time. Or CDF itself says that it may come right: not final.
        case let status where [408, 409, 425].contains(status) || status >= 500 || invited:
            error = .serverTrouble(
                asked: asked,
                status: answer.status,
                message: answer.errorMessage,
                retryAfter: after,
                requestID: id
            )
            mayRepeat = true
        default:
            error = .refused(asked: asked, status: answer.status, message: answer.errorMessage, requestID: id)
            mayRepeat = false
        }
    }
}
