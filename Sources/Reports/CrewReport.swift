import DropFolder
import Foundation
import Inspection
import Ledger
import Station

/// The report for the crew about one item: a file name that shows the state, and a text that says what to do.
struct CrewReport: Equatable {
    /// `REJECTED`, `WAITING` or `UPLOADED`: part of the file's name, since nobody opens a report whose name shows no problem.
    var word: String
    var text: String

    /// Every report begins with it: drop360 recognises its own files by it.
    static let signature = "drop360: "
    static let words = ["REJECTED", "WAITING", "UPLOADED", "WITHDRAWN"]

    /// The report that a station needs now; nil where it needs none (it is on its way, or gone).
    ///
    /// - Parameters:
    ///   - record: The item.
    ///   - original: The one whose identical content is delivered in its stead.
    ///   - standing: The images of the folder that were delivered before and are still in CDF.
    ///   - clearing: What has become of its files in the inbox.
    init?(for record: ItemRecord, original: ItemRecord?, standing: [String] = [], clearing: Clearing? = nil) {
        let lines: [String]
        let (noun, place) = (record.kind.noun, record.kind.place)
        let before = Self.words(forStanding: standing)
        switch record.state {
        case .rejected(let problems) where Self.isHindrance(record.path, problems):
            word = "REJECTED"
            lines =
                ["drop360 cannot take this as a station; nothing of it was sent. What is wrong, and what to do:", ""]
                + problems.map(Self.line) + ["", "This report disappears once that is done."]
        case .rejected(let problems):
            word = "REJECTED"
            lines =
                [
                    before.map { "The \(place) as it is now was not sent. \($0) What is wrong, and what to do:" }
                        ?? "Nothing of this \(place) was sent. What is wrong, and what to do:", "",
                ] + problems.map(Self.line)
                + [
                    "",
                    "Correct the \(place) or copy it again. drop360 checks it again automatically when it changes.",
                ]
        case .incomplete(let problems):
            word = "WAITING"
            lines =
                [
                    ["drop360 waits for this \(noun) to be complete.", before, "What is missing:"].compactMap(\.self)
                        .joined(separator: " "), "",
                ] + problems.map(Self.line)
                + ["", "drop360 continues automatically once everything is there."]
        case .failed(_, let failure) where record.kind == .pointCloud:
            word = "WAITING"
            lines = Self.lines(of: failure, for: record)
        case .failed(_, let failure):
            word = "WAITING"
            lines =
                [
                    "The \(noun) is good, but it could not be delivered:", "",
                    "* " + printable(failure.summary, limit: 1000),
                ]
                + (failure.advice.map { ["* " + printable($0, limit: 1000)] } ?? [])
                + ["", "Leave the \(place) as it is, and give the operator the number above."]
        case .registered where clearing?.state == .done && record.isGone:
            word = "UPLOADED"
            lines = ["The \(noun) has been delivered."] + Self.lines(of: clearing, for: record)
        case .registered where record.isGone: return nil
        case .registered:
            word = "UPLOADED"
            var delivered = [
                record.kind == .pointCloud
                    ? Self.delivered : "The \(noun) has been delivered. drop360 no longer needs the \(place)."
            ]
            if let original {
                delivered.append(
                    "Its content was delivered before, from \(printable(original.folder)); nothing was sent again."
                )
            }
            lines = delivered + Self.serviceLog(of: record)
        case .withdrawn where record.isRetracted && (!record.isGone || clearing?.state == .done):
            word = "WITHDRAWN"
            lines =
                [
                    "An operator took the image of this \(noun) out of CDF; it is no longer in the viewer.",
                    "drop360 does not send it again. If it belongs there after all, correct the \(place), or give the operator the number above.",
                ] + Self.lines(of: clearing, for: record)
        case .accepted, .uploading, .uploaded, .processing, .withdrawn: return nil
        }
        var text =
            [Self.signature + word, "", Self.place(record)] + Self.facts(record, original) + [
                ""
            ] + lines
        // What stands in CDF besides is said above of one that was not delivered.
        let notes = record.notes + (record.state.name == .registered ? record.imageNotes : [])
        if !notes.isEmpty { text += ["", "Worth knowing:", ""] + notes.map(Self.line) }
        self.text = text.joined(separator: "\n") + "\n"
    }

    private static func words(forStanding images: [String]) -> String? {
        guard let latest = images.first else { return nil }
        let others = images.count > 1 ? " (and \(images.count - 1) more of this folder)" : ""
        return "An earlier version of it is still in CDF: image \(printable(latest))\(others)."
    }

    private static func isHindrance(_ path: String, _ problems: [Problem]) -> Bool {
        let codes: [ProblemCode] = [.archive, .linkedFolder]
        return path.hasSuffix("/") || problems.allSatisfy { codes.map(\.rawValue).contains($0.code) }
    }

    private static func place(_ record: ItemRecord) -> String {
        if record.path == Hindrance.looseFiles { return "Place: the inbox itself" }
        let path = record.path.hasSuffix("/") ? String(record.path.dropLast()) : record.path
        if case .rejected(let problems) = record.state, isHindrance(record.path, problems) {
            return "Place: " + printable(path)
        }
        return (record.kind == .station ? "Station folder: " : "File: ") + printable(path)
    }

    static func line(_ problem: Problem) -> String { "* " + problem.sentence }

    private static func facts(_ record: ItemRecord, _ original: ItemRecord?) -> [String] {
        var facts = ["Time: " + CaptureTime(milliseconds: Int64(record.changedAt.timeIntervalSince1970 * 1000)).wire]
        facts.append("Number in the ledger: \(record.id)")
        facts += pointCloudFacts(record, original)
        if let capture = record.capture, record.isRetracted {
            facts.append("Image that was taken out: " + printable(capture.ids.image))
        } else if let capture = record.capture, record.state.digest != nil {
            // Where it is in CDF: under the ids of the folder that it was sent from.
            let ids = (original?.capture ?? capture).ids
            facts += [
                "Collection: " + printable(ids.collection), "Station: " + printable(ids.station),
                "Image: " + printable(ids.image),
            ]
            for (face, image) in capture.orderedFaces {
                facts.append(
                    "  \(face.rawValue): \(printable(image.fileName)), \(image.size) bytes, sha256 \(image.digest.rawValue)"
                )
            }
        }
        return facts
    }
}
