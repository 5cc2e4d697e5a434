package import ConfigFile
import DropFolder
import Foundation
import Glibc
import Inbox
package import Ledger
import Settings
import Station
package import Status

// The machine: state directory, ledger, inboxes, inotify.
extension HealthCheck {
    /// The disk below the state directory.
    package static func disk(state: String) -> Finding {
        guard access(state, W_OK | X_OK) == 0 else {
            let error = errno
            return Finding(
                "state directory",
                .bad,
                "\(state) cannot be written by this user (\(String(cString: strerror(error)))).",
                advice: command(forState: state, error)
            )
        }
        guard let free = freeSpace(of: state) else {
            return Finding("state directory", .warning, "The free space of \(state) is not known.")
        }
        let words = "\(state) has \(free >> 20) MiB free."
        if free < 64 << 20 {
            return Finding(
                "state directory",
                .bad,
                words,
                advice: commandForSpace(of: state)
            )
        }
        if free < 1 << 30 {
            return Finding(
                "state directory",
                .warning,
                words,
                advice: "A season of 100,000 stations takes about 800 MiB."
            )
        }
        return Finding("state directory", .good, words)
    }

    /// Reads the whole ledger, which takes a while where it is large.
    package static func ledger(_ ledger: ItemLedger) async -> Finding {
        do throws(LedgerError) {
            let problems = try await ledger.integrityProblems()
            let count = try await ledger.counts().values.reduce(0, +)
            guard let first = problems.first else {
                return Finding("ledger", .good, "\(ledger.path) is intact and holds \(count) stations.")
            }
            return Finding(
                "ledger",
                .bad,
                "\(ledger.path) is damaged: \(printable(first)).",
                advice: "See \"The ledger is damaged\" in docs/operators/troubles.md."
            )
        } catch {
            return Finding("ledger", .bad, error.summary, advice: error.advice)
        }
    }

    /// Whether the inbox can be read and reports can be written, and how changes in it are noticed.
    package static func inbox(_ inbox: Configuration.Inbox) -> Finding {
        let subject = "inbox \(printable(inbox.path))"
        do throws(DropFolderError) {
            let folder = try OpenFolder(root: inbox.path)
            let isEmpty = try folder.entries(ignoring: IgnoreRules()).isEmpty
            let ground = InboxFileSystem(folder, settings: inbox.settings)
            let how = ground.canBeWatched ? "watched by inotify" : "listed every few seconds"
            let words = "It can be read and is \(how) (\(ground.fileSystem ?? "unknown file system"))."
            if inbox.reports == .beside, access(inbox.path, W_OK | X_OK) != 0 {
                return Finding(
                    subject,
                    .warning,
                    "\(words) Reports cannot be written there; they go to the state directory.",
                    advice: commandForReports(in: inbox.path)
                )
            }
            if !ground.canBeWatched, inbox.detection == .auto {
                return Finding(subject, .good, "\(words) inotify does not report all changes on that file system.")
            }
            return Finding(subject, .good, isEmpty ? "\(words) It is empty." : words)
        } catch {
            return Finding(subject, .bad, error.summary, advice: command(forInbox: inbox.path, error))
        }
    }

    /// Whether the kernel's limits suffice for every folder that needs a watch.
    ///
    /// - Parameters:
    ///   - configuration: Its inboxes.
    ///   - told: The watches that a running daemon reports; nil without one, and then the folders are counted.
    package static func notify(_ configuration: Configuration, told: DaemonStatus.Detection?) -> Finding {
        let subject = "inotify"
        let watched = configuration.inboxes.filter { $0.detection != .poll }
        guard !watched.isEmpty else { return Finding(subject, .good, "No inbox is watched; all are polled.") }
        let limits = NotifyLimits.current()
        guard let limit = limits.watches else {
            return Finding(
                subject,
                .bad,
                "This kernel has no inotify.",
                advice: "Set `detection: poll` for every inbox."
            )
        }
        if limits.instances == 0 {
            return Finding(subject, .bad, "No inotify instance is allowed.", advice: limits.instancesSysctl)
        }
        let needed: Int
        var more = ""
        if let told {
            needed = told.watchesNeeded
        } else {
            let counts = watched.map { FolderCount.below($0.settings) }
            needed = counts.reduce(0) { $0 + $1.folders }
            if counts.contains(where: \.isCutShort) { more = " or more" }
        }
        let words =
            "\(needed)\(more) watches are needed; one user may have \(limit) (\(limits.watchesKey))"
            + (limits.instances.map { " and \($0) instances" } ?? "") + "."
        let advice = limits.sysctl(folders: needed)
        if let told, told.polledFolders > 0 {
            return Finding(
                subject,
                .bad,
                "\(words) \(told.polledFolders) folders have none and are listed every few seconds.",
                advice: "\(advice)  (and in /etc/sysctl.d to keep it; drop360 continues automatically)"
            )
        }
        guard needed < limit else { return Finding(subject, .bad, words, advice: advice) }
        // Other programs of the same user share this limit.
        guard needed * 2 < limit else { return Finding(subject, .warning, words, advice: advice) }
        return Finding(subject, .good, words)
    }
}
