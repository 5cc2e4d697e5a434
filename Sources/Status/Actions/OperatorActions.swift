package import Foundation
package import Ledger
package import Station

/// Carries out what operators ask: the same for commands and for the page.
package struct OperatorActions: Sendable {
    /// What came of one.
    package struct Outcome: Sendable, Equatable {
        /// For the operator.
        package var words: String
        /// The items that were changed, as they are now.
        package var changed: [ItemRecord] = []
        /// What was left as it was, with the reasons.
        package var leftOut: [String] = []
        /// The item whose folder is to be listed again.
        package var lookAt: ItemPath?

        /// All that there is to say; what was left as it was comes first, since of very many lines a page shows the first only.
        package var lines: [String] { (leftOut + [words]).filter { !$0.isEmpty } }
    }

    private let ledger: ItemLedger
    private let requester: String?
    private let isDaemonRunning: Bool
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - ledger: Where it is written.
    ///   - requester: Who asks, for the history: "user anna"; nil for a command on this machine.
    ///   - isDaemonRunning: Whether somebody does at once what is written; only the words differ.
    ///   - now: The clock.
    package init(
        _ ledger: ItemLedger,
        requester: String? = nil,
        isDaemonRunning: Bool = true,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        (self.ledger, self.requester, self.now) = (ledger, requester, now)
        self.isDaemonRunning = isDaemonRunning
    }

    /// Carries one out; ``OperatorAction/lookEverywhere`` needs nothing of the ledger.
    package func perform(_ action: OperatorAction) async throws(LedgerError) -> Outcome {
        switch action {
        case .retry(let item): try await retry(.init(rawValue: item))
        case .retryFailed: try await retryFailed()
        case .replace(let item): try await replace(.init(rawValue: item))
        case .givePose(let item): try await givePose(of: .init(rawValue: item))
        case .retract(let item, let image, let withFiles):
            try await retract(.init(rawValue: item), image, withFiles)
        case .lookAgain(let item): try lookAgain(try await ledger.item(.init(rawValue: item)))
        case .lookEverywhere: Outcome(words: "All inboxes are listed again.")
        case .pause: try await pause()
        case .resume: Outcome(words: try await ledger.resume() ? "Resumed." : "It was not paused.")
        }
    }

    private func retry(_ item: ItemNumber) async throws(LedgerError) -> Outcome {
        let record = try await ledger.retry(item, by: requester, at: now())
        return Outcome(words: Self.retried(record), changed: [record])
    }

    /// Items that are retried in one transaction: a daemon that writes does not wait long for it.
    private static let piece = 100

    /// Retries every failed item; one that cannot be retried is no reason to leave out those after it.
    private func retryFailed() async throws(LedgerError) -> Outcome {
        // The first of several with the same content delivers it for the others.
        let failed = try await ledger.numbersByChange(.init(state: .failed)).sorted()
        guard !failed.isEmpty else { return Outcome(words: "No station has failed.") }
        var outcome = Outcome(words: "")
        for start in stride(from: 0, to: failed.count, by: Self.piece) {
            let piece = Array(failed[start..<min(start + Self.piece, failed.count)])
            let (retried, leftOut) = try await ledger.retry(piece, by: requester, at: now())
            outcome.changed += retried
            outcome.leftOut += leftOut.map(\.description)
        }
        outcome.words = outcome.changed.map(Self.retried).joined(separator: "\n")
        return outcome
    }

    private static func retried(_ record: ItemRecord) -> String {
        let what =
            switch record.state.name {
            case .incomplete: "is inspected again"
            // Only a scan whose positions need help is retried in this state.
            case .registered: "stays registered; its other positions are read again"
            default: "is \(record.state.name.rawValue) and due now"
            }
        return "\(record.kind.title) \(record.id) (\(printable(record.path))) \(what)."
    }

    private func replace(_ item: ItemNumber) async throws(LedgerError) -> Outcome {
        let record = try await ledger.allowReplacing(item, by: requester, at: now())
        let when =
            isDaemonRunning
            ? "The daemon inspects it again now." : "No daemon is running; it is inspected again at the next start."
        let words = "Station \(record.id) (\(printable(record.path))) may replace the other one. \(when)"
        return Outcome(words: words, changed: [record])
    }

    private func givePose(of item: ItemNumber) async throws(LedgerError) -> Outcome {
        let gift = try await ledger.giveVisitsPose(of: item, by: requester, at: now())
        let when =
            isDaemonRunning
            ? "the daemon writes it now" : "no daemon is running, so it is written at the next start"
        var lines = gift.given.map { visit in
            let image = printable(visit.capture?.ids.image ?? "")
            return "Image \(image) (\(printable(visit.path))) gets the pose of station \(item); \(when)."
        }
        let kept = gift.leftOut.map { "Image \(printable($0.image)) keeps its pose: \($0.reason)." }
        if gift.given.isEmpty, kept.isEmpty {
            lines.append(
                gift.same == 0
                    ? "Station \(item) has no other visits."
                    : "All other visits of station \(item) have its pose already."
            )
        }
        return Outcome(words: lines.joined(separator: "\n"), changed: gift.given, leftOut: kept)
    }

    private func retract(_ item: ItemNumber, _ image: String, _ withFiles: Bool) async throws(LedgerError) -> Outcome {
        let plan = try await ledger.planRetraction(of: image, at: image)
        guard plan.item.id == item else {
            throw .notApplicable("Image \(printable(image)) does not belong to station \(item). Nothing was changed.")
        }
        _ = try await ledger.requestRetraction(of: plan, withFiles: withFiles, by: requester, at: now())
        let files = withFiles ? " and its files are" : " is"
        return Outcome(words: "Image \(printable(image))\(files) taken out of CDF as soon as CDF can be reached.")
    }

    private func lookAgain(_ record: ItemRecord) throws(LedgerError) -> Outcome {
        let name = "\(record.kind.title) \(record.id) (\(printable(record.path)))"
        guard record.scan == nil else {
            throw .notApplicable("\(name) is a position of an E57 file: look at the file again.")
        }
        let words = "\(name): its \(record.kind.place) is listed again, and inspected if anything in it has changed."
        return Outcome(words: words, lookAt: record.location)
    }

    private func pause() async throws(LedgerError) -> Outcome {
        let isNew = try await ledger.pause(at: now())
        return Outcome(words: isNew ? "Paused: nothing is sent until it is resumed." : "Already paused.")
    }
}
