import Foundation
import Ledger
import Station

/// Stations that need attention, by cause, until they are told together.
///
/// Bounded: of one cause it keeps a thousand numbers and counts the others; beyond two hundred causes at once it puts them together.
struct GatheredTroubles: Codable, Equatable, Sendable {
    private struct Gathering: Codable, Equatable, Sendable {
        var items: Set<ItemNumber> = []
        /// Items beyond those that are kept.
        var more = 0
        /// When the first and the last of them came; nil if there are none.
        var first: Date?
        var last: Date?
        /// When the cause was last told.
        var told: Date?

        func dueAt(_ rules: MessageRules, _ cause: Cause) -> Date? {
            guard let first, let last else { return nil }
            let gathered = min(last + rules.quiet, first + rules.longestGathering)
            return told.map { max(gathered, $0 + rules.pause(after: cause)) } ?? gathered
        }

        mutating func add(_ item: ItemNumber, atMost limit: Int, at now: Date) {
            if items.count < limit { items.insert(item) } else if !items.contains(item) { more += 1 }
            (first, last) = (first ?? now, now)
        }

        mutating func empty() { (items, more, first, last) = ([], 0, nil, nil) }
    }

    private var gatherings: [Cause: Gathering] = [:]

    private static let mostItems = 1000
    private static let mostCauses = 200

    mutating func add(_ item: ItemNumber, to cause: Cause, at now: Date) {
        // What it had before is no longer its trouble.
        for other in Array(gatherings.keys) where other != cause && gatherings[other]?.items.contains(item) == true {
            gatherings[other]?.items.remove(item)
            if gatherings[other]?.items.isEmpty == true, gatherings[other]?.more == 0 { gatherings[other]?.empty() }
        }
        let isRoom = gatherings[cause] != nil || gatherings.count < Self.mostCauses
        // In place: a copy would cost as much as all that is gathered.
        gatherings[isRoom ? cause : Cause(cause.event, "other"), default: Gathering()].add(
            item,
            atMost: Self.mostItems,
            at: now
        )
    }

    func dueItems(_ rules: MessageRules, at now: Date) -> [ItemNumber] {
        gatherings.filter { cause, gathering in gathering.dueAt(rules, cause).map { $0 <= now } ?? false }
            .flatMap(\.value.items).sorted()
    }

    mutating func due(open: Set<ItemNumber>, _ rules: MessageRules, at now: Date) -> [Notice] {
        var notices: [Notice] = []
        for (cause, gathering) in gatherings.sorted(by: { $0.key < $1.key }) {
            guard let due = gathering.dueAt(rules, cause) else {
                // Told long ago, and not seen since.
                if let told = gathering.told, told + rules.pause(after: cause) <= now { gatherings[cause] = nil }
                continue
            }
            guard due <= now else { continue }
            let items = gathering.items.filter(open.contains).sorted()
            gatherings[cause]?.empty()
            // All of them are well again: nothing is told, and the cause does not pause.
            guard !items.isEmpty || gathering.more > 0 else { continue }
            notices.append(.stations(cause, items, more: gathering.more))
            gatherings[cause]?.told = now
        }
        return notices
    }

    /// Makes what is gathered due now, except for causes that pause.
    mutating func hurry() {
        for cause in gatherings.keys where gatherings[cause]?.first != nil { gatherings[cause]?.first = .distantPast }
    }

    func nextDeadline(_ rules: MessageRules) -> Date? {
        gatherings.compactMap { cause, gathering in gathering.dueAt(rules, cause) }.min()
    }

    mutating func move(by jump: TimeInterval, atMost now: Date) {
        for cause in gatherings.keys {
            gatherings[cause]?.first?.move(by: jump, atMost: now)
            gatherings[cause]?.last?.move(by: jump, atMost: now)
            gatherings[cause]?.told?.move(by: jump, atMost: now)
        }
    }
}
