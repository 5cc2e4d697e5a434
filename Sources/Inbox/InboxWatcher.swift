import Glibc
package import Logging
import ServiceLifecycle
package import Station
import Synchronization

/// Watches all inboxes and emits which candidates are quiet, and which are gone.
///
/// Two threads of its own do the work: one only reads what inotify reports, the other lists folders. Nothing is
/// ever written into an inbox. ``run()`` may be called once.
package final class InboxWatcher: Service {
    /// One consumer; ends when ``run()`` ends.
    package let events: InboxEvents

    private let inboxes: [InboxSettings]
    /// Given to the scanner, and not kept: it is as large as the season.
    private let known: Mutex<[String: KnownStations]>
    private let stateDirectory: StateDirectoryWatch?
    private let pace: ScanIntervals
    private let meters: InboxMeters
    private let logger: Logger
    let mailbox: Mailbox

    /// - Parameters:
    ///   - inboxes: Their folders need not exist yet; they must not be inside one another.
    ///   - known: By inbox: the stations in the ledger, with the stamp that each was last inspected with. A station that
    ///     still has it is not emitted again; one that is no longer there has vanished.
    ///   - stateDirectory: A folder outside the inboxes whose writers are watched, too.
    ///   - rescanInterval: The shortest pause between two full listings that check on inotify. It grows with the time that
    ///     one takes, up to an hour.
    ///   - meters: What it counts by.
    package init(
        inboxes: [InboxSettings],
        known: sending [String: KnownStations] = [:],
        stateDirectory: StateDirectoryWatch? = nil,
        rescanInterval: Duration = .seconds(5),
        meters: InboxMeters = .init(),
        logger: Logger
    ) {
        self.inboxes = inboxes
        self.known = Mutex(known)
        self.stateDirectory = stateDirectory
        self.meters = meters
        self.logger = logger
        pace = ScanIntervals(rescanInterval: rescanInterval)
        var status = InboxStatus(lastProgress: .now)
        for inbox in inboxes { status.roots[inbox.root] = .unknown }
        let mailbox = Mailbox(status: status)
        self.mailbox = mailbox
        events = InboxEvents { mailbox.wake() }
    }

    /// What the inboxes are doing now, from any thread.
    package var status: InboxStatus { mailbox.status }

    /// Watches until graceful shutdown or cancellation; then ends both threads and the stream, within a second unless a
    /// file system hangs.
    package func run() async throws {
        defer { events.finish() }
        let instance = openInstance()
        await cancelWhenGracefulShutdown { [self] in
            await withTaskCancellationHandler {
                await work(with: instance)
            } onCancel: {
                mailbox.stop()
            }
        }
    }

    private func work(with instance: NotifyInstance?) async {
        if let instance { mailbox.offer(instance) }
        await withTaskGroup { group in
            group.addTask { [mailbox] in
                await onOwnThread("inbox-events") { mailbox.awaitInstance()?.read(into: mailbox) }
            }
            group.addTask { [self] in
                await onOwnThread("inbox-scan") { [self] in
                    var scanner = scanner(with: instance)
                    scanner.run()
                    scanner.instance?.stop()
                }
            }
        }
    }

    private func scanner(with instance: NotifyInstance?) -> Scanner {
        Scanner(
            inboxes: inboxes,
            known: known.withLock { known in
                defer { known = [:] }
                return known
            },
            pace: pace,
            mailbox: mailbox,
            events: events,
            instance: instance,
            stateDirectory: stateDirectory,
            meters: meters,
            logger: logger
        )
    }

    private func openInstance() -> NotifyInstance? {
        guard inboxes.contains(where: { $0.detection != .poll }) else { return nil }
        do throws(NotifyInstance.Unavailable) {
            return try NotifyInstance()
        } catch {
            logger.error(
                "inotify is not available: until it is, all inboxes are listed every few seconds.",
                metadata: [
                    "error": "\(String(cString: strerror(error.code)))",
                    "advice": "\(NotifyLimits.current().instancesSysctl)",
                ]
            )
            return nil
        }
    }

    /// Emits an item again although its stamp is unchanged: its files could not be read, or an operator requested it.
    ///
    /// It is emitted once it has been quiet for the inbox's `settle` after the delay. A path without an item is skipped.
    ///
    /// - Parameters:
    ///   - item: With its inbox as the settings spell it.
    ///   - delay: The shortest time to wait.
    ///   - isAwaited: Whether the item counts as settling until then.
    package func recheck(_ item: ItemPath, after delay: Duration = .zero, isAwaited: Bool = false) {
        let recheck = Mailbox.Recheck(item: item, due: .now + delay, isAwaited: isAwaited)
        mailbox.ask { $0.rechecks.append(recheck) }
    }

    /// Records that no work is left for an item as it is.
    ///
    /// A finished station loses its watch and is checked only now and then. An inbox may become empty of such items without
    /// seeming unmounted. A change makes an item count again.
    ///
    /// - Parameters:
    ///   - item: With its inbox as the settings spell it.
    ///   - stamp: What the item was last inspected with; if it has another one by now, the call has no effect.
    ///   - standing: Whether it was refused or registered.
    package func acknowledge(_ item: ItemPath, stamp: Stamp, as standing: KnownStations.Standing) {
        let outcome = Mailbox.Outcome(item: item, stamp: stamp, standing: standing)
        mailbox.ask { $0.outcomes.append(outcome) }
    }

    /// Lists everything now.
    package func rescan() { mailbox.ask { $0.rescan = true } }
}
