import Access
import Foundation
import Synchronization

/// What a page says once, after an action.
struct Notice: Sendable {
    /// One for each item that the action was about; the rest of very many is counted.
    var lines: [PageText]
    /// `good` or `bad`.
    var mood: String

    init(_ result: ActionSource.Result) {
        let words = result.words.split(separator: "\n").map(String.init)
        lines = words.prefix(Self.mostLines).map { PageText($0) }
        if words.count > Self.mostLines { lines.append(PageText("And \(words.count - Self.mostLines) more.")) }
        mood = result.isDone ? "good" : "bad"
    }

    private static let mostLines = 20

    /// The notice that belongs to the request that is being answered; the layout shows it, whichever area makes the page.
    @TaskLocal static var current: Notice?
}

/// Notices that no page has shown yet, each under a number that nobody can guess.
///
/// The address after an action holds the number and not the words: a link from elsewhere cannot have the page say anything.
final class Notices: Sendable {
    private struct Waiting {
        var notice: Notice
        var visitor: Visitor
    }

    private static let most = 100

    private let waiting = Mutex<[(key: String, Waiting)]>([])

    /// Keeps a notice for one visitor.
    ///
    /// - Returns: Its key.
    func add(_ notice: Notice, for visitor: Visitor) -> String {
        let key = String(UInt64.random(in: 0 ... .max), radix: 36)
        waiting.withLock { waiting in
            if waiting.count == Self.most { waiting.removeFirst() }
            waiting.append((key, Waiting(notice: notice, visitor: visitor)))
        }
        return key
    }

    /// Takes a notice: it is shown once.
    func take(_ key: String, for visitor: Visitor) -> Notice? {
        waiting.withLock { waiting in
            guard let index = waiting.firstIndex(where: { $0.key == key && $0.1.visitor.name == visitor.name })
            else { return nil }
            return waiting.remove(at: index).1.notice
        }
    }
}
