package import Foundation
import GRDB
import Glibc

// The folder `backups` of a state directory: what is called how in it, and what is removed again.
extension ItemLedger {
    /// The folder of backups in a state directory.
    package static func backupFolder(in directory: String) -> String { directory + "/backups" }

    /// Copies a ledger whose tables are about to be changed by `migrator`; nothing where there is one already, or nothing to lose.
    ///
    /// A copy of that name is complete: the migration that it was made for was cut off and begins again.
    static func backUp(_ database: DatabaseQueue, before migrator: DatabaseMigrator, in directory: String) throws {
        let applied = try database.read(migrator.appliedIdentifiers)
        guard !applied.isEmpty, let next = migrator.migrations.first(where: { !applied.contains($0) }) else { return }
        let number = next.prefix { $0.isNumber }
        let file = backupFolder(in: directory) + "/before-migration-\(number).sqlite"
        guard access(file, F_OK) != 0 else { return }
        try LedgerCopy.makeFolder(backupFolder(in: directory), like: directory)
        try LedgerCopy.make(of: database, at: file)
    }

    /// Opens a backup to read it; `file` is absolute, and its name ends as the ledger's does.
    package convenience init(backup file: String) throws(LedgerError) {
        try self.init(reading: file, migrator: Schema.migrator)
    }

    /// A path for a backup made at `now`, in the folder of backups, which is made if it is missing.
    package static func nextBackup(in directory: String, at now: Date) throws(LedgerError) -> String {
        let folder = backupFolder(in: directory)
        try LedgerCopy.makeFolder(folder, like: directory)
        let time = now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        // Within one second, too; in the order of their names.
        let names = ["\(time)"] + (2...99).map { "\(time)_\($0)" }
        let free = names.first { access("\(folder)/ledger-\($0).sqlite", F_OK) != 0 }
        return "\(folder)/ledger-\(free ?? "\(time)").sqlite"
    }

    /// Whether nothing was written into it for a day.
    private static func isOld(_ file: String) -> Bool {
        var status = stat()
        return stat(file, &status) == 0 && time(nil) - status.st_mtim.tv_sec > 86_400
    }

    /// Removes the oldest backups that ``nextBackup(in:at:)`` named, and leaves `count` of them.
    ///
    /// Those before migrations stay; what was cut off a day ago goes.
    ///
    /// - Returns: The paths that were removed.
    package static func removeBackups(in directory: String, keeping count: Int) throws -> [String] {
        let folder = backupFolder(in: directory)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let backups = names.filter { $0.wholeMatch(of: /ledger-\d{8}T\d{6}Z(_\d+)?\.sqlite/) != nil }.sorted()
        let cutOff = names.filter {
            $0.wholeMatch(of: /ledger-\d{8}T\d{6}Z(_\d+)?\.sqlite\.part/) != nil && isOld(folder + "/" + $0)
        }
        return try (cutOff + backups.dropLast(count)).map { name in
            try FileManager.default.removeItem(atPath: folder + "/" + name)
            return folder + "/" + name
        }
    }
}
