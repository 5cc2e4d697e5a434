package import DropFolder
package import Station

/// Why a request to CDF failed, after the few tries inside it.
package enum CDFError: OperatorFacingError, Equatable {
    /// No answer: no route, no name, refused, reset, or no data moved for too long.
    case unreachable(host: String, detail: String)
    /// An answer that CDF would not give: a captive portal, a proxy's page, a redirect.
    case notCDF(host: String, detail: String)
    /// The proxy cannot be reached, or refuses the connection.
    case proxy(ProxyTrouble)
    /// No encrypted connection can be made, or none that can be trusted.
    case tls(TLSTrouble)
    /// The identity provider does not accept the client id and secret.
    case credentialsRefused(host: String, detail: String)
    /// The identity provider does not accept the client id and certificate.
    case certificateRefused(host: String, detail: String)
    /// CDF did not accept a fresh token.
    case unauthorized(asked: String, requestID: String?)
    /// The token is valid, but its holder may not do this.
    case forbidden(asked: String, message: String, requestID: String?)
    /// CDF found something wrong with the request; the same request would be refused again.
    case refused(asked: String, status: Int, message: String, requestID: String?)
    /// The file service does not know a file whose node has been written: it learns of new ones late.
    case notKnownYet(asked: String, message: String, requestID: String?)
    /// What is to be written holds other things, which another tool keeps there.
    case occupied(OccupiedID, holds: String)
    /// Too many requests, even after waiting.
    case throttled(asked: String, retryAfter: Duration?, requestID: String?)
    /// CDF reports an error of its own.
    case serverTrouble(asked: String, status: Int, message: String, retryAfter: Duration?, requestID: String?)
    /// An invalid answer with a success status.
    case unexpectedAnswer(asked: String, detail: String, requestID: String?)
    /// The file is no longer what was inspected; sending was aborted before its end.
    case sourceChanged(path: String)
    /// The file could not be read.
    case source(DropFolderError)
    /// The project lacks what drop360 needs: the space, the data set, a view, a property.
    case projectLacks(String, advice: String)
    /// The ledger has delivered by one model, and the configuration demands another one.
    case otherModel(delivered: String, wanted: String)
    /// A request that may not be repeated got no readable answer: its outcome has to be looked up.
    indirect case outcomeUnknown(asked: String, cause: CDFError)
    /// drop360 is stopping.
    case interrupted

    package var summary: String {
        switch self {
        case .unreachable(let host, let detail):
            "\(host) cannot be reached (\(printable(detail))). Nothing is lost; drop360 keeps collecting and tries again."
        case .notCDF(let host, let detail):
            "Something else answers in place of \(host) (\(printable(detail))). Nothing sent there counts; drop360 tries again."
        case .proxy(let trouble): "\(trouble.summary) Nothing is lost; drop360 keeps collecting and tries again."
        case .tls(let trouble): "\(trouble.summary) Nothing is lost; drop360 keeps collecting and tries again."
        case .certificateRefused(let host, let detail):
            "\(host) does not accept the client id and certificate (\(printable(detail))). Nothing is sent until this is fixed."
        case .credentialsRefused(let host, let detail):
            "\(host) does not accept the client id and secret (\(printable(detail))). Nothing is sent until this is fixed."
        case .unauthorized(let asked, let id):
            "CDF did not accept the access token for \(asked)\(Self.reference(id)). Nothing is sent until this is fixed."
        case .forbidden(let asked, let message, let id):
            "drop360's identity may not do this in CDF: \(asked) (\(printable(message)))\(Self.reference(id)). Nothing is sent until this is fixed."
        case .refused(let asked, let status, let message, let id):
            "CDF refused \(asked) with status \(status): \(printable(message))\(Self.reference(id))."
        case .notKnownYet(let asked, let message, let id):
            "CDF's file service does not know the new file yet for \(asked) (\(printable(message)))\(Self.reference(id)). drop360 waits and tries again."
        case .occupied(let id, let holds):
            "\(id) already holds something else (\(printable(holds))). drop360 does not write over it."
        case .throttled(let asked, _, let id):
            "CDF asks for fewer requests (\(asked))\(Self.reference(id)). drop360 waits and continues."
        case .serverTrouble(let asked, let status, let message, _, let id):
            "CDF had trouble with \(asked), status \(status): \(printable(message))\(Self.reference(id)). drop360 tries again."
        case .unexpectedAnswer(let asked, let detail, let id):
            "CDF's answer to \(asked) is invalid: \(printable(detail))\(Self.reference(id)). drop360 tries again."
        case .sourceChanged(let path):
            "\(printable(path)) changed while it was being sent. drop360 inspects the station again."
        case .source(let error): error.summary
        case .projectLacks(let what, _): "\(what) drop360 keeps collecting and sends nothing."
        case .otherModel(let delivered, let wanted):
            "This ledger has delivered under `target.model: \(delivered)`, and the configuration says \(wanted): its images would all stand in CDF a second time. drop360 keeps collecting and sends nothing."
        case .outcomeUnknown(let asked, let cause):
            "It is unknown whether CDF carried out \(asked); drop360 looks for the result before it repeats the request. Cause: \(cause.summary)"
        case .interrupted: "Stopped before it was finished; drop360 continues at the next start."
        }
    }

    package var advice: String? {
        switch self {
        case .credentialsRefused:
            "Put the right client id and secret into the configuration, then reload drop360 (`systemctl reload drop360`); if systemd passes the secret, restart it instead."
        case .certificateRefused:
            "Upload this certificate to the application at the identity provider, or put the right one into the configured file. "
                + "drop360 reads the file again at the next try."
        case .proxy(let trouble): trouble.advice
        case .tls(let trouble): trouble.advice
        case .unauthorized:
            "Check `scopes`, `token-url` and `project` in the configuration, then reload drop360 (`systemctl reload drop360`)."
        case .forbidden:
            "Give the identity's group the capability in CDF (and set `data-set`, if its files capability is limited to one)."
        case .refused: "Fix the cause, then run `drop360 retry` for the station."
        case .occupied(let id, _): id.advice
        case .projectLacks(_, let advice): advice
        case .otherModel(let delivered, let wanted):
            "Write `target: {model: \(delivered)}`. To deliver everything anew under \(wanted), give drop360 another `state` directory."
        case .source(let error): error.advice
        case .outcomeUnknown(_, let cause): cause.advice
        case .unreachable, .notCDF, .throttled, .serverTrouble, .unexpectedAnswer, .sourceChanged, .notKnownYet,
            .interrupted:
            nil
        }
    }

    package var remedy: Remedy {
        switch self {
        case .unreachable, .notCDF, .tls: .offline
        case .proxy(let trouble): trouble.remedy
        case .credentialsRefused, .certificateRefused, .unauthorized, .forbidden, .projectLacks, .otherModel:
            .pauseStage
        case .refused, .occupied: .giveUp
        case .notKnownYet: .wait
        case .throttled(_, let after, _), .serverTrouble(_, _, _, let after, _): .retry(after: after)
        case .unexpectedAnswer: .retry(after: nil)
        case .outcomeUnknown(_, let cause): cause.remedy
        // The inbox finds out what is wrong with the folder; a retry here would not.
        case .sourceChanged, .source, .interrupted: .release
        }
    }

    /// How long CDF asked drop360 to wait.
    package var retryAfter: Duration? {
        switch self {
        case .throttled(_, let after, _), .serverTrouble(_, _, _, let after, _): after
        case .outcomeUnknown(_, let cause): cause.retryAfter
        default: nil
        }
    }

    private static func reference(_ id: String?) -> String {
        id.map { " (x-request-id \(printable($0, limit: 80)))" } ?? ""
    }
}
