import ConfigFile
import Foundation
import Glibc
import Health
import Ledger
import Logs
import Station
import Status

/// What `doctor --report` packs: all that can be had, also where the configuration is invalid or the ledger cannot be read.
struct DoctorReport {
    /// The configuration file.
    let file: String
    /// Nil where the file is invalid.
    let configuration: Configuration?
    /// As doctor prints them.
    let findings: [String]
    let environment: [String: String]

    private static let mostLogLines = 5000

    /// - Returns: What is in the archive.
    func write(to path: String) async throws -> [(name: String, size: Int)] {
        var (masked, trouble): (MaskedFile?, String?) = (nil, nil)
        do throws(MaskedFile.Unreadable) { masked = try MaskedFile(path: file, environment: environment) } catch {
            trouble = error.description
        }
        let redaction = Redaction(file: masked, configuration, environment: environment)
        var archive = ReportArchive(folder: "drop360-report", time: Date())
        let state = configuration?.state ?? masked?.state ?? Configuration.defaultState
        archive.add(
            "config.yaml",
            redaction.applied(to: configuration?.rendered() ?? masked?.text ?? "# \(trouble ?? "")\n")
        )
        for (name, text) in await files(state: state) { archive.add(name, redaction.applied(to: text)) }
        try archive.write(to: path)
        return archive.contents
    }

    private func files(state: String) async -> [(name: String, text: String)] {
        let ledger = await ledgerFacts(state)
        return [
            ("doctor.txt", findings.joined(separator: "\n") + "\n"),
            ("versions.txt", await versions(sqlite: ledger.sqlite)),
            ("limits.txt", limits(state, daemon: ledger.status)),
            ("status.json", ledger.text),
            ("log.txt", await log()),
        ]
    }

    // MARK: What is in them

    private func ledgerFacts(_ state: String) async -> (status: DaemonStatus?, sqlite: String, text: String) {
        do {
            let ledger = try ItemLedger(directory: state, exclusively: false) { _ in }
            let running = ItemLedger.isInUse(directory: state) ?? false
            let status = try await DaemonStatus.read(from: ledger, running: running)
            let version = try await ledger.sqliteVersion()
            let text = String(decoding: try JSONEncoder.facts.encode(status), as: UTF8.self)
            try ledger.close()
            return (status, version, text + "\n")
        } catch {
            return (nil, "unknown: the ledger cannot be read", "The ledger cannot be read: \(error)\n")
        }
    }

    private func versions(sqlite: String) async -> String {
        var lines = ["drop360 \(Release.version)", "SQLite \(sqlite)"]
        var name = utsname()
        if uname(&name) == 0 {
            let parts = [
                withUnsafeBytes(of: name.sysname) { Self.text($0) },
                withUnsafeBytes(of: name.release) { Self.text($0) },
                withUnsafeBytes(of: name.version) { Self.text($0) },
                withUnsafeBytes(of: name.machine) { Self.text($0) },
            ]
            lines.append("kernel: " + parts.joined(separator: " "))
        }
        do throws(Journal.Unreadable) {
            let output = String(
                decoding: try await Journal.output(of: "/usr/bin/systemctl", ["--version"]),
                as: UTF8.self
            )
            lines.append(output.split(separator: "\n").first.map(String.init) ?? "systemd: unknown")
        } catch {
            lines.append("systemd: \(error)")
        }
        lines += ["", "/etc/os-release:", Self.file("/etc/os-release")]
        return lines.joined(separator: "\n") + "\n"
    }

    private func limits(_ state: String, daemon: DaemonStatus?) -> String {
        var lines = ["max_user_watches", "max_user_instances", "max_queued_events"].map { name in
            "\(name) \(Self.file("/proc/sys/fs/inotify/\(name)"))"
        }
        // The daemon's inboxes, where the file names none that can be read.
        let inboxes = configuration?.inboxes.map(\.path) ?? daemon?.inboxes.map(\.path) ?? []
        for path in [state] + inboxes { lines.append(Self.space(of: path)) }
        lines += ["", "load \(Self.file("/proc/loadavg"))", "", Self.file("/proc/meminfo", most: 400)]
        lines += ["", "limits of this command:", Self.file("/proc/self/limits")]
        if let pid = daemon?.pid { lines += ["", "limits of the daemon:", Self.file("/proc/\(pid)/limits")] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func log() async -> String {
        do throws(Journal.Unreadable) {
            let lines = try await Journal.lines(Journal.arguments(most: Self.mostLogLines))
            guard !lines.isEmpty else {
                return
                    "The journal has no lines of drop360, or this user may not read them: run the command with sudo.\n"
            }
            return lines.map { "\($0.at.formatted(.iso8601)) <\($0.priority)> \($0.message)\n" }.joined()
        } catch {
            return "There is no journal here (\(error)) The log is what drop360 printed on standard error.\n"
        }
    }

    private static func space(of path: String) -> String {
        var values = statvfs()
        guard statvfs(path, &values) == 0 else { return "\(path): \(String(cString: strerror(errno)))" }
        let (block, free) = (UInt64(values.f_frsize), UInt64(values.f_bavail))
        let whole = UInt64(values.f_blocks)
        return
            "\(path): \((free * block) >> 20) of \((whole * block) >> 20) MiB free, \(values.f_favail) of \(values.f_files) inodes free"
    }

    /// A file that the system generates; why it cannot be read otherwise.
    private static func file(_ path: String, most: Int = 65536) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { return "\(path) cannot be read" }
        do {
            let text = String(decoding: try handle.read(upToCount: most) ?? Data(), as: UTF8.self)
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            return "\(path) cannot be read"
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
