extension CDFError {
    /// Whether CDF rejected a request for a reason that may be the nonce in it.
    ///
    /// Which status that has is not documented: any rejection of the request itself may be meant (contract O). A fresh session shows it.
    package var mayConcernNonce: Bool {
        switch self {
        case .unauthorized, .forbidden: true
        case .refused(_, let status, _, _): (400..<500).contains(status)
        default: false
        }
    }

    /// The same error, in which CDF's words do not repeat `secret`.
    func hiding(_ secret: String) -> CDFError {
        func clean(_ text: String) -> String {
            secret.isEmpty ? text : text.replacing(secret, with: "(hidden)")
        }
        return switch self {
        case .unreachable(let host, let detail): .unreachable(host: host, detail: clean(detail))
        case .notCDF(let host, let detail): .notCDF(host: host, detail: clean(detail))
        case .forbidden(let asked, let message, let id):
            .forbidden(asked: asked, message: clean(message), requestID: id)
        case .refused(let asked, let status, let message, let id):
            .refused(asked: asked, status: status, message: clean(message), requestID: id)
        case .serverTrouble(let asked, let status, let message, let after, let id):
            .serverTrouble(asked: asked, status: status, message: clean(message), retryAfter: after, requestID: id)
        case .unexpectedAnswer(let asked, let detail, let id):
            .unexpectedAnswer(asked: asked, detail: clean(detail), requestID: id)
        case .outcomeUnknown(let asked, let cause): .outcomeUnknown(asked: asked, cause: cause.hiding(secret))
        // Words of our own, or of the way to CDF; none of them repeats a request's body.
        case .proxy, .tls, .credentialsRefused, .certificateRefused, .unauthorized, .throttled, .sourceChanged, .source,
            .projectLacks, .otherModel, .notKnownYet, .occupied, .interrupted:
            self
        }
    }
}
