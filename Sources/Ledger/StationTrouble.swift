package import Foundation
package import Station

/// An item that was refused or has failed, and is so still.
package struct StationTrouble: Equatable, Sendable {
    package var item: ItemNumber
    /// Absolute.
    package var folder: String
    /// Why it was refused; empty if it has failed.
    package var problems: [Problem]
    /// Why it has failed; nil if it was refused.
    package var failure: ItemState.Failure?

    package init(item: ItemNumber, folder: String, problems: [Problem] = [], failure: ItemState.Failure? = nil) {
        self.item = item
        self.folder = folder
        self.problems = problems
        self.failure = failure
    }
}

/// A part of the history, as messages need it.
package struct TroublePage: Equatable, Sendable {
    /// In the order in which they came.
    package var troubles: [StationTrouble]
    /// The last row of the history that was looked at.
    package var readUpTo: Int64
    /// Whether the history goes on after it.
    package var hasMore: Bool
}

/// A message that waits for its recipient.
package struct WaitingMessage: Equatable, Sendable {
    package var number: Int64
    package var event: String
    /// JSON, exactly as it is sent and signed.
    package var body: String
    package var madeAt: Date
    /// Attempts that failed.
    package var attempts: Int
    package var notBefore: Date
}
