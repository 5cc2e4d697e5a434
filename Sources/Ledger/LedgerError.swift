import Foundation
import GRDB
package import Station

/// Why the ledger could not be opened, read or written.
package enum LedgerError: OperatorFacingError, Equatable {
    /// Another process uses the ledger: another drop360, or one that must not use it.
    case inUse(path: String, by: LockHolder)
    /// The state directory or the file can't be opened or created.
    case notOpened(path: String, detail: String)
    /// This user lacks the rights to use it.
    case forbidden(path: String)
    /// Its disk takes no writes, without which nothing can be read either.
    case readOnly(path: String)
    /// The file was written by a later version of drop360.
    case tooNew(path: String)
    /// SQLite reports damage.
    case damaged(path: String, detail: String)
    /// A read or write failed: disk full, I/O error, busy. Nothing of it was written.
    case notWritten(path: String, detail: String)
    /// A write contradicts what the tables demand of every row: a bug in drop360. Nothing of it was written.
    case contradiction(path: String, detail: String)
    /// An invalid row: a bug in drop360, or the file was edited by hand.
    case unreadableRow(item: Int64, detail: String)
    /// A backup could not be made; there is no half one.
    case notCopied(to: String, detail: String)
    /// The file could not be written anew. It is as it was.
    case notCompacted(path: String, detail: String)
    case unknownStation(String)
    /// An operator's request does not fit the item's state.
    case notApplicable(String)
    case illegal(IllegalTransition)

    package var summary: String {
        switch self {
        case .inUse(let path, let holder) where holder.isDrop360:
            "Another drop360 (\(holder)) is using the ledger \(path). This one stops; nothing was changed."
        case .inUse(let path, let holder):
            "The ledger \(path) is locked by \(printable("\(holder)")), which is not drop360. This one stops; nothing was changed."
        case .notOpened(let path, let detail): "The ledger \(path) cannot be opened: \(detail)."
        case .forbidden(let path): "This user may not read and write the ledger \(path)."
        case .readOnly(let path):
            "The ledger \(path) is on a file system that is mounted read-only. Nothing can be read or written."
        case .tooNew(let path):
            "The ledger \(path) was written by a newer drop360. This one stops and leaves it unchanged."
        case .damaged(let path, let detail): "The ledger \(path) is damaged: \(detail). drop360 stops using it."
        case .notWritten(let path, let detail):
            "The ledger \(path) could not be read or written: \(detail). Nothing was lost."
        case .contradiction(let path, let detail):
            "The ledger \(path) refused a change that contradicts its own rules: \(detail). Nothing of it was written. This is a bug in drop360."
        case .unreadableRow(let item, let detail):
            "The ledger's row of item \(item) is invalid: \(detail). This is a bug in drop360."
        case .notCopied(let file, let detail):
            "The backup \(printable(file)) of the ledger could not be made: \(detail). The ledger is unchanged."
        case .notCompacted(let path, let detail):
            "The ledger \(path) could not be compacted: \(detail). It is unchanged."
        case .unknownStation(let name): "There is no station '\(printable(name))' in the ledger."
        case .notApplicable(let words): words
        case .illegal(let transition): transition.description
        }
    }

    package var advice: String? {
        switch self {
        case .inUse(let path, let holder) where !holder.isDrop360:
            "End that process\(holder.process.map { " (`kill \($0)`)" } ?? ""), and give only drop360's user access to the state directory: "
                + "`chmod 700 \(shellWord((path as NSString).deletingLastPathComponent))`."
        case .inUse: "Stop the other one first (`systemctl stop drop360`), or give this one its own `state` directory."
        case .notOpened: "Check that the state directory exists and that drop360's user may write there."
        case .forbidden: "Run the command as drop360's user: `sudo -u drop360 drop360 …`."
        case .readOnly:
            "Linux mounts a disk read-only after an error: `sudo dmesg | tail` says which. Repair it, mount it again, then restart drop360."
        case .tooNew: "Install the newer drop360 again, or restore the ledger from a backup of the older one."
        case .damaged:
            "Move ledger.sqlite away and start again: stations in the inbox are recognised by their ids, so nothing is duplicated."
        case .notWritten: "Check the free space and the health of the disk that holds the state directory."
        case .notCopied:
            "Give a file that does not exist yet, in a folder that this user may write to, on a disk with space for it."
        case .notCompacted: "Free some space on that disk, or run `drop360 ledger prune` first."
        case .unknownStation: "Run `drop360 list` to see the stations and their numbers."
        case .contradiction: "Please report it, with this line of the log."
        case .unreadableRow, .illegal, .notApplicable: nil
        }
    }

    package var remedy: Remedy {
        switch self {
        case .inUse, .notOpened, .forbidden, .readOnly, .tooNew, .damaged, .notCopied: .pauseStage
        case .notWritten: .retry(after: nil)
        case .contradiction, .unreadableRow, .notCompacted, .unknownStation, .notApplicable, .illegal: .giveUp
        }
    }

    /// What SQLite answers to a value that a table does not take, on any disk and at any time.
    private static let contradictions: [ResultCode] = [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG]

    /// Converts an error of GRDB or of our own mapping to one for operators.
    static func wrapping(_ error: any Error, path: String) -> LedgerError {
        switch error {
        case let error as LedgerError: error
        case let error as IllegalTransition: .illegal(error)
        case let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode):
            .damaged(path: path, detail: error.message ?? "\(error.resultCode)")
        case let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN:
            .notOpened(path: path, detail: error.message ?? "\(error.resultCode)")
        case let error as DatabaseError where contradictions.contains(error.resultCode):
            .contradiction(path: path, detail: error.message ?? "\(error.resultCode)")
        case let error as DatabaseError: .notWritten(path: path, detail: error.message ?? "\(error.resultCode)")
        case is DecodingError, is EncodingError, is RowDecodingError: .unreadableRow(item: 0, detail: "\(error)")
        default: .notWritten(path: path, detail: "\(error)")
        }
    }
}
