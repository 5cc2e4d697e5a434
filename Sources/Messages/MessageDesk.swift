package import Foundation
package import Ledger

/// Decides what is told, and when: one message for one cause, and none twice.
///
/// A plain value with no clock, no ledger and no network: the caller says what it saw and when, and asks what is due. Its JSON is kept in the
/// ledger, so that a restart neither forgets nor repeats anything.
///
///     station troubles ──▶ gathered by cause ──(quiet for a while)──▶ told ──▶ the cause pauses ──▶ gathered …
///     offline ──(for a while)──▶ told ──▶ connected ──▶ `recovered` told
package struct MessageDesk: Equatable, Sendable {
    /// Something that lasts: an outage, a lost inbox.
    struct Spell: Codable, Equatable, Sendable {
        /// As people are told.
        var since: Date
        var reason: String
        /// From when the delay is counted; it moves with the clock where that jumps.
        var waitsFrom: Date
        var isTold = false
        var isOver = false
    }

    var troubles = GatheredTroubles()
    private var outage: Spell?
    private var lost: [String: Spell] = [:]
    private var isDiskLow = false
    private var untoldDisk: Notice?
    /// When the desk was last asked; not kept over a restart.
    private var lastAsked: Date?

    package init() {}

    // MARK: Facts

    /// An item was refused or has failed.
    package mutating func note(_ cause: Cause, of item: ItemNumber, at now: Date) {
        keepPace(with: now)
        troubles.add(item, to: cause, at: now)
    }

    /// What the daemon looks like now.
    package mutating func note(_ sight: MessageSight, _ rules: MessageRules, at now: Date) {
        keepPace(with: now)
        switch sight.link {
        case .unknown: break
        case .connected: outage = Self.ended(outage)
        case .offline(let since, let reason):
            outage = Self.lasting(outage, reason: reason, since: min(since, now), at: now)
        }
        let before = lost
        lost = [:]
        for inbox in sight.inboxes {
            lost[inbox.path] =
                inbox.trouble.map { Self.lasting(before[inbox.path], reason: $0, since: now, at: now) }
                ?? Self.ended(before[inbox.path])
        }
        note(free: sight.free, of: sight.state, rules)
    }

    private mutating func note(free: Int64?, of path: String, _ rules: MessageRules) {
        guard let free else { return }
        if !isDiskLow, free < rules.diskLow {
            isDiskLow = true
            untoldDisk = .diskLow(path: path, free: free)
        } else if isDiskLow, free >= rules.diskLow / 4 * 5 {
            // Some more than the limit: space that comes and goes about it is told once.
            isDiskLow = false
        }
    }

    private static func lasting(_ spell: Spell?, reason: String, since: Date, at now: Date) -> Spell {
        // One that was told and is over, untold: the next turn tells the end. It goes on.
        var spell = spell ?? Spell(since: since, reason: reason, waitsFrom: now)
        (spell.reason, spell.isOver) = (reason, false)
        return spell
    }

    private static func ended(_ spell: Spell?) -> Spell? {
        guard var spell, spell.isTold else { return nil }
        spell.isOver = true
        return spell
    }

    // MARK: What is due

    /// The items about which something is due, so that the caller can look whether they still need attention.
    package func dueItems(_ rules: MessageRules, at now: Date) -> [ItemNumber] { troubles.dueItems(rules, at: now) }

    /// What is to be told now, and counts as told.
    ///
    /// - Parameter open: Those of ``dueItems(_:at:)`` that still need attention.
    package mutating func due(open: Set<ItemNumber>, _ rules: MessageRules, at now: Date) -> [Notice] {
        keepPace(with: now)
        var notices = troubles.due(open: open, rules, at: now)
        if let spell = outage {
            if spell.isOver {
                notices.append(.recovered(since: spell.since))
                outage = nil
            } else if !spell.isTold, now.timeIntervalSince(spell.waitsFrom) >= rules.offlineAfter {
                notices.append(.offline(since: spell.since, reason: spell.reason))
                outage?.isTold = true
            }
        }
        for (path, spell) in lost.sorted(by: { $0.key < $1.key }) {
            if spell.isOver {
                notices.append(.inboxFound(path: path))
                lost[path] = nil
            } else if !spell.isTold, now.timeIntervalSince(spell.waitsFrom) >= rules.lostAfter {
                notices.append(.inboxLost(path: path, reason: spell.reason))
                lost[path]?.isTold = true
            }
        }
        if let disk = untoldDisk { notices.append(disk) }
        untoldDisk = nil
        return notices
    }

    /// When something is next due if nothing else happens; nil if nothing is.
    package func nextDeadline(_ rules: MessageRules) -> Date? {
        let spells = lost.values.filter { !$0.isTold }.map { $0.waitsFrom + rules.lostAfter }
        let offline = outage.flatMap { $0.isTold ? nil : $0.waitsFrom + rules.offlineAfter }
        return (spells + [offline, troubles.nextDeadline(rules)].compactMap(\.self)).min()
    }

    // MARK: The clock

    /// Longer than between any two questions.
    private static let longestPause: TimeInterval = 300

    /// A clock that jumps, or a machine that slept, makes nothing due early, and nothing wait for years.
    private mutating func keepPace(with now: Date) {
        defer { lastAsked = now }
        let step = lastAsked.map { now.timeIntervalSince($0) } ?? 0
        let jump = step > Self.longestPause || step < 0 ? step : 0
        if outage != nil { outage?.waitsFrom.move(by: jump, atMost: now) }
        for path in lost.keys { lost[path]?.waitsFrom.move(by: jump, atMost: now) }
        troubles.move(by: jump, atMost: now)
    }
}

extension MessageDesk: Codable {
    /// What is kept over a restart.
    var kept: MessageDesk {
        var kept = self
        kept.lastAsked = nil
        return kept
    }

    private enum CodingKeys: String, CodingKey { case troubles, outage, lost, isDiskLow }
}

extension Date {
    mutating func move(by jump: TimeInterval, atMost limit: Date) { self = min(self + jump, limit) }
}
