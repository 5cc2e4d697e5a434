import Station

/// The users in a file of lines `NAME:HASH` or `NAME:HASH:viewer`, which `htpasswd -B` can write, too.
package struct UserList: Sendable, Equatable {
    package struct User: Sendable, Equatable {
        package var name: String
        package var hash: PasswordHash
        package var role: Role

        package init(name: String, hash: PasswordHash, role: Role) {
            (self.name, self.hash, self.role) = (name, hash, role)
        }
    }

    /// What a user may do.
    package enum Role: String, Sendable {
        /// Look, and act on stations.
        case `operator`
        /// Only look.
        case viewer
    }

    /// Why a file is not accepted.
    package struct Unusable: Error, Equatable {
        /// Counted from 1; nil where the file as a whole is meant.
        package var line: Int?
        /// To follow the file's name: "has no users".
        package var words: String
    }

    package static let mostBytes = 256 << 10
    private static let mostUsers = 1000

    /// In the order of the file.
    package private(set) var users: [User] = []

    /// Reads the text of a file; empty lines and lines that begin with `#` are left out.
    package init(_ text: String) throws(Unusable) {
        var names: Set<String> = []
        for (number, line) in Self.lines(text) where !line.isEmpty && !line.hasPrefix("#") {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 || parts.count == 3 else {
                throw Unusable(line: number, words: "is not NAME:HASH or NAME:HASH:viewer")
            }
            if let words = Self.objection(to: parts[0]) { throw Unusable(line: number, words: words) }
            guard names.insert(parts[0]).inserted else {
                throw Unusable(line: number, words: "names the user '\(printable(parts[0]))' again")
            }
            guard let role = parts.count == 2 ? .operator : Role(rawValue: parts[2]) else {
                throw Unusable(line: number, words: "gives a role that is neither 'operator' nor 'viewer'")
            }
            do throws(PasswordHash.Unusable) {
                users.append(User(name: parts[0], hash: try PasswordHash(parts[1]), role: role))
            } catch {
                throw Unusable(line: number, words: "has a hash that \(error.words)")
            }
            guard users.count <= Self.mostUsers else {
                throw Unusable(words: "has more than \(Self.mostUsers) users")
            }
        }
    }

    /// A hash of each kind that takes a time of its own, but for the kind of `known`.
    func hashOfEachKind(besides known: PasswordHash?) -> [PasswordHash] {
        let one = Dictionary(users.map { ($0.hash.kind, $0.hash) }) { first, _ in first }
        return one.filter { $0.key != known?.kind }.map(\.value)
    }

    package func user(named name: String) -> User? { users.first { $0.name == name } }

    /// What is wrong with a name; nil if it can be used.
    package static func objection(to name: String) -> String? {
        if name.isEmpty { return "has no name" }
        if name.utf8.count > 64 { return "has a name of more than 64 bytes" }
        if name.hasPrefix("#") { return "has a name that begins with '#'" }
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar != ":" && !scalar.properties.isWhitespace && printable(String(scalar)) == String(scalar)
        }
        return isPlain ? nil : "has a name with a colon, a space or a control character"
    }

    /// The text of a file with this user added or replaced, and all other lines as they were.
    package static func text(_ text: String, setting user: User) -> String {
        let line = "\(user.name):\(user.hash.text)" + (user.role == .operator ? "" : ":\(user.role.rawValue)")
        var lines = lines(text).map(\.line)
        if let index = lines.firstIndex(where: { isLine($0, of: user.name) }) {
            lines[index] = line
        } else {
            lines.append(line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text of a file without this user; nil where it has none of that name.
    package static func text(_ text: String, removing name: String) -> String? {
        let lines = lines(text).map(\.line)
        let kept = lines.filter { !isLine($0, of: name) }
        guard kept.count < lines.count else { return nil }
        return kept.map { $0 + "\n" }.joined()
    }

    private static func isLine(_ line: String, of name: String) -> Bool { line.hasPrefix(name + ":") }

    /// The lines with their numbers, without the ends of lines.
    private static func lines(_ text: String) -> [(number: Int, line: String)] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.enumerated().map { ($0.offset + 1, $0.element) }
    }
}
