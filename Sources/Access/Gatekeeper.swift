import Foundation
import Station

/// Decides who may see the page, by what one request brings.
package struct Gatekeeper: Sendable {
    /// A reverse proxy in front of the page.
    package struct Proxy: Sendable {
        /// The addresses that it connects from; nobody else may.
        package var trusted: [AddressRange]
        /// The header in which it names the user; nil where it names none.
        package var userHeader: String?

        package init(trusted: [AddressRange], userHeader: String? = nil) {
            (self.trusted, self.userHeader) = (trusted, userHeader)
        }

        func trusts(_ address: String) -> Bool { trusted.contains { $0.contains(address) } }
    }

    /// What one request says about whom it comes from.
    package struct Request: Sendable {
        /// The other end of the connection.
        package var peer: String
        /// `Authorization`.
        package var authorization: String?
        /// `X-Forwarded-For`, all of them, joined by commas.
        package var forwardedFor: String?
        /// All values of the proxy's header for users.
        package var users: [String]

        package init(peer: String, authorization: String? = nil, forwardedFor: String? = nil, users: [String] = []) {
            (self.peer, self.authorization) = (peer, authorization)
            (self.forwardedFor, self.users) = (forwardedFor, users)
        }
    }

    package enum Decision: Sendable, Equatable {
        case admitted(Visitor)
        case refused(Refusal)
    }

    /// Why a request is not answered.
    package enum Refusal: Error, Sendable, Equatable {
        /// A name and a password are wanted.
        case passwordWanted
        case later(seconds: Int)
        case unreadableFile
        /// Not from a trusted proxy.
        case notThroughProxy
        /// The proxy has not named exactly one user.
        case noUserNamed(header: String)
    }

    package let proxy: Proxy?
    private let desk: PasswordDesk?

    /// - Parameters:
    ///   - proxy: Nil where browsers connect themselves.
    ///   - desk: Nil where no password is asked for.
    package init(proxy: Proxy? = nil, desk: PasswordDesk? = nil) {
        (self.proxy, self.desk) = (proxy, desk)
    }

    /// Admits whoever can connect: for a page that listens on loopback.
    package static let open = Gatekeeper()

    package func decide(on request: Request) async -> Decision {
        do throws(Refusal) {
            return .admitted(try await visitor(of: request))
        } catch {
            return .refused(error)
        }
    }

    /// Whether a visitor who was admitted still may see the page: for answers that go on for as long as it is open.
    ///
    /// The user may have been removed, or have another password or role. Of a proxy's users only the proxy knows.
    package func stillAdmits(_ visitor: Visitor) async -> Bool {
        guard let desk else { return true }
        return await desk.stillKnows(visitor)
    }

    private func visitor(of request: Request) async throws(Refusal) -> Visitor {
        var address = request.peer
        if let proxy {
            guard proxy.trusts(request.peer) else { throw .notThroughProxy }
            address = Self.origin(of: request, through: proxy)
            if let header = proxy.userHeader {
                guard request.users.count == 1, let name = request.users.first, Self.isName(name) else {
                    throw .noUserNamed(header: header)
                }
                return Visitor(name: name, address: address)
            }
        }
        guard let desk else { return proxy == nil ? .local : Visitor(name: nil, address: address) }
        guard let login = Self.login(request.authorization) else { throw .passwordWanted }
        switch await desk.check(name: login.name, password: login.password, from: address) {
        case .user(let user):
            return Visitor(name: user.name, mayAct: user.role == .operator, address: address, hash: user.hash)
        case .wrong: throw .passwordWanted
        case .later(let seconds): throw .later(seconds: seconds)
        case .unreadableFile: throw .unreadableFile
        }
    }

    /// The last address in `X-Forwarded-For` that no trusted proxy has added: those before it can be made up.
    private static func origin(of request: Request, through proxy: Proxy) -> String {
        // By bytes: a comma may be one character with what a client has put before it.
        let named = (request.forwardedFor ?? "").utf8.split(separator: UInt8(ascii: ",")).suffix(20)
            .map { String(Substring($0)).trimmingCharacters(in: .whitespaces) }
        // What is no address cannot be told from others of its kind: it counts as the proxy's own.
        guard let last = named.last(where: { !proxy.trusts($0) }), AddressRange(last) != nil else {
            return request.peer
        }
        return last
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && printable(text) == text
    }

    /// HTTP Basic, RFC 7617.
    private static func login(_ header: String?) -> (name: String, password: String)? {
        guard let header, header.utf8.count <= 2048 else { return nil }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: words[1].trimmingCharacters(in: .whitespaces)),
            let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        let name = String(text[..<colon])
        return UserList.objection(to: name) == nil ? (name, String(text[text.index(after: colon)...])) : nil
    }
}
