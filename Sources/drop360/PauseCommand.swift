import ArgumentParser
import Foundation
import Ledger
import Status

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop sending until `drop360 resume`, even after a restart.",
        discussion: "Stations are still found and inspected. Files that are being sent now are finished."
    )

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let isNew = try await ledger.pause(at: Date())
            let since = try await ledger.pausedSince()
            try report(
                isNew ? "Paused. Run `drop360 resume` to continue." : "Already paused.",
                paused: since,
                json: options.json
            )
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Continue sending after `drop360 pause`."
    )

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let wasPaused = try await ledger.resume()
            try report(wasPaused ? "Resumed." : "It was not paused.", paused: nil, json: options.json)
        }
    }
}

private struct PauseFacts: Encodable {
    var paused: Bool
    var pausedSince: Date?
}

private func report(_ words: String, paused: Date?, json: Bool) throws {
    guard json else { return show(words) }
    let facts = PauseFacts(paused: paused != nil, pausedSince: paused)
    show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
}
