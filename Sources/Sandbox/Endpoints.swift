/// The endpoints under `/api/v1/projects/{project}`.
///
/// Each is a method of the store; the two that move file contents are in ``ContentService``.
struct Endpoints: Sendable {
    let store: SandboxStore
    let contents: ContentService

    func answer(_ call: Call) async throws -> (status: Int, body: JSON) {
        try await store.shape.authorize(call.needs)
        try await store.settleUploads()
        return switch (call.method, call.path.first ?? "") {
        case (_, "files"): try await files(call)
        case (_, "models"): (200, try await dataModelling(call))
        case (_, "3d"): try await threeD(call)
        default: try await others(call)
        }
    }

    private func files(_ call: Call) async throws -> (status: Int, body: JSON) {
        switch (call.method, Array(call.path.dropFirst())) {
        case ("POST", []): (201, try await store.createFile(call))
        case ("POST", ["initmultipartupload"]): (201, try await store.createMultipartFile(call))
        case ("POST", ["completemultipartupload"]): (200, try await contents.completeMultipart(call.body))
        case ("POST", ["uploadlink"]): (200, try await store.createUploadLink(call))
        case ("POST", ["multiuploadlink"]): (200, try await store.createMultipartLink(call))
        case ("POST", ["byids"]): (200, try await store.filesByIDs(call))
        case ("POST", ["list"]): (200, try await store.listFiles(call.body))
        case ("POST", ["update"]): (200, try await store.updateFiles(call))
        case ("POST", ["delete"]): (200, try await store.deleteFiles(call))
        case ("POST", ["downloadlink"]): (200, try await store.downloadLinks(call))
        case ("GET", []): (200, try await store.listFiles(Self.listBody(call.query, filters: Self.fileFilters)))
        case ("GET", let path) where path.count == 1: (200, try await store.file(id: path[0]))
        default: throw Self.unknown(call)
        }
    }

    private func dataModelling(_ call: Call) async throws -> JSON {
        switch (call.method, Array(call.path.dropFirst())) {
        case ("POST", ["views", "byids"]): try await store.viewsByIDs(call)
        case ("GET", ["views"]): await store.listViews(call)
        case ("POST", ["spaces"]): try await store.applySpaces(call)
        case ("POST", ["spaces", "byids"]): try await store.spacesByIDs(call)
        case ("POST", ["spaces", "delete"]): try await store.deleteSpaces(call)
        case ("GET", ["spaces"]): await store.listSpaces(call)
        case ("GET", ["statistics"]): await store.statistics()
        case ("POST", ["instances"]): try await store.applyInstances(call)
        case ("POST", ["instances", "byids"]): try await store.instancesByIDs(call)
        case ("POST", ["instances", "inspect"]): try await store.inspectInstances(call)
        case ("POST", ["instances", "list"]): try await store.listInstances(call.body)
        case ("POST", ["instances", "search"]): try await store.searchInstances(call.body)
        case ("POST", ["instances", "aggregate"]): try await store.aggregateInstances(call.body)
        case ("POST", ["instances", "query"]): try await store.queryInstances(call.body)
        case ("POST", ["instances", "delete"]): try await store.deleteInstances(call)
        default: throw Self.unknown(call)
        }
    }

    private func threeD(_ call: Call) async throws -> (status: Int, body: JSON) {
        guard call.path.count > 1, call.path[1] == "models" else { throw Self.unknown(call) }
        let path = Array(call.path.dropFirst(2))
        switch (call.method, path.count) {
        case ("POST", 0): return (201, try await store.createModels(call))
        case ("GET", 0): return (200, try await store.listModels(call))
        case ("POST", 1) where path[0] == "update": return (200, try await store.updateModels(call))
        case ("POST", 1) where path[0] == "delete": return (200, try await store.deleteModels(call))
        case ("GET", 1): return (200, try await store.model(path[0]).json)
        case ("POST", 2) where path[1] == "revisions":
            return (201, try await store.createRevisions(call, model: path[0]))
        case ("GET", 2) where path[1] == "revisions": return (200, try await store.listRevisions(call, model: path[0]))
        case ("POST", 3) where path[1] == "revisions" && path[2] == "update":
            return (200, try await store.updateRevisions(call, model: path[0]))
        case ("POST", 3) where path[1] == "revisions" && path[2] == "delete":
            return (200, try await store.deleteRevisions(call, model: path[0]))
        case ("GET", 3) where path[1] == "revisions":
            return (200, try await store.revision(model: path[0], path[2]))
        case ("GET", 4) where path[1] == "revisions" && path[3] == "logs":
            return (200, try await store.revisionLogs(model: path[0], path[2], severity: call.query["severity"]))
        default: throw Self.unknown(call)
        }
    }

    private func others(_ call: Call) async throws -> (status: Int, body: JSON) {
        switch (call.method, call.path) {
        case ("POST", ["sessions"]): (200, try await store.createSession(call))
        case ("POST", ["datasets"]): (201, try await store.createDataSets(call))
        case ("POST", ["datasets", "byids"]): (200, try await store.dataSetsByIDs(call))
        case ("POST", ["datasets", "list"]): (200, await store.listDataSets())
        case ("POST", ["labels"]): (201, try await store.createLabels(call))
        case ("POST", ["labels", "list"]): (200, try await store.listLabels(call.body))
        case ("POST", ["labels", "byids"]): (200, try await store.labelsByIDs(call))
        case ("POST", ["labels", "delete"]): (200, try await store.deleteLabels(call))
        case ("POST", ["securitycategories"]): (201, try await store.createSecurityCategories(call))
        case ("GET", ["securitycategories"]): (200, await store.listSecurityCategories())
        case ("POST", ["extpipes"]): (201, try await store.createPipelines(call))
        case ("POST", ["extpipes", "byids"]): (200, try await store.pipelinesByIDs(call))
        case ("POST", ["extpipes", "list"]), ("GET", ["extpipes"]): (200, await store.listPipelines())
        case ("POST", ["extpipes", "runs"]): (201, try await store.createRun(call))
        case ("POST", ["extpipes", "runs", "list"]): (200, try await store.listRuns(call.body))
        case ("GET", ["extpipes", "runs"]):
            (200, try await store.listRuns(Self.listBody(call.query, filters: ["externalId"])))
        default: throw Self.unknown(call)
        }
    }

    private static func unknown(_ call: Call) -> APIError {
        .notFound("The sandbox does not serve \(call.method) /\(call.path.joined(separator: "/"))")
    }

    private static let fileFilters = ["name", "mimeType", "source", "externalIdPrefix", "directoryPrefix"]

    /// The body of the POST list request that is equivalent to a GET query.
    private static func listBody(_ query: [String: String], filters: [String]) -> JSON {
        var filter: [String: JSON] = [:]
        for key in filters { filter[key] = query[key].map(JSON.string) }
        filter["uploaded"] = query["uploaded"].map { .bool($0 == "true") }
        return .members([
            "filter": .object(filter), "limit": query["limit"].flatMap(Int64.init).map(JSON.int),
            "cursor": query["cursor"].map(JSON.string),
        ])
    }
}
