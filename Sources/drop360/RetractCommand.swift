import ArgumentParser
import Foundation
import Glibc
import Ledger
import Station
import Status

struct RetractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retract",
        abstract: "Take a delivered image out of CDF again.",
        discussion: """
            Shows what will go, and asks. The daemon deletes the image, its files if you want, and its station and collection where nothing points \
            at them any more. The folder is then withdrawn: it is not sent again until its content changes, or with `drop360 retry`.
            """
    )

    @Argument(help: "A ledger number, a folder, or the external id of an image (also of one that was left behind).")
    var station: String

    @Flag(help: "Delete the image's six files, too.")
    var files = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var options: LedgerOptions

    /// What `--json` prints.
    struct Outcome: Encodable {
        enum State: String, Encodable { case retracted, pending, failed }
        var image: String
        var station: Int64
        var path: String
        var files: Bool
        var state: State
        var words: String
    }

    func run() async throws {
        let name = station
        let plan = try await options.withLedger { ledger, _ in
            try await ledger.planRetraction(of: name, at: ExplainCommand.resolved(name))
        }
        guard plan.hasSomethingToDo(withFiles: files) else {
            let since = plan.doneAt?.formatted(.iso8601) ?? ""
            return try report(
                .retracted,
                "Image \(printable(plan.externalID)) was taken out of CDF at \(since); nothing is left to do.",
                plan
            )
        }
        if !options.json { show(RetractionPreview(plan).lines(withFiles: files).joined(separator: "\n")) }
        if !yes { try await ask(plan) }
        // The daemon notices it when the ledger is closed.
        let withFiles = files
        try await options.withLedger { ledger, _ in
            _ = try await ledger.requestRetraction(of: plan, withFiles: withFiles, at: Date())
        }
        try await follow(plan)
    }

    /// Returns where the operator agrees.
    private func ask(_ plan: RetractionPlan) async throws {
        guard isatty(STDIN_FILENO) == 1, !options.json else {
            Exit.printError(
                "Nothing was changed. `retract` deletes in CDF and asks before it does; where it cannot ask, give `--yes`."
            )
            throw Exit.usage
        }
        put("Take it out of CDF? [y/N] ", to: STDOUT_FILENO)
        // Reading blocks.
        let answer = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: readLine()) }
        }
        guard let answer else {
            // The end of the input (Ctrl-D) ends no line.
            put("\n", to: STDOUT_FILENO)
            Exit.printError("Nothing was changed.")
            throw Exit.refused
        }
        guard ["y", "yes"].contains(answer.lowercased().trimmingCharacters(in: .whitespaces)) else {
            Exit.printError("Nothing was changed.")
            throw Exit.refused
        }
    }

    /// Waits until the daemon has done it, as long as it can.
    private func follow(_ plan: RetractionPlan) async throws {
        let progress = try await options.withLedger { ledger, directory in
            try await RetractionProgress(
                ledger: ledger,
                directory: directory,
                image: plan.externalID,
                item: plan.item.id
            )
            .end { words in if !options.json { show(words) } }
        }
        switch progress {
        case .done(let words): try report(.retracted, words, plan)
        case .pending(let words, let isOffline):
            try report(.pending, words, plan)
            if isOffline { throw Exit.unreachable }
        case .failed(let failure):
            let words = [failure.summary, failure.advice].compactMap(\.self).joined(separator: " ")
            if options.json { try report(.failed, words, plan) } else { Exit.printError(words) }
            throw Exit.refused
        }
    }

    private func report(_ state: Outcome.State, _ words: String, _ plan: RetractionPlan) throws {
        guard options.json else { return show(words) }
        let outcome = Outcome(
            image: plan.externalID,
            station: plan.item.id.rawValue,
            path: plan.item.path,
            files: files,
            state: state,
            words: words
        )
        show(String(decoding: try JSONEncoder.facts.encode(outcome), as: UTF8.self))
    }
}
