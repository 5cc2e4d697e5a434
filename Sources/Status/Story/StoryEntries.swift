import Foundation
import Ledger
import Station

/// The lines of a history, each as a sentence, and repeated ones as one.
struct StoryEntries {
    private(set) var entries: [StationStory.Entry] = []

    init(_ facts: StoryFacts) {
        var sentences = StorySentences(facts)
        var last: HistoryEntry?
        for line in facts.history {
            let words = sentences.words(for: line)
            if let last, var entry = entries.last, Self.areAlike(last, line) {
                entry.times += 1
                entry.until = line.at
                entry.words = words
                entries[entries.count - 1] = entry
            } else {
                entries.append(.init(at: line.at, event: line.event, words: words))
            }
            last = line
        }
        for index in entries.indices where entries[index].times > 1 {
            entries[index].words = Self.folded(entries[index])
        }
        addFiles(facts)
    }

    private static func areAlike(_ line: HistoryEntry, _ next: HistoryEntry) -> Bool {
        guard line.event == next.event else { return false }
        return line.detail == next.detail || next.kind?.isFolded == true
    }

    private static func folded(_ entry: StationStory.Entry) -> String {
        guard let until = entry.until else { return entry.words }
        let (from, to) = (StoryWords.time(entry.at, on: until), StoryWords.time(until, on: entry.at))
        return "\(entry.times) times between \(from) and \(to); the last time: \(entry.words)"
    }

    /// What CDF has of the files, where it belongs among the other entries.
    private mutating func addFiles(_ facts: StoryFacts) {
        guard facts.record.sameAs == nil, facts.record.kind != .scan else { return }
        let count = facts.files.count
        add(facts.files.compactMap(\.sentAt), as: "files-sent", before: [.uploaded]) {
            count == 1 ? "CDF received the file." : "CDF received \($0) of \(count) files."
        }
        add(facts.files.compactMap(\.confirmedAt), as: "files-confirmed", before: [.registered, .handedOver]) {
            count == 1 ? "CDF confirmed that it has the file." : "CDF confirmed that it has \($0) of \(count) files."
        }
    }

    /// - Parameter followers: What these times lead to, and what therefore comes later where it happened at the same time.
    private mutating func add(
        _ times: [Date],
        as event: String,
        before followers: [HistoryEvent],
        _ words: (Int) -> String
    ) {
        guard let first = times.min(), let last = times.max() else { return }
        let entry = StationStory.Entry(
            at: first,
            until: last > first ? last : nil,
            times: times.count,
            event: event,
            words: words(times.count)
        )
        let names = followers.map(\.rawValue)
        let place = entries.firstIndex { $0.at > last || ($0.at == last && names.contains($0.event)) }
        entries.insert(entry, at: place ?? entries.count)
    }
}

extension HistoryEvent {
    /// Whether several in a row are told as one, although each has its own cause.
    fileprivate var isFolded: Bool {
        switch self {
        case .postponed, .incomplete, .rejected, .overtaken, .reopened, .retried, .recognised, .filesMissing: true
        case .seen, .accepted, .withdrawn, .uploadStarted, .uploaded, .handedOver, .registered, .failed, .promoted,
            .adopted, .replaced, .poseReplaced, .retractionRequested, .retracted, .retractionFinished,
            .retractionFailed, .leftOut, .clearingBegun, .cleared, .clearingEnded:
            false
        }
    }
}
