import Foundation
package import Ledger
import Station

/// What a retraction will delete and what it leaves, in words.
package struct RetractionPreview: Sendable, Equatable {
    package enum Fate: String, Sendable { case goes, gone, stays }

    package struct Part: Sendable, Equatable {
        package var fate: Fate
        package var words: String
    }

    /// Its number in the ledger.
    package var item: Int64
    package var image: String
    /// Whose image it is: "Station 12: /srv/inbox/hall/s1".
    package var title: String
    package var parts: [Part]
    /// What follows from it.
    package var notes: [String]
    /// The files, by one of their ids.
    package var files: String
    /// That nothing is left to do; nil where something is.
    package var done: String?

    package init(_ plan: RetractionPlan) {
        let ids = plan.capture.ids
        item = plan.item.id.rawValue
        image = plan.externalID
        title = "\(plan.item.kind.title) \(plan.item.id): \(printable(plan.item.folder))"
        files = "its six files, \(printable(ids.file(.front))) and so on"
        parts = [
            Part(fate: plan.doneAt == nil ? .goes : .gone, words: "image \(printable(ids.image))"),
            Self.place("station", ids.station, others: plan.othersAtStation),
            Self.place("collection", ids.collection, others: plan.othersInCollection),
        ]
        notes = Self.notes(on: plan)
        // Its files may still be taken out.
        if !plan.hasSomethingToDo(withFiles: true) {
            done =
                "Image \(printable(ids.image)) was taken out of CDF at \(plan.doneAt?.formatted(.iso8601) ?? ""); nothing is left to do."
        }
    }

    /// The lines of a terminal.
    ///
    /// - Parameter withFiles: Whether the files go, too.
    package func lines(withFiles: Bool) -> [String] {
        let files = Part(
            fate: withFiles ? .goes : .stays,
            words: withFiles ? files : "its six files (give --files to delete them, too)"
        )
        let parts = Array(parts.prefix(1)) + [files] + parts.dropFirst()
        return [title] + parts.map { $0.fate.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0) + $0.words }
            + notes
    }

    private static func place(_ noun: String, _ id: String, others: Int) -> Part {
        let name = "\(noun) \(printable(id))"
        switch others {
        case 0: return Part(fate: .goes, words: "\(name), unless another image in CDF points at it")
        case 1: return Part(fate: .stays, words: "\(name): another image of it is in CDF or on its way")
        default: return Part(fate: .stays, words: "\(name): \(others) other images of it are in CDF or on their way")
        }
    }

    private static func notes(on plan: RetractionPlan) -> [String] {
        let item = plan.item
        var notes: [String] = []
        if plan.isPresent, let clearing = plan.clearing, let files = clearing.plan {
            let place = item.kind.place
            notes.append(
                files.destination.map {
                    "drop360 has moved its \(place) to \(printable($0)); it stays there, and is sent again if it is copied into the inbox and `drop360 retry \(item.id)` is run."
                }
                    ?? "drop360 has deleted its files in the inbox (`delete-after`): it can be sent again only if somebody has a copy of them."
            )
        } else if plan.isPresent, item.isGone {
            notes.append("Its \(item.scan == nil ? item.kind.place : "position") is gone, so it is not sent again.")
        } else if plan.isPresent {
            notes.append(
                "Its \(item.kind.place) becomes withdrawn: it is sent again only if its content changes, or with `drop360 retry \(item.id)`."
            )
        } else if plan.doneAt == nil {
            notes.append(
                "The station itself keeps its state, \(item.state.name.rawValue): the image was left behind by it."
            )
        }
        if !plan.sharers.isEmpty {
            let list = plan.sharers.map { printable($0) }.joined(separator: ", ")
            notes.append("The same content came from \(list): withdrawn, too.")
        }
        return notes
    }
}
