package import Foundation
import Ledger

/// The whole story of one item in plain words: what happened, what it is now, what comes next and when, and what a person can do.
///
/// The same for `explain` and the page. All words are printable; times in them are UTC.
package struct StationStory: Codable, Sendable, Equatable {
    /// One thing that happened, or the same several times in a row.
    package struct Entry: Codable, Sendable, Equatable {
        package var at: Date
        /// When it happened last; nil for what happened once.
        package var until: Date?
        package var times: Int
        /// The raw value of a ``HistoryEvent``; `files-sent` and `files-confirmed` for what is known of files.
        package var event: String
        package var words: String

        package init(at: Date, until: Date? = nil, times: Int = 1, event: String, words: String) {
            self.at = at
            self.until = until
            self.times = times
            self.event = event
            self.words = words
        }
    }

    /// Something that a person can do.
    package struct Step: Codable, Sendable, Equatable {
        package var words: String
        /// What to type; nil where it is nothing for a terminal.
        package var command: String?

        package init(_ words: String, command: String? = nil) {
            self.words = words
            self.command = command
        }
    }

    /// The oldest first.
    package var entries: [Entry]
    /// Entries between the first and the last ones that are left out, since there are too many.
    package var omitted: Int
    /// What it is now, in a sentence or two.
    package var now: String
    /// What happens next, or why nothing does: a sentence each.
    package var next: [String]
    /// When something happens next, where that is known.
    package var nextAt: Date?
    package var canDo: [Step]

    /// How many of the last entries, and of the first, are kept where there are too many.
    package static let (keptLast, keptFirst) = (180, 20)

    /// - Parameter facts: All that is told.
    package init(_ facts: StoryFacts) {
        let all = StoryEntries(facts).entries
        omitted = max(0, all.count - Self.keptFirst - Self.keptLast)
        entries = omitted > 0 ? all.prefix(Self.keptFirst) + all.suffix(Self.keptLast) : all
        now = facts.present
        let outlook = StoryOutlook(facts)
        (next, nextAt) = (outlook.words, outlook.at)
        canDo = facts.steps
    }
}
