extension Responder {
    private static let allActions: [String: [String]] = [
        "filesAcl": ["READ", "WRITE"], "datasetsAcl": ["READ", "WRITE", "OWNER"], "dataModelsAcl": ["READ", "WRITE"],
        "threedAcl": ["READ", "CREATE", "UPDATE", "DELETE"], "sessionsAcl": ["LIST", "CREATE", "DELETE"],
        "extractionPipelinesAcl": ["READ", "WRITE"], "extractionRunsAcl": ["READ", "WRITE"],
        "labelsAcl": ["READ", "WRITE"], "securityCategoriesAcl": ["MEMBEROF", "LIST", "CREATE"],
        "projectsAcl": ["LIST", "READ"], "groupsAcl": ["LIST", "READ"],
    ]

    /// The answer to `GET /api/v1/token/inspect`: the given capabilities, or all, except to write into read-only spaces.
    func inspection(_ shape: ProjectShape, spaces: [String]) -> JSON {
        func capability(_ acl: String, _ actions: [String], in scope: JSON = ["all": [:]]) -> JSON {
            [acl: ["actions": .array(actions.map(JSON.string)), "scope": scope, "version": 1]]
        }
        let writable = spaces.filter { !shape.readOnlySpaces.contains($0) }.map(JSON.string)
        let instances =
            shape.readOnlySpaces.isEmpty
            ? [capability("dataModelInstancesAcl", ["READ", "WRITE"])]
            : [
                capability("dataModelInstancesAcl", ["READ"]),
                capability("dataModelInstancesAcl", ["WRITE"], in: ["spaceIdScope": ["spaceIds": .array(writable)]]),
            ]
        let all = Self.allActions.sorted { $0.key < $1.key }.map { capability($0.key, $0.value) } + instances
        let project: [String: JSON] = ["projectScope": ["projects": [.string(configuration.project)]]]
        let capabilities = (shape.capabilities?.map(\.json) ?? all).map { capability in
            JSON.object((capability.object ?? [:]).merging(project) { first, _ in first })
        }
        return [
            "subject": .string(configuration.clientID),
            "projects": [["projectUrlName": .string(configuration.project), "groups": [1]]],
            "capabilities": .array(capabilities),
        ]
    }
}
