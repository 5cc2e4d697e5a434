import Foundation
import Glibc
import TestSupport
import Testing

/// Commands where the state directory cannot be used: by another user, or on a disk that takes no writes.
@Suite(.timeLimit(.minutes(10)), .enabled("only root can become another user") { getuid() == 0 })
struct CommandRightsTests {
    /// What each command prints, run by `shell`, in which `"$@"` is the command.
    private func each(_ shell: String, _ site: Site) async throws -> [(command: String, Finished)] {
        var done: [(command: String, Finished)] = []
        let commands = [
            ["status"], ["list"], ["explain", "1"], ["export"], ["logs", "1"], ["retry", "1"], ["pause"],
        ]
        for words in commands {
            let child = try ChildProcess(
                "/usr/bin/unshare",
                ["-m", "sh", "-ec", shell, "sh", Drop360.path()] + words + ["--config", site.configuration],
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"],
                in: "/",
                log: site.folder.path("rights")
            )
            let exit = try await child.ended()
            done.append(
                (
                    words[0],
                    Finished(
                        exit: exit,
                        output: child.output,
                        errors: child.errors,
                        everythingPrinted: child.everythingPrinted
                    )
                )
            )
        }
        return done
    }

    private func delivered() async throws -> Site {
        let site = try await Site()
        try site.drop("one", .init(seed: 1))
        try await site.deliverAll()
        // Others may look at the folder and the configuration, not at the state.
        for name in ["", "config.yaml"] { chmod(site.folder.path(name), 0o755) }
        return site
    }

    @Test(arguments: [0o700, 0o755] as [mode_t])
    func `another user is told to run the command as drop360's, with and without a daemon`(mode: mode_t) async throws {
        let site = try await delivered()
        chmod(site.state, mode)
        let other = "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\""
        let daemon = try site.startDaemon()
        for isRunning in [true, false] {
            if isRunning { try await daemon.waitForLog("CDF is ready") } else { try await site.stop(daemon) }
            for (command, done) in try await each(other, site) {
                #expect(done.exit == .code(1), "\(command)")
                #expect(
                    done.errors == """
                        drop360: This user may not read and write the ledger \(site.state)/ledger.sqlite. Run the command as drop360's user: `sudo -u drop360 drop360 …`.

                        """,
                    "\(command)"
                )
                #expect(done.output.isEmpty, "\(command): \(done.output)")
            }
        }
    }

    @Test func `a state directory on a disk that is mounted read-only is named as that`() async throws {
        let site = try await delivered()
        let readOnly = "mount --bind \(site.state) \(site.state); mount -o remount,bind,ro \(site.state); exec \"$@\""
        for (command, done) in try await each(readOnly, site) {
            #expect(done.exit == .code(1), "\(command)")
            #expect(
                done.errors.contains("mounted read-only. Nothing can be read or written."),
                "\(command): \(done.errors)"
            )
            #expect(done.output.isEmpty, "\(command): \(done.output)")
        }
    }
}
