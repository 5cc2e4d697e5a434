import Glibc
package import Logging
import ServiceLifecycle
import Synchronization

/// Watches all inboxes and says which stations are quiet, and which are gone.
///
/// Two threads of its own do the work: one does nothing but read what inotify tells, the other lists folders. Nothing is
/// ever written into an inbox. ``run()`` may be called once.
package final class InboxWatcher: Service {
    /// One consumer; ends when ``run()`` ends.
    package let events: InboxEvents

    private let inboxes: [InboxSettings]
    /// Handed to the scanner, and not kept: it is as large as the season.
    private let known: Mutex<[String: KnownStations]>
    private let bystander: StateDirectoryWatch?
    private let pace: ScanIntervals
    private let logger: Logger
    let mailbox: Mailbox

    /// - Parameters:
    ///   - inboxes: Their roots need not be there yet; they must not lie in one another.
    ///   - known: By inbox: the stations in the ledger, with the stamp that each was last inspected with. A station that
    ///     still has it is not said again; one that is no longer there is said to have vanished.
    ///   - bystander: A folder beside the inboxes whose writers are to be heard of, too.
    ///   - rescanInterval: The shortest pause between two full listings behind inotify's back. It grows with the time that
    ///     one takes, up to an hour.
    package init(
        inboxes: [InboxSettings],
        known: sending [String: KnownStations] = [:],
        bystander: StateDirectoryWatch? = nil,
        rescanInterval: Duration = .seconds(5),
        logger: Logger
    ) {
        self.inboxes = inboxes
        self.known = Mutex(known)
        self.bystander = bystander
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
            bystander: bystander,
            logger: logger
        )
    }

    private func openInstance() -> NotifyInstance? {
        guard inboxes.contains(where: { $0.detection != .poll }) else { return nil }
        do throws(NotifyInstance.Unavailable) {
            return try NotifyInstance()
        } catch {
            logger.error(
                "inotify is not available: all inboxes are listed every few seconds instead, until it is.",
                metadata: [
                    "error": "\(String(cString: strerror(error.code)))",
                    "advice": "\(NotifyLimits.current().instancesSysctl)",
                ]
            )
            return nil
        }
    }

    /// Has a station said again although its stamp is unchanged: its files could not be read, or an operator wants it.
    ///
    /// It is said once it has been quiet for the inbox's `settle` after the delay. A path without a station is passed over.
    ///
    /// - Parameters:
    ///   - inbox: As the settings spell it.
    ///   - path: Below it.
    ///   - delay: Not before that.
    ///   - isAwaited: The folder counts as settling until then.
    package func lookAgain(inbox: String, path: String, after delay: Duration = .zero, isAwaited: Bool = false) {
        let look = Mailbox.Look(place: .init(inbox: inbox, path: path), due: .now + delay, isAwaited: isAwaited)
        mailbox.ask { $0.looks.append(look) }
    }

    /// Tells that nothing is left to do for a station as it is.
    ///
    /// A finished one loses its watch and is looked at only now and then. An inbox may become empty of such stations without
    /// seeming unmounted. A change of the folder makes it count again.
    ///
    /// - Parameters:
    ///   - inbox: As the settings spell it.
    ///   - path: Below it.
    ///   - stamp: What the station was last inspected with; where the folder has another one by now, nothing is concluded.
    ///   - standing: Whether it was refused or registered.
    package func settled(inbox: String, path: String, stamp: String, as standing: KnownStations.Standing) {
        let settled = Mailbox.Settled(place: .init(inbox: inbox, path: path), stamp: stamp, standing: standing)
        mailbox.ask { $0.settled.append(settled) }
    }

    /// Lists everything now.
    package func rescan() { mailbox.ask { $0.rescan = true } }
}
