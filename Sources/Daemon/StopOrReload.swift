import Logging
import ServiceLifecycle
import Synchronization
import Timing
import UnixSignals

/// The stop or reload that signals have requested; kept across a reload, while no service listens.
final class SignalMailbox: Sendable {
    private struct Asked {
        var stop = false
        var reload = false
    }

    private let asked = Mutex(Asked())
    /// Without a file to reload, and at a terminal, which sends it when closed, SIGHUP stops the process, as is usual.
    private let hangupStops: Bool
    let bell = Doorbell()

    init(hangupStops: Bool) { self.hangupStops = hangupStops }

    var wantsStop: Bool { asked.withLock { $0.stop } }

    /// Whether a reload has been requested since the last call.
    func takeReload() -> Bool {
        asked.withLock { asked in
            defer { asked.reload = false }
            return asked.reload
        }
    }

    /// Listens until the task is cancelled.
    func listen(to signals: UnixSignalsSequence) async {
        for await signal in signals {
            asked.withLock { if signal == .sighup, !hangupStops { $0.reload = true } else { $0.stop = true } }
            bell.ring()
        }
    }
}

/// Returns, which shuts the other services down in order, on a stop or a valid new configuration.
///
/// All or nothing: a problem in the file is logged, and the daemon continues unchanged. This service is shut down first, so it is the one that
/// notifies systemd.
struct StopOrReload: Service {
    let mailbox: SignalMailbox
    /// Called on a reload to read and check the configuration and keep it; false where it cannot be used.
    let prepare: @Sendable () async -> Bool
    let notifier: ServiceNotifier
    /// Called when no new work may begin: the services are shut down one after the other, which may take a while.
    let stopping: @Sendable () -> Void

    func run() async {
        await withGracefulShutdownHandler {
            while !Task.isShuttingDownGracefully, !Task.isCancelled, !mailbox.wantsStop {
                if mailbox.takeReload() {
                    notifier.reloading()
                    if await prepare() {
                        stopping()
                        return
                    }
                    notifier.send("READY=1")
                }
                // The bell rings for everything it waits for; the limit does not matter.
                await mailbox.bell.wait(atMost: .seconds(86400), sleep: { try await Task.sleep(for: $0) })
            }
            stopping()
            notifier.send("STOPPING=1\nSTATUS=Stopping: finishing current work")
        } onGracefulShutdown: {
            stopping()
            mailbox.bell.ring()
        }
    }
}
