import Access
import Dashboard
import Foundation
import Inbox
import Ledger
import Logging
import Station
import Status

/// What the page's forms do: the same as the commands, and at once.
struct PageActions: Sendable {
    let ledger: ItemLedger
    let watcher: InboxWatcher
    let changes: ChangeRelay
    let now: @Sendable () -> Date
    let logger: Logger

    var source: ActionSource {
        ActionSource(
            choices: { number in try await choices(ItemNumber(rawValue: number)) },
            preview: { number, image in try await preview(ItemNumber(rawValue: number), image) },
            perform: { action, visitor in try await perform(action, by: visitor.words) }
        )
    }

    private func choices(_ number: ItemNumber) async throws(LedgerError) -> ActionChoices? {
        do throws(LedgerError) {
            let record = try await ledger.item(number)
            return ActionChoices(record, standing: try await ledger.standingImages(of: number))
        } catch {
            guard case .unknownStation = error else { throw error }
            return nil
        }
    }

    private func preview(
        _ number: ItemNumber,
        _ image: String
    ) async throws(LedgerError) -> Result<RetractionPreview, ActionSource.Refused> {
        do throws(LedgerError) {
            let plan = try await ledger.planRetraction(of: image, at: image)
            guard plan.item.id == number else { throw LedgerError.unknownStation(image) }
            return .success(RetractionPreview(plan))
        } catch {
            guard error.remedy == .giveUp else { throw error }
            return .failure(.init(words: error.description))
        }
    }

    private func perform(_ action: OperatorAction, by requester: String) async throws(LedgerError)
        -> ActionSource.Result
    {
        var facts: Logger.Metadata = ["action": "\(action.name)", "by": "\(requester)"]
        if let item = action.item { facts["station"] = "\(item)" }
        do throws(LedgerError) {
            let outcome = try await OperatorActions(ledger, requester: requester, now: now).perform(action)
            logger.notice("an operator's action on the page", metadata: facts)
            try await follow(action, outcome)
            return .init(words: outcome.lines.joined(separator: "\n"), isDone: outcome.leftOut.isEmpty)
        } catch {
            guard error.remedy == .giveUp else { throw error }
            logger.notice(
                "an operator's action on the page was refused",
                metadata: facts.merging(["reason": "\(error.summary)"]) { first, _ in first }
            )
            return .init(words: error.description, isDone: false)
        }
    }

    /// Wakes whoever is concerned: what this process writes itself is not noticed as a command's is.
    private func follow(_ action: OperatorAction, _ outcome: OperatorActions.Outcome) async throws(LedgerError) {
        if action == .lookEverywhere { watcher.rescan() }
        if let item = outcome.lookAt { watcher.recheck(item) }
        for item in try await ledger.itemsToLookAt() { watcher.recheck(item) }
        for record in outcome.changed { changes.feed.send(.station(record)) }
        changes.anythingChanged()
    }
}
