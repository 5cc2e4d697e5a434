import Foundation
import Glibc
import TestSupport
import Testing

/// Whether a journald can be started here.
private let isJournaldPossible =
    getuid() == 0
    && ["/usr/lib/systemd/systemd-journald", "/usr/bin/systemd-cat", "/usr/bin/journalctl"]
        .allSatisfy { (path: String) in access(path, X_OK) == 0 }

/// A real journald with folders of its own: what it has of the log, and what `drop360 logs` reads of it.
@Suite(.timeLimit(.minutes(10)), .enabled("no journald can be started here") { isJournaldPossible })
struct JournaldTests {
    private static let journald = "/usr/lib/systemd/systemd-journald"
    /// Starts journald, and then runs what follows, all in namespaces that end with it.
    private static let start = """
        mount --make-rprivate /
        for place in /run /var/log; do mount -t tmpfs tmpfs $place; done
        mkdir -p /run/systemd/journal /run/log/journal
        \(journald) 2>"$SITE/journald" &
        until [ -S /run/systemd/journal/socket ] && [ -S /run/systemd/journal/stdout ]; do
            kill -0 $!
            sleep 0.05
        done

        """

    @Test func `each line is in the journal with fields of its own, and logs reads them back`() async throws {
        let site = try await Site()
        try site.drop("site-a/good", .init(seed: 1))
        try site.drop("site-a/poor", .init(seed: 2))
        try site.folder.remove("inbox/site-a/poor/front.jpg")
        let script =
            Self.start + """
                systemd-cat sh -c 'export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); exec "$0" run --config "$1" --until-idle' "$1" "$2" || true
                journalctl --sync
                journalctl --no-pager -o json SYSLOG_IDENTIFIER=drop360 >"$SITE/journal.json"
                for name in good poor; do "$1" logs "inbox/site-a/$name" --json --config "$2" >"$SITE/$name.json"; done
                """
        let child = try ChildProcess(
            "/usr/bin/unshare",
            ["-m", "-p", "-f", "--mount-proc", "sh", "-ec", script, "sh", Drop360.path(), site.configuration],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SITE": site.folder.path, "LC_ALL": "C.UTF-8",
                "DROP360_DASHBOARD_PORT": "0",
            ],
            in: site.folder.path,
            log: site.folder.path("journald-test")
        )
        #expect(try await child.ended(within: .seconds(180)) == .code(0), "\(child.errors)")
        let lines = try site.folder.read("journal.json").split(separator: UInt8(ascii: "\n")).map {
            try Facts.parse($0)
        }
        let about = lines.filter { $0["DROP360_STATION_PATH"].text == "site-a/good" }
        #expect(about.contains { $0["MESSAGE"].text?.hasPrefix("station registered ") == true }, "\(lines)")
        for line in about {
            #expect(line["DROP360_STATION"].text == line["DROP360_STATION_NUMBER"].text)
            #expect(line["_TRANSPORT"].text == "journal" && line["SYSLOG_IDENTIFIER"].text == "drop360")
            #expect(line["PRIORITY"].text == "6")
        }
        for name in ["good", "poor"] {
            let found = try Facts.parse(site.folder.read(name + ".json"))["lines"].list
            #expect(Set(found.map { $0["source"].text }) == ["ledger", "journal"], "\(found)")
            let times = found.compactMap { $0["at"].text }
            #expect(times == times.sorted())
            let other = name == "good" ? "site-a/poor" : "site-a/good"
            #expect(!found.contains { $0["message"].text?.contains(other) == true })
        }
    }
}
