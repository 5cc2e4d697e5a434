package import Access
import HTTPTypes
import Hummingbird
package import LocalServer
import NIOCore

/// Decides whether a request is answered at all: under which name, because of which page, and for whom.
package struct PageDoor: Sendable {
    private let hosts: HostRule
    private let keeper: Gatekeeper
    /// How browsers reach the page.
    private let schemes: [String]

    /// - Parameters:
    ///   - hosts: The names of the page.
    ///   - keeper: Who may see it.
    ///   - isEncrypted: Whether the page itself speaks TLS.
    package init(hosts: HostRule, keeper: Gatekeeper = .open, isEncrypted: Bool = false) {
        self.hosts = hosts
        self.keeper = keeper
        schemes = keeper.proxy != nil ? ["http", "https"] : [isEncrypted ? "https" : "http"]
    }

    /// Who sends the request.
    ///
    /// - Throws: Why it is not answered.
    func admit(_ request: Request, on channel: any Channel) async throws(PageError) -> Visitor {
        guard hosts.allows(request.head) else {
            throw PageError(
                status: .misdirectedRequest,
                words: "drop360 answers only under its own address and names, not under this one.",
                advice: "The administrator can add names: `dashboard.names`."
            )
        }
        // Before any password is looked at: a page of another site cannot have passwords tried by its readers' browsers.
        try expectOwnPage(request)
        let users = keeper.proxy?.userHeader.flatMap { HTTPField.Name($0) }.map { request.headers[values: $0] }
        let decision = await keeper.decide(
            on: .init(
                peer: channel.remoteAddress?.ipAddress ?? "unknown",
                authorization: request.headers[.authorization],
                forwardedFor: HTTPField.Name("x-forwarded-for").flatMap { request.headers[$0] },
                users: users ?? []
            )
        )
        switch decision {
        case .admitted(let visitor): return visitor
        case .refused(let refusal): throw PageError(refusal)
        }
    }

    /// Whether a visitor who was admitted still may see the page.
    func stillAdmits(_ visitor: Visitor) async -> Bool { await keeper.stillAdmits(visitor) }

    /// Refuses what another site's page has sent.
    private func expectOwnPage(_ request: Request) throws(PageError) {
        guard request.method != .get, request.method != .head else {
            guard BrowserOrigin.mayRead(request.head) else {
                throw PageError(status: .forbidden, words: "Another site's page has asked for this.")
            }
            return
        }
        guard BrowserOrigin.isOwn(request.head, schemes: schemes) else {
            throw PageError(
                status: .forbidden,
                words: "Another site's page has sent this form. Nothing was changed.",
                advice:
                    "If it was your own page: it must be opened under the address that drop360 knows (`dashboard.names`)."
            )
        }
    }
}

extension PageError {
    /// The answer to a visitor who is not admitted.
    init(_ refusal: Gatekeeper.Refusal) {
        switch refusal {
        case .passwordWanted:
            self.init(
                status: .unauthorized,
                words: "This page needs a user name and a password.",
                advice: "Ask the administrator for them: `drop360 dashboard add-user NAME`.",
                headers: [.wwwAuthenticate: #"Basic realm="drop360", charset="UTF-8""#]
            )
        case .later(let seconds):
            self.init(
                status: .tooManyRequests,
                words: "There were too many wrong passwords, or too many logins at once.",
                advice: "Try again in \(seconds) seconds."
            )
            if let name = HTTPField.Name("retry-after") { headers[name] = "\(seconds)" }
        case .unreadableFile:
            self.init(
                status: .serviceUnavailable,
                words: "drop360 cannot read who may log in. Deliveries continue.",
                advice: "The log says why: `journalctl -u drop360`."
            )
        case .notThroughProxy:
            self.init(status: .forbidden, words: "This page answers its proxy only. Open it under the proxy's address.")
        case .noUserNamed(let header):
            self.init(
                status: .forbidden,
                words: "The proxy has not named a user in the header \(header).",
                advice: "The administrator has the proxy set it for each request."
            )
        }
    }
}
