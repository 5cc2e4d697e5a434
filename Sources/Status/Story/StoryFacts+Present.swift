import Foundation
import Ledger
import Station

extension StoryFacts {
    /// What the item is now, in a sentence or two.
    var present: String {
        let since = StoryWords.time(record.changedAt, on: now)
        let (noun, place) = (record.kind.noun, record.kind.place)
        switch record.state {
        case .incomplete(let problems) where problems.isEmpty:
            return "The \(place) has been waiting since \(since) to be inspected again."
        case .incomplete(let problems):
            return "The \(noun) has been waiting since \(since) to be complete: \(Self.words(of: problems))"
        case .rejected(let problems):
            return "The \(noun) was refused at \(since), and nothing of it is sent: \(Self.words(of: problems))"
        case .accepted:
            guard let other = record.sameAs else { return "The \(noun) has been ready to be sent since \(since)." }
            return "The \(noun) has the same content as \(noun) \(other), which is being delivered."
        case .uploading where record.kind == .scan:
            return "drop360 has been reading the file's positions since \(since)\(counts)."
        case .uploading:
            let taken = files.count { $0.state != .pending }
            let part = files.count == 1 ? "" : ": CDF has received \(taken) of \(files.count) files"
            return "The \(noun) has been on its way since \(since)\(part)."
        case .uploaded where record.kind == .scan:
            return "All positions have been read; some are still on their way\(counts)."
        case .uploaded where record.isRewritten:
            return "The image is in CDF. It has been waiting since \(since) to be written again with another pose."
        case .uploaded: return "CDF received everything at \(since); the \(noun) is not registered yet."
        case .processing(_, let made):
            let word = record.handOver?.status.map { " (CDF says \(StoryWords.quoted($0)))" } ?? ""
            return
                "CDF has been processing it since \(since): revision \(made.revision) of 3D model \(made.model)\(word)."
        case .registered: return delivered(since)
        case .failed(_, let failure):
            return "The \(noun) failed at \(since): \(StoryWords.quoted(failure.summary))."
        case .withdrawn where record.isRetracted:
            return "An operator took the image of this \(noun) out of CDF at \(since)."
        case .withdrawn where isLeftAlone:
            return "drop360 has left the file alone since \(since): `e57.extract` is off for its inbox."
        case .withdrawn: return "The \(place) has been gone since \(since), before it was delivered."
        }
    }

    /// Whether it is withdrawn because its inbox takes no E57 files.
    var isLeftAlone: Bool { record.kind != .station && history.last { $0.state == .withdrawn }?.isLeftAlone == true }

    private func delivered(_ since: String) -> String {
        switch record.kind {
        case .scan: return "The file has been done since \(since)\(counts)."
        case .pointCloud:
            let made = record.handOver?.made
            return "The point cloud has been in CDF since \(since)"
                + (made.map { ": revision \($0.revision) of 3D model \($0.model)." } ?? ".")
        case .station:
            let image = record.capture.map { ", as image \(StoryWords.quoted($0.ids.image))" } ?? ""
            let other = record.sameAs.map { ", delivered by station \($0), which has the same content" } ?? ""
            let gone = record.isGone ? " The folder itself is gone; that changes nothing in CDF." : ""
            return "The station has been in CDF since \(since)\(image)\(other).\(gone)"
        }
    }

    /// `: 10 registered, 2 failed`.
    private var counts: String {
        let words = ItemState.Name.allCases.compactMap { name in
            positions[name].flatMap { $0 > 0 ? "\($0) \(name.rawValue)" : nil }
        }
        return words.isEmpty ? "" : ": " + words.joined(separator: ", ")
    }

    private static func words(of problems: [Problem]) -> String {
        let shown = problems.prefix(10).map { printable($0.sentence, limit: 1000) }
        let more = problems.count - shown.count
        return shown.joined(separator: " ") + (more > 0 ? " And \(more) more." : "")
    }
}
