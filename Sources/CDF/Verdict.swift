import Foundation
import NIOHTTP1
import Station

/// What an unusable answer means: the error that it comes to, and whether another try may help.
struct Verdict {
    var error: CDFError
    var mayRepeat: Bool
    var retryAfter: Duration?

    /// Judges a try without an answer.
    ///
    /// - Throws: Where another try makes no sense at all.
    init(of failure: TryFailure, host: String) throws(CDFError) {
        switch failure {
        case .network(let detail): self.init(error: .unreachable(host: host, detail: detail), mayRepeat: true)
        case .onTheWay(let error, let mayRepeat): self.init(error: error, mayRepeat: mayRepeat)
        case .source(let error): throw error
        case .interrupted: throw .interrupted
        }
    }

    init(error: CDFError, mayRepeat: Bool, retryAfter: Duration? = nil) {
        self.error = error
        self.mayRepeat = mayRepeat
        self.retryAfter = retryAfter
    }

    /// Judges an answer outside of the 200s.
    init(of answer: Answer, asked: String, host: String, now: Date) {
        let id = answer.requestID
        let after = Backoff.retryAfter(answer.headers.first(name: "retry-after"), now: now)
        // CDF's own word that a repetition is safe, whatever the status.
        let invited = answer.headers.first(name: "cdf-is-auto-retryable")?.lowercased() == "true"
        retryAfter = after
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
