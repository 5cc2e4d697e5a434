/// Which capabilities a request needs, after the API's document; for instances after the documentation, which contradicts it (contract G).
extension Call {
    /// The alternatives, of which one must be met as a whole; empty for what anybody may do.
    var needs: [[Need]] {
        switch path.first {
        case "files": fileNeeds
        case "models": [modelNeeds]
        case "3d": [threeDNeeds]
        case "sessions": [[Need("sessionsAcl", "CREATE")]]
        case "datasets": [[Need("datasetsAcl", reads ? "READ" : "WRITE")]]
        case "labels": [[Need("labelsAcl", reads ? "READ" : "WRITE")]]
        case "securitycategories": [[Need("securityCategoriesAcl", reads ? "LIST" : "CREATE")]]
        case "extpipes": [pipelineNeeds]
        default: []
        }
    }

    /// Whether the request changes nothing, by its name.
    private var reads: Bool {
        method == "GET" || ["byids", "list", "search", "query", "aggregate", "downloadlink"].contains(path.last)
    }

    private var items: [JSON] { body["items"]?.array ?? [] }

    private var fileNeeds: [[Need]] {
        let action = reads ? "READ" : "WRITE"
        var classic = [Need("filesAcl", action)]
        if method == "POST", path.count == 1 || path.last == "initmultipartupload" {
            classic[0].dataSet = .some(body["dataSetId"]?.int)
            if body["labels"] != nil { classic.append(Need("labelsAcl", "READ")) }
            if body["securityCategories"] != nil { classic.append(Need("securityCategoriesAcl", "MEMBEROF")) }
        }
        let named = items.isEmpty ? [body] : items
        let spaces = Set(named.compactMap { $0["instanceId"]?["space"]?.string })
        let takesNodes = reads || ["uploadlink", "multiuploadlink", "completemultipartupload"].contains(path.last)
        guard takesNodes, !spaces.isEmpty || path.last == "completemultipartupload" else { return [classic] }
        let byNode = [
            Need("dataModelsAcl", "READ", spaces: ["cdf_cdm"]), Need("dataModelInstancesAcl", action, spaces: spaces),
        ]
        return [classic, byNode]
    }

    private var modelNeeds: [Need] {
        guard path.dropFirst().first == "instances" else {
            guard path.last != "statistics", !reads else { return [Need("dataModelsAcl", "READ")] }
            return [Need("dataModelsAcl", "WRITE")]
        }
        let spaces = Set((items + (body["delete"]?.array ?? [])).compactMap { $0["space"]?.string })
        return [Need("dataModelInstancesAcl", reads ? "READ" : "WRITE", spaces: spaces)]
    }

    private var threeDNeeds: [Need] {
        if method == "GET" { return [Need("threedAcl", "READ")] }
        switch path.last {
        case "update": return [Need("threedAcl", "UPDATE")]
        case "delete": return [Need("threedAcl", "DELETE")]
        case "models":
            // A model with a node belongs to no data set.
            let spaces = Set(items.compactMap { $0["space"]?.string })
            var create = Need("threedAcl", "CREATE")
            create.isUnlimited = !spaces.isEmpty
            if spaces.isEmpty { create.dataSet = .some(items.first?["dataSetId"]?.int) }
            return [create] + (spaces.isEmpty ? [] : [Need("dataModelInstancesAcl", "WRITE", spaces: spaces)])
        default: return [Need("threedAcl", "CREATE")]
        }
    }

    private var pipelineNeeds: [Need] {
        let isRun = path.dropFirst().first == "runs"
        let acl = isRun ? "extractionRunsAcl" : "extractionPipelinesAcl"
        return reads ? [Need(acl, "READ")] : [Need(acl, "WRITE"), Need("datasetsAcl", "READ")]
    }
}
