/// How one sandbox behaves; the defaults are those of `drop360 sandbox`.
package struct SandboxConfiguration: Sendable {
    /// The port on 127.0.0.1; 0 means any free one.
    package var port = 8360
    /// The data folder; nil for a temporary one, removed at the end.
    package var data: String?
    /// The one project served.
    package var project = "sandbox"
    /// What the project is like at the start.
    package var shape = ProjectShape()
    /// The client that `POST /oauth2/token` and `POST /sessions` accept.
    package var clientID = "sandbox"
    /// The secret of ``clientID``.
    package var clientSecret = "sandbox"
    /// How long an access token is valid.
    package var tokenLifetime = Duration.seconds(3600)
    /// How long an upload URL accepts a PUT.
    package var uploadURLLifetime = Duration.seconds(7 * 24 * 3600)
    /// How long after its last PUT a file becomes `uploaded`.
    package var uploadedDelay = Duration.zero
    /// Every part of a multipart upload but the last must be larger than this, in bytes.
    package var minimumPartSize: Int64 = 5 * 1024 * 1024
    /// The delay of each answer, as with a distant CDF.
    package var answerDelay = Duration.zero
    /// How long the nonce of a session is valid.
    package var nonceLifetime = Duration.seconds(60)
    /// How many requests `GET /sandbox/requests` keeps.
    package var requestLogLimit = 20_000
    /// Whether the request log is also written to `requests.jsonl` in ``data``.
    package var writesRequestLog = false

    package init() {}
}

extension Duration {
    /// Whole milliseconds, the unit of every time in the API.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
