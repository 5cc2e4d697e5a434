import ArgumentParser
import Foundation
import Ledger
import Status

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Send nothing until `drop360 resume`, also after a restart.",
        discussion: "Stations go on being found and inspected. Files that are on their way now are sent to their end."
    )

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let isNew = try await ledger.pause(at: Date())
            let since = try await ledger.pausedSince()
            try tell(
                isNew ? "Paused. `drop360 resume` goes on." : "It was paused already.",
                paused: since,
                json: options.json
            )
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on sending after `drop360 pause`."
    )

    @OptionGroup var options: LedgerOptions

    func run() async throws {
        try await options.withLedger { ledger, _ in
            let wasPaused = try await ledger.resume()
            try tell(wasPaused ? "Going on." : "It was not paused.", paused: nil, json: options.json)
        }
    }
}

private struct PauseFacts: Encodable {
    var paused: Bool
    var pausedSince: Date?
}

private func tell(_ words: String, paused: Date?, json: Bool) throws {
    guard json else { return show(words) }
    let facts = PauseFacts(paused: paused != nil, pausedSince: paused)
    show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
}
