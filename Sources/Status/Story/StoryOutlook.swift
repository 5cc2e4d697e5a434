import Foundation
import Ledger
import Station

/// What happens next with an item and when, or why nothing does.
struct StoryOutlook {
    private(set) var words: [String] = []
    private(set) var at: Date?
    private let facts: StoryFacts

    init(_ facts: StoryFacts) {
        self.facts = facts
        switch facts.record.state {
        case .incomplete, .rejected: tellInspection()
        case .accepted, .uploading, .uploaded, .processing: tellDelivery()
        case .registered: words.append("Nothing more to do.")
        case .failed: words.append("Nothing is tried until somebody asks for it.")
        case .withdrawn where facts.record.isRetracted: words.append("It is not sent again unless its content changes.")
        case .withdrawn where facts.isLeftAlone: words.append("Nothing, until its inbox takes E57 files again.")
        case .withdrawn: words.append("If the \(facts.record.kind.place) comes back, it is inspected like a new one.")
        }
        facts.retractions.forEach { tell($0) }
    }

    // MARK: Inspection

    private mutating func tellInspection() {
        let place = facts.record.kind.place
        guard !isWithoutDaemon(), !isWithoutInbox() else { return }
        if let inbox = facts.inbox, !inbox.available {
            words.append(
                "Its inbox cannot be read (\(StoryWords.quoted(inbox.words))). drop360 looks again once it is back."
            )
        } else if facts.record.lastSight == .lookAgain {
            words.append("It is inspected in a moment.")
        } else if facts.record.isGone {
            words.append("If the \(place) comes back, it is inspected like a new one.")
        } else if facts.record.scan != nil {
            words.append("It is read again when its file changes.")
        } else {
            words.append("drop360 inspects it again by itself as soon as the \(place) changes.")
        }
        if facts.record.scan == nil { tellReport() }
    }

    private mutating func tellReport() {
        if let report = facts.record.report {
            words.append("What is to be done is in \(StoryWords.quoted(report)).")
        } else if facts.record.state.name == .incomplete, let after = facts.inbox?.reportAfter {
            let due = facts.record.changedAt.addingTimeInterval(after)
            guard due > facts.now else { return }
            words.append(
                "If it still waits then, a report is written at \(StoryWords.timeAhead(due, from: facts.now))."
            )
            at = due
        }
    }

    // MARK: Delivery

    private mutating func tellDelivery() {
        let record = facts.record
        if let other = record.sameAs {
            words.append("Nothing of it is sent itself: it is done once \(record.kind.noun) \(other) is.")
            return
        }
        guard !isWithoutDaemon(), !isHeldUp() else { return }
        if record.notBefore > facts.now {
            at = record.notBefore
            words.append("The next try is at \(StoryWords.timeAhead(record.notBefore, from: facts.now))\(lastError).")
        } else {
            words.append(nextStep)
        }
    }

    /// Why no item gets on at present, for a reason that lies not in it.
    private mutating func isHeldUp() -> Bool {
        let (record, daemon) = (facts.record, facts.daemon)
        let needsFiles = [.accepted, .uploading].contains(record.state.name)
        if needsFiles, record.scan == nil, let inbox = facts.inbox, !isReachable(in: inbox) {
            words.append("Its files cannot be read (\(StoryWords.quoted(inbox.words))). It is sent once they are back.")
            return true
        }
        if record.kind == .scan { return false }
        if let since = daemon.pausedSince {
            words.append("An operator paused all sending at \(StoryWords.time(since, on: facts.now)).")
            return true
        }
        if let since = daemon.offlineSince, !daemon.online {
            let why = daemon.offlineReason.map { ": " + StoryWords.quoted($0) } ?? ""
            words.append("Offline since \(StoryWords.time(since, on: facts.now))\(why).")
            words.append(
                "That is not the \(record.kind.noun)'s fault and uses up none of its attempts; it continues by itself once CDF can be reached."
            )
            if let probe = daemon.nextProbe, probe > facts.now {
                words.append("CDF is tried again at \(StoryWords.timeAhead(probe, from: facts.now)).")
                at = probe
            }
            return true
        }
        if !daemon.online {
            words.append("drop360 is connecting to CDF; then it continues.")
            return true
        }
        return false
    }

    private func isReachable(in inbox: DaemonStatus.Inbox) -> Bool {
        inbox.available
            && !(inbox.unmounted ?? []).contains { (facts.record.folder + "/").hasPrefix("\(inbox.path)/\($0)/") }
    }

    private mutating func isWithoutInbox() -> Bool {
        guard facts.inbox == nil, !facts.daemon.inboxes.isEmpty else { return false }
        words.append("\(StoryWords.quoted(facts.record.inbox)) is not among the configured inboxes any more.")
        return true
    }

    private mutating func isWithoutDaemon() -> Bool {
        if !facts.daemon.running { words.append("Nothing happens while the daemon is not running.") }
        return !facts.daemon.running
    }

    private var lastError: String {
        let failures = facts.history.filter { $0.kind == .postponed }
        guard let detail = failures.last?.detail, facts.record.attempts > 0 else { return "" }
        let count = facts.record.attempts
        let which = count == 1 ? "the last one failed" : "\(count) have failed, the last one so"
        return ", because \(which): \(StoryWords.quoted(detail))"
    }

    private var nextStep: String {
        let record = facts.record
        switch (record.state.name, record.kind) {
        case (.accepted, .scan): return "Its positions are read as soon as its turn comes."
        case (.uploading, .scan): return "drop360 reads the other positions."
        case (_, .scan): return "It is done when no position is on its way any more."
        case (.accepted, _) where record.scan != nil && record.lastSight == .lookAgain:
            return "Its faces are read from the file again first, then it is sent."
        case (.accepted, _): return "It is sent as soon as its turn comes."
        case (.uploading, _): return "drop360 sends the other files, or the rest of the present one."
        case (.processing, _): return "drop360 asks CDF again in a moment how far it is."
        case (.uploaded, .pointCloud): return "Once CDF confirms the file, it makes a 3D revision from it."
        default: return "Once CDF confirms all files, the image is registered."
        }
    }

    // MARK: Retraction

    private mutating func tell(_ retraction: Retraction) {
        let image = StoryWords.quoted(retraction.externalID)
        if let failure = retraction.failure {
            words.append("Image \(image) could not be taken out of CDF: \(StoryWords.quoted(failure.summary)).")
        } else {
            let since = StoryWords.time(retraction.requestedAt, on: facts.now)
            words.append("Image \(image) is being taken out of CDF, as asked for at \(since).")
            if !facts.daemon.running { _ = isWithoutDaemon() }
        }
    }
}
