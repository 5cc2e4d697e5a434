import Foundation
import Ledger
import NIOPosix
import Station
import Synchronization

/// Hands messages to one program, one at a time, on a thread of its own.
final class CommandSender: Sendable {
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() { thread.start() }

    func shutdown() async throws { try await thread.shutdownGracefully() }

    /// Cancelled, it ends the program.
    func send(_ message: WaitingMessage, to command: Recipient.CommandLine) async throws(DeliveryTrouble) {
        let run = CommandRun(words: command.words, limit: command.limit)
        let input = Array(message.body.utf8)
        let end = EndSign()
        let outcome: Result<(ending: CommandRun.Ending, output: String), CommandRun.NotStarted>
        do {
            outcome = try await withTaskCancellationHandler {
                try await thread.runIfActive {
                    Result { () throws(CommandRun.NotStarted) in try run.run(input: input) { end.isGiven } }
                }
            } onCancel: {
                end.give()
            }
        } catch {
            throw DeliveryTrouble("It was not run: drop360 is stopping.")
        }
        switch outcome {
        case .success(let done): try Self.check(done.ending, output: done.output, limit: command.limit)
        case .failure(let error):
            throw DeliveryTrouble(
                "It was not run: \(error.words).",
                advice: "Check that the file exists, and that drop360's user may run it.",
                isRefusal: true
            )
        }
    }

    private static func check(_ ending: CommandRun.Ending, output: String, limit: Duration) throws(DeliveryTrouble) {
        let wrote =
            output.isEmpty
            ? "" : " It wrote: \(printable(output.trimmingCharacters(in: .whitespacesAndNewlines), limit: 500))"
        let words =
            switch ending {
            case .exited(0): ""
            case .exited(let status): "It ended with exit code \(status)."
            case .killed(let signal): "It was ended by signal \(signal)."
            case .ranTooLong: "It was ended after \(Int(limit.components.seconds)) s, its time limit."
            case .interrupted: "It was ended, because drop360 is stopping."
            }
        guard !words.isEmpty else { return }
        throw DeliveryTrouble(
            words + wrote,
            advice: ending == .interrupted
                ? nil : "Run it by hand as drop360's user, with a message on its standard input.",
            isRefusal: ending != .interrupted
        )
    }
}

/// Tells the thread of one run that the program is to end.
private final class EndSign: Sendable {
    private let flag = Atomic(false)

    var isGiven: Bool { flag.load(ordering: .relaxed) }

    func give() { flag.store(true, ordering: .relaxed) }
}
