package import Foundation
package import Ledger
package import Station

/// What a recipient gets, as JSON; `docs/operators/json.md` describes it.
package struct Message: Codable, Equatable, Sendable {
    /// One of the stations that a message is about.
    package struct Station: Codable, Equatable, Sendable {
        /// Its number in the ledger.
        package var station: Int64
        /// Absolute.
        package var path: String
        package var state: ItemState.Name
        package var problems: [Problem]

        /// The code of a failure, which is no refusal and has none of its own.
        private static let failureCode = "failed"

        /// Bounded: what crews and CDF write may be long.
        package init(_ trouble: StationTrouble) {
            station = trouble.item.rawValue
            path = trouble.folder
            if let failure = trouble.failure {
                state = .failed
                let words = [failure.summary, failure.advice].compactMap(\.self).joined(separator: " ")
                problems = [Problem(Self.failureCode, printable(words, limit: 1000))]
            } else {
                state = .rejected
                problems = trouble.problems.prefix(10).map {
                    Problem(
                        printable($0.code, limit: 64),
                        printable($0.message, limit: 1000),
                        file: $0.file.map { printable($0) }
                    )
                }
            }
        }
    }

    package var event: MessageEvent
    /// When it was made.
    package var at: Date
    /// The machine that it comes from.
    package var box: String
    /// One or two sentences for people.
    package var summary: String
    /// What a person can do.
    package var advice: String?
    /// The first of the stations that it is about.
    package var stations: [Station] = []
    /// How many stations it is about.
    package var count = 0

    /// The stations that one message lists; `count` counts the others, too.
    package static let mostStations = 20

    /// Bytes of one message; receivers have limits, too.
    package static let mostBytes = 128 << 10

    /// As it is sent and signed: one line, keys sorted, times in ISO 8601.
    ///
    /// Of one that would be longer than ``mostBytes``, the last stations are left out.
    package func encoded() throws -> String {
        let text = try encodedWhole()
        guard text.utf8.count > Self.mostBytes, !stations.isEmpty else { return text }
        var shorter = self
        shorter.stations.removeLast((stations.count + 1) / 2)
        return try shorter.encoded()
    }

    private func encodedWhole() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
