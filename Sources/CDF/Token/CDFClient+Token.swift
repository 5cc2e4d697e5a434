import AsyncHTTPClient
package import Foundation
import NIOHTTP1
import Timing

/// What CDF reports about the identity behind the token.
package struct TokenInspection: Sendable {
    /// What one capability allows.
    struct Grant: Sendable {
        var acl: String
        var actions: Set<String>
        /// nil: all of them.
        var projects: Set<String>?
        /// The spaces that it is limited to; nil if it is not limited by space.
        var spaces: Set<String>?
    }

    package var subject: String
    /// By the names used in URLs.
    package var projects: [String]
    var grants: [Grant]
    /// Seconds by which this machine's clock is ahead of CDF's; nil if CDF's answer had no date.
    package var clockAhead: TimeInterval?

    /// Whether any grant covers the action.
    ///
    /// Other limits of a grant than spaces (data sets, single ids) are assumed to fit: only CDF itself can tell.
    ///
    /// - Parameters:
    ///   - action: `READ`.
    ///   - acl: `filesAcl`.
    ///   - project: Where.
    ///   - space: For data modelling, the space concerned.
    package func may(_ action: String, _ acl: String, in project: String, space: String?) -> Bool {
        grants.contains { grant in
            grant.acl == acl && grant.actions.contains(action) && grant.projects?.contains(project) ?? true
                && (space.map { grant.spaces?.contains($0) ?? true } ?? true)
        }
    }
}

extension TokenInspection: Decodable {
    private enum Key: String, CodingKey { case subject, projects, capabilities }
    private struct Project: Decodable { var projectUrlName: String }
    private struct Capability: Decodable {
        struct Member: Decodable {
            struct Scope: Decodable {
                struct Spaces: Decodable { var spaceIds: [String]? }
                var all: [String: String]?
                var spaceIdScope: Spaces?
            }
            var actions: [String]?
            var scope: Scope?
            var projects: [String]?
        }

        let grants: [Grant]

        init(from decoder: any Decoder) throws {
            var members: [String: Member] = [:]
            // Members that drop360 does not use may have any form.
            for (key, value) in try decoder.singleValueContainer().decode([String: Lenient<Member>].self) {
                members[key] = value.value
            }
            let projects = members["projectScope"]?.projects
            grants = members.compactMap { acl, member in
                guard let actions = member.actions else { return nil }
                let spaces = member.scope?.all == nil ? member.scope?.spaceIdScope?.spaceIds.map(Set.init) : nil
                return Grant(acl: acl, actions: Set(actions), projects: projects.map(Set.init), spaces: spaces)
            }
        }
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        subject = try members.decodeIfPresent(String.self, forKey: .subject) ?? ""
        projects = try members.decode([Project].self, forKey: .projects).map(\.projectUrlName)
        grants = try members.decode([Capability].self, forKey: .capabilities).flatMap(\.grants)
    }
}

/// A value that is nil if it has another form.
private struct Lenient<Value: Decodable>: Decodable {
    let value: Value?
    // The failure is the answer: the value has another form.
    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}

extension CDFClient {
    /// Seconds by which this machine's clock is ahead of the date of the last answer, whoever gave it; nil without one.
    package var clockAhead: TimeInterval? { exchange.clock.ahead }

    /// Asks CDF which identity the token belongs to, and what that identity may do.
    package func inspectToken() async throws(CDFError) -> TokenInspection {
        let asked = "the inspection of the token"
        var request = HTTPClientRequest(url: settings.host + "/api/v1/token/inspect")
        request.method = .GET
        let answer = try await sendAuthorized(request, asked: asked, .idempotent)
        var inspection: TokenInspection = try decode(answer, asked: asked)
        inspection.clockAhead = answer.headers.first(name: "date").flatMap(Backoff.httpDate).map {
            timeSource.now().timeIntervalSince($0)
        }
        return inspection
    }
}
