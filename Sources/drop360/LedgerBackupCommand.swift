import ArgumentParser
import Foundation
import Ledger
import Station
import Status

struct LedgerBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger as it is at this moment, while the daemon goes on.",
        discussion: """
            The copy appears under its name once it is complete, checked and on the disk. To restore one: stop drop360, move ledger.sqlite, \
            ledger.sqlite-wal and ledger.sqlite-shm away together, put the copy in their place as ledger.sqlite, and start drop360. What was \
            delivered since is recognised in CDF by its ids, and written once more.
            """
    )

    @Argument(
        help: "The new file. Without it, one named after the time in the folder `backups` of the state directory."
    )
    var file: String?

    @Option(help: ArgumentHelp("Remove the oldest backups in that folder, and keep so many.", valueName: "number"))
    var keep: Int?

    @OptionGroup var options: LedgerOptions

    private struct Facts: Encodable {
        var backup: String
        var bytes: Int64
        var removed: [String]
    }

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep: at least 1.") }
        if file != nil, keep != nil {
            throw ValidationError("--keep is for the folder of backups: give it without a file.")
        }
    }

    func run() async throws {
        try await options.withLedger { ledger, directory in
            let target: String
            if let file {
                target = absolute(file)
            } else {
                target = try ItemLedger.nextBackup(in: directory, at: Date())
            }
            try await LedgerCommand.withProgress { progress in
                progress("copying …")
                try await ledger.copy(to: target)
            }
            let removed = try keep.map { try ItemLedger.removeBackups(in: directory, keeping: $0) } ?? []
            let size = try FileManager.default.attributesOfItem(atPath: target)[.size] as? Int64 ?? 0
            if options.json {
                let facts = Facts(backup: target, bytes: size, removed: removed)
                show(String(decoding: try JSONEncoder.facts.encode(facts), as: UTF8.self))
                return
            }
            show("\(target): \(LedgerCommand.amount(size)), complete and checked.")
            for path in removed { show("\(path) was removed.") }
            if file == nil { show("It is on the same disk as the ledger: copy it to another machine, too.") }
        }
    }
}
