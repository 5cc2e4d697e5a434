import Foundation
import NIOHTTP1
import Station

/// Whether CDF has acted on a request that got no usable answer.
enum Effect {
    /// Certainly not: it never arrived, or was rejected.
    case none
    case unknown
}

/// What an unusable answer means: the resulting error, whether another try may help, and what is known about this one.
struct Verdict {
    var error: CDFError
    /// Whether another try may succeed.
    var mayRepeat: Bool
    var retryAfter: Duration?
    var effect: Effect

    /// Judges a try without an answer.
    ///
    /// - Throws: If another try is pointless.
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

    /// Judges an answer with a status other than 2xx.
    init(of answer: Answer, asked: String, host: String, now: Date) {
        let id = answer.requestID
        let after = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: now)
        // CDF's own statement that a retry is safe, whatever the status.
        let invited = answer.headers.first(name: "cdf-is-auto-retryable")?.lowercased() == "true"
        retryAfter = after
        // A rejected request was not carried out; a server error may come after it was, and a timeout (408) may be a proxy's.
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
        // 409: another client was writing the same at the same time. Or CDF itself says that a retry may succeed: not final.
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
