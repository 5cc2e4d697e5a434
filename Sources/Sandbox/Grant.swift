/// One capability of the client's group, such as writing files of one data set.
package struct Grant: Equatable, Sendable {
    /// What a capability is limited to.
    package enum Scope: Equatable, Sendable {
        case everything
        case spaces(Set<String>)
        case dataSets(Set<Int64>)
        /// Something that the sandbox does not tell apart: own user, single data sets or pipelines.
        case other
    }

    /// `filesAcl`.
    package var acl: String
    /// `READ`.
    package var actions: Set<String>
    package var scope: Scope
    /// The scope as it was given, for the token's answer.
    let scopeJSON: JSON

    /// Reads `{"filesAcl": {"actions": […], "scope": {…}}}`, as in a group.
    init(_ json: JSON) throws(APIError) {
        guard let members = json.object, members.count == 1, let (acl, given) = members.first,
            let actions = given["actions"]?.array, let scope = given["scope"]?.object, scope.count == 1,
            let (name, limits) = scope.first
        else { throw .badRequest("A capability must be {\"…Acl\": {\"actions\": […], \"scope\": {…}}}") }
        self.acl = acl
        self.actions = Set(actions.compactMap(\.string))
        scopeJSON = .object(scope)
        switch name {
        case "all": self.scope = .everything
        case "spaceIdScope": self.scope = .spaces(Set((limits["spaceIds"]?.array ?? []).compactMap(\.string)))
        case "datasetScope":
            let ids = limits["ids"]?.array ?? []
            try check(ids.allSatisfy { $0.int != nil }, "The ids of a 'datasetScope' must be numbers")
            self.scope = .dataSets(Set(ids.compactMap(\.int)))
        default: self.scope = .other
        }
    }

    var json: JSON {
        [acl: ["actions": .array(actions.sorted().map(JSON.string)), "scope": scopeJSON, "version": 1]]
    }
}

/// Something that a request needs to be allowed.
struct Need {
    var acl: String
    var action: String
    /// The spaces concerned.
    var spaces: Set<String> = []
    /// The data set concerned, if the capability may be limited to some; nil within for none.
    var dataSet: Int64??
    /// Whether a capability for some data sets is not enough.
    var isUnlimited = false

    init(_ acl: String, _ action: String, spaces: Set<String> = []) {
        (self.acl, self.action, self.spaces) = (acl, action, spaces)
    }

    func isMet(by grants: [Grant]) -> Bool {
        let fitting = grants.filter { $0.acl == acl && $0.actions.contains(action) }
        func covers(_ space: String) -> Bool {
            fitting.contains { grant in
                if case .spaces(let names) = grant.scope { names.contains(space) } else { grant.scope == .everything }
            }
        }
        guard spaces.allSatisfy(covers) else { return false }
        return fitting.contains { grant in
            guard case .dataSets(let ids) = grant.scope else { return true }
            guard !isUnlimited else { return false }
            guard let dataSet else { return true }
            return dataSet.map(ids.contains) ?? false
        }
    }
}

extension ProjectShape {
    /// Refuses what the client may not do, unless one of the alternatives in `needs` is met as a whole.
    func authorize(_ needs: [[Need]]) throws(APIError) {
        guard let capabilities, !needs.contains(where: { $0.allSatisfy { $0.isMet(by: capabilities) } }) else { return }
        let names = needs.map { $0.map { "\($0.acl):\($0.action)" }.joined(separator: " and ") }
        throw APIError(
            status: 403,
            message: "Resource not found. This may also be due to insufficient access rights: "
                + names.joined(separator: ", or ")
        )
    }

    /// Whether the client may see views and spaces in `space`; those of others are left out of answers.
    func shows(_ space: String) -> Bool {
        guard let capabilities else { return true }
        return Need("dataModelsAcl", "READ", spaces: [space]).isMet(by: capabilities)
    }
}
