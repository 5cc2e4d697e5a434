package import Foundation
package import Ledger
package import Station

extension DaemonStatus {
    /// What is still to be sent, and how fast it goes.
    package struct Sending: Codable, Sendable, Equatable {
        /// Of all files that CDF has not received yet.
        package var bytes: Int64
        /// Too many items wait for all of them to be added up; nil if they were.
        package var isEstimate: Bool?
        /// Nil as long as nothing can be said.
        package var bytesPerSecond: Double?

        package init(bytes: Int64, isEstimate: Bool = false, bytesPerSecond: Double? = nil) {
            self.bytes = bytes
            self.isEstimate = isEstimate ? true : nil
            self.bytesPerSecond = bytesPerSecond.flatMap { $0 >= 1 ? $0 : nil }
        }

        /// One line for people.
        package var words: String {
            let size = (isEstimate == true ? "About " : "") + StoryWords.bytes(bytes)
            guard let bytesPerSecond else { return "\(size) to send." }
            let span = StoryWords.span(Double(bytes) / bytesPerSecond)
            return "\(size) to send, at \(StoryWords.bytes(Int64(bytesPerSecond)))/s: \(span) to go."
        }
    }

    /// What has been delivered, and what needs attention.
    package struct Work: Codable, Sendable, Equatable {
        /// What needs attention, the most urgent first; one entry for each reason.
        package var needsSomebody: [Need]
        /// Since when the item that has waited longest for its next step is waiting; nil where nothing is under way.
        package var oldestUnderWay: Date?
        /// When something was delivered last.
        package var lastDelivery: Date?
        /// Items delivered in each of the last 24 hours, the present one last.
        package var deliveredByHour: [Int]

        package init(
            needsSomebody: [Need] = [],
            oldestUnderWay: Date? = nil,
            lastDelivery: Date? = nil,
            deliveredByHour: [Int] = []
        ) {
            self.needsSomebody = needsSomebody
            self.oldestUnderWay = oldestUnderWay
            self.lastDelivery = lastDelivery
            self.deliveredByHour = deliveredByHour
        }

        /// - Parameters:
        ///   - ledger: The daemon's.
        ///   - oldestUnderWay: Since when the item that has waited longest is waiting.
        ///   - now: The end of the last of the hours.
        static func read(
            from ledger: ItemLedger,
            oldestUnderWay: Date?,
            now: Date
        ) async throws(LedgerError) -> Self {
            let hour = Int64(now.timeIntervalSince1970 / 3600)
            let hours = try await ledger.deliveries(since: Date(timeIntervalSince1970: Double(hour - 23) * 3600))
            var needs: [Need] = []
            for state in Need.states {
                let newest = try await ledger.newestRows(.init(state: state), limit: Need.limit)
                needs += Need.grouped(newest.items, hasMore: newest.hasMore)
            }
            return Self(
                needsSomebody: needs,
                oldestUnderWay: oldestUnderWay,
                lastDelivery: try await ledger.lastDelivery(),
                deliveredByHour: (hour - 23...hour).map { hours[$0] ?? 0 }
            )
        }
    }

    /// Items that wait for attention, for one reason.
    package struct Need: Codable, Sendable, Equatable {
        /// One of them, as a link needs it.
        package struct Item: Codable, Sendable, Equatable {
            package var station: Int64
            package var path: String
        }

        /// In the order in which they need attention.
        static let states: [ItemState.Name] = [.failed, .rejected, .incomplete]
        /// How many of each state are looked at, the newest ones.
        static let limit = 100
        /// How many items a need names.
        static let named = 5

        package var state: ItemState.Name
        /// What is wrong, in the words of the report.
        package var reason: String
        /// What to do.
        package var action: String
        package var count: Int
        /// Whether there are more in this state than were looked at, so that there may be more of them.
        package var isAtLeast: Bool
        /// The newest of them.
        package var items: [Item]
        /// Whether somebody has to decide which of two contents stands in CDF; nil where not, and from an older daemon.
        package var isConflict: Bool?

        /// One need for each reason, the most frequent first.
        package static func grouped(_ records: [ItemRecord], hasMore: Bool) -> [Self] {
            var needs: [Self] = []
            var places: [String: Int] = [:]
            for record in records {
                let cause = cause(of: record)
                let item = Item(station: record.id.rawValue, path: record.path)
                if let place = places[cause] {
                    needs[place].count += 1
                    if needs[place].items.count < named { needs[place].items.append(item) }
                } else {
                    places[cause] = needs.count
                    let unsaid =
                        record.state.name == .incomplete
                        ? "It waits to be inspected again." : record.state.name.rawValue
                    let words = StationSummary(record).words ?? unsaid
                    let isConflict = isConflict(record)
                    needs.append(
                        Self(
                            state: record.state.name,
                            reason: words,
                            action: isConflict ? decision : action(for: record.state.name),
                            count: 1,
                            isAtLeast: hasMore,
                            items: [item],
                            isConflict: isConflict ? true : nil
                        )
                    )
                }
            }
            return needs.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
                .map(\.element)
        }

        /// Problems of one kind are one cause, whichever files they name.
        private static func cause(of record: ItemRecord) -> String {
            switch record.state {
            case .incomplete(let problems), .rejected(let problems):
                problems.map(\.code).sorted().joined(separator: " ")
            case .failed(_, let failure): failure.summary
            case .accepted, .uploading, .uploaded, .processing, .registered, .withdrawn: ""
            }
        }

        private static func isConflict(_ record: ItemRecord) -> Bool {
            guard case .rejected(let problems) = record.state else { return false }
            return problems.contains { $0.code == "conflict" }
        }

        private static let decision = """
            If it is meant to take the place of the delivered one: `drop360 replace NUMBER`. Otherwise correct it in the folder, or remove it there.
            """

        private static func action(for state: ItemState.Name) -> String {
            switch state {
            case .failed: "Fix the cause, then run `drop360 retry --failed`."
            case .rejected: "Fix it in the folder: drop360 checks it again as soon as it changes."
            case .incomplete: "Add what is missing: drop360 takes the station as soon as it is complete."
            case .accepted, .uploading, .uploaded, .processing, .registered, .withdrawn: ""
            }
        }
    }
}
