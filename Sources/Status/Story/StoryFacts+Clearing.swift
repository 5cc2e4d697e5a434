import Foundation
import Ledger
import Station

// What `after` does with the files of a delivered item.
extension StoryFacts {
    /// Where they went, as a sentence; nil where they stay, or are still to go.
    var clearedWords: String? {
        guard let clearing, case .done(let at) = clearing.step else { return nil }
        let (noun, place, time) = (record.kind.noun, record.kind.place, StoryWords.time(at, on: now))
        if let destination = clearing.destination {
            return "drop360 moved the \(place) to \(StoryWords.quoted(destination)) at \(time)."
        }
        guard clearing.remaining > 0 else {
            return "drop360 deleted the \(place) at \(time), as `delete-after` says; the image stays in CDF."
        }
        let others = clearing.remaining == 1 ? "One other name is" : "\(clearing.remaining) other names are"
        return
            "drop360 deleted the files of the \(noun) at \(time), as `delete-after` says. \(others) still in the folder."
    }

    /// When they go, or why they stay for now; nil where they simply stay, and once they are gone.
    var clearingPlan: (words: [String], at: Date?)? {
        guard let clearing, let intent = intent(clearing) else { return nil }
        var words: [String] = []
        var at: Date?
        if let reason = clearing.keptBack ?? unreachable {
            words.append("\(intent.wish), but the files stay for now: \(StoryWords.quoted(reason)).")
            if let next = clearing.nextTry, next > now {
                words.append("The next try is at \(StoryWords.timeAhead(next, from: now)).")
                at = next
            }
        } else if let due = clearing.dueAt, due > now {
            words.append("\(intent.will) at \(StoryWords.timeAhead(due, from: now)), as `delete-after` says.")
            at = due
        } else {
            words.append("\(intent.will) in a moment.")
        }
        return (words, at)
    }

    private var unreachable: String? {
        guard let inbox, !inbox.available else { return nil }
        return "the inbox cannot be read (\(StoryWords.quoted(inbox.words)))"
    }

    /// What is meant to be done, and what will be; nil once it is done.
    private func intent(_ clearing: ClearingOutlook) -> (wish: String, will: String)? {
        let place = record.kind.place
        switch (clearing.step, clearing.destination) {
        case (.done, _): return nil
        case (.waiting, let destination?):
            let whereto = StoryWords.quoted(destination)
            return ("The \(place) is to be moved to \(whereto)", "The \(place) is moved to \(whereto)")
        case (.begun, let destination?):
            let whereto = StoryWords.quoted(destination)
            return (
                "drop360 has begun to move the \(place) to \(whereto)", "The rest of the move to \(whereto) is done"
            )
        case (.waiting, nil): return ("The \(place) is to be deleted", "The \(place) is deleted")
        case (.begun, nil): return ("drop360 has begun to delete the \(place)", "The rest of the \(place) is deleted")
        }
    }
}
