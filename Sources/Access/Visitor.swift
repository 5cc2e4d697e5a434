import Station

/// Who asks for a page.
package struct Visitor: Sendable, Hashable {
    /// The user's name; nil where nobody has to give one.
    package let name: String?
    /// Whether actions are allowed, too.
    package let mayAct: Bool
    /// The address that requests come from; nil for this machine.
    private let address: String?
    /// What the users' file had of the user who logged in; nil where no password was asked for.
    let hash: PasswordHash?

    package init(name: String?, mayAct: Bool = true, address: String? = nil, hash: PasswordHash? = nil) {
        (self.name, self.mayAct, self.address, self.hash) = (name, mayAct, address, hash)
    }

    /// Someone on this machine, where no password is asked for.
    package static let local = Visitor(name: nil)

    /// Who it is, for the log and the history.
    package var words: String {
        if let name { return "user \(printable(name, limit: 64))" }
        return address.map { "the page, from \(printable($0, limit: 64))" } ?? "the page on loopback"
    }
}
