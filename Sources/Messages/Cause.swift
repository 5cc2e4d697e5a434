import Foundation
package import Ledger
package import Station

/// Why stations need attention: what is told in one message.
package struct Cause: Hashable, Codable, Comparable, Sendable {
    package var event: MessageEvent
    /// The same for stations with the same trouble.
    package var key: String

    package init(_ event: MessageEvent, _ key: String) {
        self.event = event
        self.key = key
    }

    /// Refusals are alike by the code of their first problem, failures by their words without names and numbers.
    package init(of trouble: StationTrouble) {
        if let failure = trouble.failure {
            self.init(.failed, Self.gist(of: failure.summary, folder: trouble.folder))
        } else {
            let code = trouble.problems.first?.code ?? "rejected"
            self.init(Self.conflicts.contains(code) ? .conflict : .rejected, code)
        }
    }

    /// The codes of problems by which an id belongs to another folder.
    private static let conflicts: Set<String> = ["conflict", "id-collision"]

    /// A failure's words without what differs from station to station: the folder's names, what is quoted, and words with digits.
    static func gist(of words: String, folder: String) -> String {
        let names = Set(folder.split(separator: "/").map(String.init))
        let plain = words.prefix(1000).replacing(/'[^']*'/, with: "#")
        let kept = plain.split(separator: " ").map { word in
            let bare = word.trimmingCharacters(in: .punctuationCharacters)
            return word.contains("/") || word.contains(where: \.isNumber) || names.contains(bare) ? "#" : String(word)
        }
        return String(kept.joined(separator: " ").prefix(200))
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.event.rawValue, lhs.key) < (rhs.event.rawValue, rhs.key)
    }
}
