import AsyncHTTPClient
package import CoreMetrics
package import Meters

/// What the client counts: every try of a request, and what it sends.
package struct RequestMeters: Sendable {
    /// What a request is for, by its address.
    enum Endpoint: String, MetricLabel {
        case token, files, upload, instances, models
        case threeD = "three_d"
        case sessions, datasets, pipelines, other

        /// - Parameters:
        ///   - request: As it is sent.
        ///   - limit: Only the bytes of files may take as long as they move.
        ///   - project: The address of the project.
        init(of request: HTTPClientRequest, within limit: Exchange.Limit, project: String) {
            if case .progress = limit {
                self = .upload
                return
            }
            // Everything that is not CDF's and holds no bytes of files is the identity provider's.
            guard request.url.hasPrefix(project + "/") else {
                self = .token
                return
            }
            let parts = RequestPace.Family.parts(below: request.url)
            switch parts.first {
            case "files": self = .files
            case "models": self = parts.dropFirst().first == "instances" ? .instances : .models
            case "3d": self = .threeD
            case "sessions": self = .sessions
            case "datasets": self = .datasets
            case "extpipes": self = .pipelines
            default: self = .other
            }
        }
    }

    /// What came of one try.
    enum Outcome: String, MetricLabel {
        case ok, refused, unauthorized, throttled
        case serverError = "server_error"
        case notCDF = "not_cdf"
        case unreachable
        /// Broken off by drop360 itself: it was stopping, or the file changed.
        case aborted

        init(_ answer: Answer) {
            switch answer.status {
            case _ where answer.looksLikePage && answer.status != 429 && answer.status < 500: self = .notCDF
            case 200..<300: self = .ok
            case 300..<400: self = .notCDF
            case 401, 403: self = .unauthorized
            case 429: self = .throttled
            case 400..<500: self = .refused
            default: self = .serverError
            }
        }

        init(_ failure: TryFailure) {
            switch failure {
            case .network, .onTheWay: self = .unreachable
            case .source, .interrupted: self = .aborted
            }
        }
    }

    /// Why a request is sent again.
    enum RetryCause: String, MetricLabel {
        case unreachable, proxy, tls, throttled
        case serverError = "server_error"
        case notCDF = "not_cdf"
        /// CDF did not accept a token that had looked valid; a fresh one is tried.
        case token
        case other

        init(_ error: CDFError) {
            switch error {
            case .unreachable: self = .unreachable
            case .proxy: self = .proxy
            case .tls: self = .tls
            case .throttled: self = .throttled
            case .serverTrouble: self = .serverError
            case .notCDF: self = .notCDF
            case .unauthorized, .credentialsRefused, .certificateRefused: self = .token
            case .forbidden, .refused, .notKnownYet, .occupied, .unexpectedAnswer, .sourceChanged, .source,
                .projectLacks, .otherModel, .outcomeUnknown, .interrupted:
                self = .other
            }
        }
    }

    private static let requests = MetricDeclaration(
        "drop360_requests_total",
        .counter,
        labels: ["endpoint", "outcome"],
        help: "Requests to CDF and the identity provider, each try counted, by what they are for and what came of them."
    )
    private static let duration = MetricDeclaration(
        "drop360_request_seconds",
        .histogram(upTo: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]),
        labels: ["endpoint"],
        help: "How long one try of a request took, to the last byte of its answer."
    )
    private static let sent = MetricDeclaration(
        "drop360_sent_bytes_total",
        .counter,
        help: "Bytes of files that were handed to the network, those that had to be sent again included."
    )
    private static let repeated = MetricDeclaration(
        "drop360_retries_total",
        .counter,
        labels: ["cause"],
        help: "Requests that were sent again, by the reason."
    )
    package static let declarations = [requests, duration, sent, repeated]

    private let outcomes: [Endpoint: [Outcome: Counter]]
    private let durations: TimerFamily<Endpoint>
    let retries: CounterFamily<RetryCause>
    let sentBytes: Counter

    /// - Parameter factory: Where the counts go; without one, nowhere.
    package init(_ factory: any MetricsFactory = NOOPMetricsHandler.instance) {
        func counter(_ endpoint: Endpoint, _ outcome: Outcome) -> Counter {
            let labels = [("endpoint", endpoint.rawValue), ("outcome", outcome.rawValue)]
            return Counter(label: Self.requests.name, dimensions: labels, factory: factory)
        }
        outcomes = Dictionary(
            uniqueKeysWithValues: Endpoint.allCases.map { endpoint in
                let each = Outcome.allCases.map { ($0, counter(endpoint, $0)) }
                return (endpoint, Dictionary(uniqueKeysWithValues: each))
            }
        )
        durations = TimerFamily(Self.duration, factory: factory)
        retries = CounterFamily(Self.repeated, factory: factory)
        sentBytes = Counter(label: Self.sent.name, factory: factory)
    }

    func record(_ outcome: Outcome, of endpoint: Endpoint, since begun: ContinuousClock.Instant) {
        outcomes[endpoint]?[outcome]?.increment()
        durations.record(endpoint, since: begun)
    }
}
