extension SandboxStore {
    /// Handles `POST /labels`.
    func createLabels(_ call: Call) throws -> JSON {
        let now = now
        var names = Set(table(.label).compactMap { $0.members["externalId"]?.string })
        var made: [[String: JSON]] = []
        for item in try call.body.items(1...1000) {
            let externalID = try item.requiredText("externalId", limit: 255)
            try checkNew(externalID, &names)
            var members: [String: JSON] = [
                "id": .int(nextNumber()), "externalId": .string(externalID), "createdTime": .int(now),
                "name": .string(try item.requiredText("name", limit: 140)),
            ]
            members["description"] = try item.text("description", limit: 500).map(JSON.string)
            members["dataSetId"] = try item.integer("dataSetId").map(JSON.int)
            made.append(members)
        }
        try commit(made.map { .record(.label, $0["id"]?.text ?? "", Record(members: $0)) })
        return ["items": .array(made.map(Self.shownLabel))]
    }

    /// A label as the API shows it: its number is the sandbox's own.
    private static func shownLabel(_ members: [String: JSON]) -> JSON { JSON.object(members).without(["id"]) }

    /// Handles `POST /labels/list`.
    func listLabels(_ body: JSON) throws -> JSON {
        let filter = body["filter"] ?? [:]
        let (prefix, name) = (try filter.text("externalIdPrefix", limit: 255), try filter.text("name", limit: 140))
        let all = table(.label).filter { label in
            let externalID = label.members["externalId"]?.string ?? ""
            return prefix.map(externalID.hasPrefix) ?? true && name.map { label.members["name"] == .string($0) } ?? true
        }
        let (page, next) = try page(
            all,
            limit: body.limit(default: 100, max: 1000),
            cursor: body.text("cursor", limit: 99)
        )
        return .members([
            "items": .array(page.map { Self.shownLabel($0.members) }), "nextCursor": next.map(JSON.string),
        ])
    }

    /// Handles `POST /labels/byids`.
    func labelsByIDs(_ call: Call) throws -> JSON {
        ["items": .array(try records(.label, call, noun: "Label").map { Self.shownLabel($0.members) })]
    }

    /// Handles `POST /labels/delete`.
    func deleteLabels(_ call: Call) throws -> JSON {
        let found = try records(.label, call, noun: "Label")
        try commit(found.map { .recordDeleted(.label, $0.members["id"]?.text ?? "") })
        return [:]
    }

    /// Refuses labels of a file that don't exist.
    func checkLabels(_ labels: [JSON]) throws {
        let known = Set(table(.label).compactMap { $0.members["externalId"]?.string })
        let missing = labels.compactMap { $0["externalId"]?.string }.filter { !known.contains($0) }
        guard missing.isEmpty else {
            throw APIError.badRequest(
                "Label ids not found: \(missing.joined(separator: ", "))",
                missing: missing.map { ["externalId": .string($0)] }
            )
        }
    }

    /// Handles `POST /securitycategories`.
    func createSecurityCategories(_ call: Call) throws -> JSON {
        let made = try call.body.items(1...1000).map { item -> [String: JSON] in
            ["id": .int(nextNumber()), "name": .string(try item.requiredText("name", limit: 255))]
        }
        try commit(made.map { .record(.securityCategory, $0["id"]?.text ?? "", Record(members: $0)) })
        return ["items": .array(made.map(JSON.object))]
    }

    /// Handles `GET /securitycategories`.
    func listSecurityCategories() -> JSON {
        [
            "items": .array(
                table(.securityCategory).map { ["id": $0.members["id"] ?? .null, "name": $0.members["name"] ?? .null] }
            )
        ]
    }

    /// Refuses security categories of a file that don't exist.
    func checkSecurityCategories(_ ids: [JSON]) throws {
        let missing = ids.filter { state.records[.securityCategory]?[$0.text] == nil }
        try check(
            missing.isEmpty,
            "Security categories not found: \(missing.map(\.text).joined(separator: ", "))"
        )
    }
}
