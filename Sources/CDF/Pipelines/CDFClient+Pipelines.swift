import Station

/// What an extraction pipeline is told at one time.
package struct PipelineRun: Equatable, Sendable {
    package enum Status: String, Equatable, Sendable, Encodable {
        /// The daemon works.
        case seen
        /// The queue has been worked off.
        case success
        case failure
    }

    package var status: Status
    /// Any length; CDF gets the first ``longestMessage``.
    package var message: String?

    /// CDF's limit, in UTF-16 units, which is the strictest way to count characters.
    package static let longestMessage = 1000

    package init(_ status: Status, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}

extension JSONRequest {
    /// Reports a run to the extraction pipeline with this external id.
    ///
    /// Each call adds a run: where its outcome is unknown it is not repeated.
    package static func pipelineRun(_ run: PipelineRun, of pipeline: String) -> JSONRequest {
        struct Body: Encodable, Sendable {
            struct Item: Encodable, Sendable {
                var externalId: String
                var status: PipelineRun.Status
                var message: String?
            }
            var items: [Item]
        }
        let message = run.message.map { $0.cut(to: PipelineRun.longestMessage) }
        return JSONRequest(
            "/extpipes/runs",
            Body(items: [.init(externalId: pipeline, status: run.status, message: message)]),
            asked: "a report to extraction pipeline \(printable(pipeline))",
            .once
        )
    }
}

extension CDFClient {
    package func report(_ run: PipelineRun, to pipeline: String) async throws(CDFError) {
        _ = try await post(.pipelineRun(run, of: pipeline), as: Nothing.self)
    }

    /// Whether the project has an extraction pipeline with this external id that drop360 may read.
    package func hasPipeline(_ externalID: String) async throws(CDFError) -> Bool {
        struct Entry: Decodable, Sendable { var externalId: String? }
        let asked = "extraction pipeline \(printable(externalID))"
        let found: [Entry] = try await entries(at: "/extpipes/byids", externalID: externalID, asked: asked)
        return !found.isEmpty
    }
}

extension String {
    /// As many whole characters from the start as fit into `limit` UTF-16 units; an ellipsis shows that some are missing.
    func cut(to limit: Int) -> String {
        utf16.count > limit ? head(units: limit - 1) + "…" : self
    }
}
