import Ledger
import Station

/// Makes a sentence of each line of an item's history; told in their order, since some depend on those before.
struct StorySentences {
    private let facts: StoryFacts
    private var accepted: Set<String> = []
    private var isDelivered = false

    init(_ facts: StoryFacts) { self.facts = facts }

    private var kind: ItemKind { facts.record.kind }

    mutating func words(for line: HistoryEntry) -> String {
        guard let event = line.kind else { return "\(StoryWords.quoted(line.event))\(cause(line))." }
        defer { remember(event, line) }
        return switch event {
        case .seen: found
        case .incomplete: "Not complete yet\(cause(line))."
        case .rejected: "It was refused\(cause(line))."
        case .accepted: acceptance(line)
        case .recognised: "Nothing had to be sent\(cause(line))."
        case .withdrawn where line.isLeftAlone: "drop360 no longer looks at the file\(cause(line))."
        case .withdrawn: "The \(kind.place) is gone\(cause(line))."
        case .uploadStarted: kind == .scan ? "Reading of its positions began." : "The upload began."
        case .uploaded: kind == .scan ? "All its positions were read." : "The upload was finished."
        case .filesMissing: "CDF lacked files after all, so they are sent again\(cause(line))."
        case .handedOver: "CDF began to process it\(cause(line))."
        case .registered: registration
        case .failed: "It was given up\(cause(line))."
        case .postponed: "An attempt failed\(cause(line))."
        case .overtaken: "The outcome for earlier content came too late and changed nothing\(cause(line))."
        case .promoted:
            "What had delivered the same content no longer does: from here on this \(kind.noun) is sent itself."
        case .retried: "Somebody asked for another try\(cause(line))."
        case .reopened: "To be inspected again\(cause(line))."
        case .adopted: "Adopted without sending anything\(cause(line))."
        case .replaced: "Another \(kind.noun) was delivered in its place\(cause(line))."
        case .poseReplaced: "It got another pose, and its image is written again\(cause(line))."
        case .retractionRequested: "Somebody asked to have it taken out of CDF\(cause(line))."
        case .retracted: "Deleted in CDF\(cause(line))."
        case .retractionFinished: "It has been taken out of CDF\(cause(line))."
        case .retractionFailed: "It could not be taken out of CDF\(cause(line))."
        case .leftOut: "It was not sent\(cause(line))."
        case .clearingBegun: "Its files are compared with what was delivered, and leave the inbox\(cause(line))."
        case .cleared: "Its files have left the inbox\(cause(line))."
        case .clearingEnded: "What is left of its files stays in the inbox\(cause(line))."
        }
    }

    private mutating func remember(_ event: HistoryEvent, _ line: HistoryEntry) {
        switch event {
        case .accepted: accepted.insert(line.detail ?? "")
        case .registered, .recognised, .adopted: isDelivered = true
        default: break
        }
    }

    private func cause(_ line: HistoryEntry) -> String {
        guard let detail = line.detail, !detail.isEmpty else { return "" }
        return ": " + StoryWords.quoted(detail)
    }

    private var found: String {
        guard let scan = facts.scan else { return "The \(kind.place) was found in the inbox." }
        return "The station was read from \(StoryWords.quoted(scan))."
    }

    private func acceptance(_ line: HistoryEntry) -> String {
        let what = line.detail.map { " (\(StoryWords.quoted($0))\(contents(line)))" } ?? ""
        if accepted.contains(line.detail ?? "") { return "Inspected again and accepted\(what)." }
        return isDelivered
            ? "Changed since it was delivered; inspected again and accepted\(what)."
            : "Inspected and accepted\(what)."
    }

    /// What the present content is, if the line is about it.
    private func contents(_ line: HistoryEntry) -> String {
        guard let content = facts.record.content, line.detail == "content " + content.digest.rawValue.prefix(12)
        else { return "" }
        switch content {
        case .station(let capture):
            let edge = capture.faces.values.first.map { " of \($0.edge) × \($0.edge) pixels" } ?? ""
            return ": six faces\(edge), \(StoryWords.bytes(capture.size))"
        case .pointCloud(let cloud): return ": \(StoryWords.bytes(cloud.size))"
        case .scan(let scan): return ": \(scan.positions) positions"
        }
    }

    private var registration: String {
        switch kind {
        case .station: "Registered: its image is in CDF."
        case .pointCloud: "CDF has made the 3D revision."
        case .scan: "Nothing of the file is on its way any more."
        }
    }
}
