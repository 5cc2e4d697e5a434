import CCrypt
import Glibc

/// The hash of a password, as `htpasswd -B`, `mkpasswd` and `drop360 dashboard add-user` write it.
///
/// The system's own `crypt` computes it. Takes a quarter of a second on purpose: call it outside of the cooperative pool.
package struct PasswordHash: Sendable, Hashable {
    /// Why a hash is not accepted, to follow "the hash".
    package enum Unusable: Error, Equatable {
        case unknownKind
        case tooCheap
        case tooExpensive
        case malformed

        package var words: String {
            switch self {
            case .unknownKind: "is neither bcrypt ($2y$…), scrypt ($7$…) nor yescrypt ($y$…)"
            case .tooCheap: "was made with so little work that it could be guessed (bcrypt: at least cost 10)"
            case .tooExpensive: "takes too long to check (bcrypt: at most cost 15)"
            case .malformed: "is incomplete"
            }
        }
    }

    /// The most bytes of a password: bcrypt ignores what follows.
    package static let longestPassword = 72
    /// 2¹² rounds, a quarter of a second.
    private static let cost: UInt = 12

    /// As it is written in the file.
    package let text: String
    /// The same for all hashes that take the same time: method and work.
    let kind: Substring

    /// - Throws: Why the text cannot be used as a hash.
    package init(_ text: String) throws(Unusable) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].isEmpty else { throw .unknownKind }
        switch parts[1] {
        case "2y", "2b", "2a":
            guard parts.count == 4, let cost = UInt(parts[2]), parts[3].utf8.count == 53 else { throw .malformed }
            guard cost >= 10 else { throw .tooCheap }
            guard cost <= 15 else { throw .tooExpensive }
            kind = parts[2]
        case "y", "7":
            // Begins with the work: for scrypt its logarithm, for yescrypt a flavour and then one less.
            let work = parts[1] == "7" ? parts[2].first : parts[2].dropFirst().first
            guard let work, let number = Self.digits.firstIndex(of: work), parts[2].utf8.count <= 64,
                parts.last?.utf8.count == 43
            else { throw .malformed }
            let rounds = number + (parts[1] == "7" ? 0 : 1)
            guard rounds >= 10 else { throw .tooCheap }
            guard rounds <= 15 else { throw .tooExpensive }
            // In scrypt's the salt follows the eleven characters of the work.
            kind = parts[1] == "7" ? parts[2].prefix(11) : parts[2]
        default: throw .unknownKind
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else { throw .malformed }
        self.text = text
    }

    /// The hash of a new password, by bcrypt with a random salt; nil where the system refuses.
    ///
    /// - Parameter password: At most ``longestPassword`` bytes, and no NUL.
    package static func make(of password: String) -> PasswordHash? {
        guard let setting = crypt_gensalt_ra("$2y$", cost, nil, 0) else { return nil }
        defer { free(setting) }
        // The system's own output is acceptable, or it is not used.
        return hash(password, setting: String(cString: setting)).flatMap { try? PasswordHash($0) }
    }

    /// Whether this is the hash of `password`.
    package func matches(_ password: String) -> Bool {
        guard let own = Self.hash(password, setting: text) else { return false }
        return ConstantTime.equal(own, text)
    }

    private static func hash(_ password: String, setting: String) -> String? {
        guard !password.utf8.contains(0) else { return nil }
        var (memory, size): (UnsafeMutableRawPointer?, Int32) = (nil, 0)
        defer {
            // Holds what was derived from the password.
            if let memory { explicit_bzero(memory, Int(size)) }
            free(memory)
        }
        guard let hash = crypt_ra(password, setting, &memory, &size) else { return nil }
        return String(cString: hash)
    }

    /// The digits in which scrypt and yescrypt write numbers.
    private static let digits = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}

/// Comparisons whose duration does not show where two secrets differ.
package enum ConstantTime {
    package static func equal(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
