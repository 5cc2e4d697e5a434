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
    private let known: [String: [String: String]]
    private let pace: InboxPace
    private let logger: Logger
    let mailbox: Mailbox

    /// - Parameters:
    ///   - inboxes: Their roots need not be there yet; they must not lie in one another.
    ///   - known: By inbox and by path below it: the stamp that each station in the ledger was last inspected with. A
    ///     station that still has it is not said again; one that is no longer there is said to have vanished.
    ///   - rescanInterval: The shortest pause between two full listings behind inotify's back. It grows with the time that
    ///     one takes, up to an hour.
    package init(
        inboxes: [InboxSettings],
        known: [String: [String: String]] = [:],
        rescanInterval: Duration = .seconds(60),
        logger: Logger
    ) {
        self.inboxes = inboxes
        self.known = known
        self.logger = logger
        pace = InboxPace(rescanInterval: rescanInterval)
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
        await withTaskGroup { group in
            if let instance {
                group.addTask { [mailbox] in
                    await onOwnThread("inbox-events") { instance.read(into: mailbox) }
                }
            }
            group.addTask { [mailbox, events, inboxes, known, pace, logger] in
                await onOwnThread("inbox-scan") {
                    var scanner = Scanner(
                        inboxes: inboxes,
                        known: known,
                        pace: pace,
                        mailbox: mailbox,
                        events: events,
                        instance: instance,
                        logger: logger
                    )
                    scanner.run()
                    instance?.stop()
                }
            }
        }
    }

    private func openInstance() -> NotifyInstance? {
        guard inboxes.contains(where: { $0.detection != .poll }) else { return nil }
        do throws(NotifyInstance.Unavailable) {
            return try NotifyInstance()
        } catch {
            logger.error(
                "inotify is not available: all inboxes are listed every few seconds instead. Raise the limit and restart.",
                metadata: [
                    "error": "\(String(cString: strerror(error.code)))",
                    "advice": "sysctl fs.inotify.max_user_instances=512",
                ]
            )
            return nil
        }
    }

    /// Has a station said again although its stamp is unchanged: its files could not be read, or an operator wants it.
    ///
    /// It is said once it has been quiet for the inbox's `settle` after the delay. A path without a station is passed over.
    package func lookAgain(inbox: String, path: String, after delay: Duration = .zero) {
        let look = Mailbox.Look(place: .init(inbox: inbox, path: path), due: .now + delay)
        mailbox.ask { $0.looks.append(look) }
    }

    /// Tells that nothing is left to do for a station as it is: it was registered, rejected, withdrawn.
    ///
    /// It is looked at less often then, and an inbox may become empty of such stations without seeming unmounted. A change
    /// of the folder makes it count again. May be called before ``run()``.
    package func settled(inbox: String, path: String) {
        let place = Mailbox.Place(inbox: inbox, path: path)
        mailbox.ask { $0.finals.append(place) }
    }

    /// Lists everything now.
    package func rescan() { mailbox.ask { $0.rescan = true } }
}
