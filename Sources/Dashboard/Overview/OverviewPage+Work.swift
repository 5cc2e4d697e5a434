import Foundation
import Station
import Status

extension OverviewPage {
    /// One reason for which items wait for somebody.
    struct Need {
        struct Item {
            var number: Int64
            var path: PageText
        }

        var state: String
        var heading: PageText
        var reason: PageText
        var action: PageText
        var items: [Item]
        /// What can be done about each of them, where somebody has to decide; they are then not in `items`.
        var decisions: [Decision] = []
        let isConflict: Bool
        /// How many are not named.
        var others: PageText?

        struct Decision {
            var number: Int64
            var path: PageText
            var actions: ActionForms
        }

        /// Offers what can be done about each item of a conflict.
        ///
        /// - Parameter forms: For an item's number; nil where the visitor can do nothing.
        mutating func offer(_ forms: (Int64) async throws -> ActionForms?) async throws {
            guard isConflict else { return }
            var others: [Item] = []
            for item in items {
                if let actions = try await forms(item.number) {
                    decisions.append(Decision(number: item.number, path: item.path, actions: actions))
                } else {
                    others.append(item)
                }
            }
            items = others
        }

        init(_ need: DaemonStatus.Need) {
            isConflict = need.isConflict == true
            state = need.state.rawValue
            let count = need.isAtLeast ? "\(need.count) or more" : "\(need.count)"
            heading = PageText("\(count) \(need.state.rawValue)")
            reason = PageText(need.reason)
            action = PageText(need.action)
            items = need.items.map { Item(number: $0.station, path: PageText($0.path)) }
            let others = need.count - need.items.count
            self.others = others > 0 ? PageText("and \(others) more") : nil
        }
    }

    /// The deliveries of the last day, as bars of a drawing of 480 × 60.
    struct Throughput {
        struct Bar {
            var x: Int
            var y: Int
            var height: Int
            var words: String
        }

        var words: String
        var bars: [Bar]

        /// Nil where nothing is known of the hours.
        init?(_ hours: [Int], now: Date) {
            guard !hours.isEmpty else { return nil }
            let (most, total) = (hours.max() ?? 0, hours.reduce(0, +))
            words = "\(total) delivered in the last 24 hours" + (total > 0 ? ", at most \(most) in one hour." : ".")
            let hour = Int(now.timeIntervalSince1970 / 3600)
            bars = hours.enumerated().map { index, count in
                // What is there is seen, however little it is.
                let height = most > 0 && count > 0 ? max(2, count * 56 / most) : 0
                let start = (hour - (hours.count - 1 - index)) % 24
                return Bar(x: index * 20 + 2, y: 58 - height, height: height, words: "\(start):00 UTC: \(count)")
            }
        }
    }
}
