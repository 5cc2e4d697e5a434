import Logging
import ServiceLifecycle
import Synchronization
import Timing
import UnixSignals

/// What signals have asked for since the process started: kept over a reload, between whose two halves no service listens.
final class SignalMailbox: Sendable {
    private struct Asked {
        var stop = false
        var reload = false
    }

    private let asked = Mutex(Asked())
    /// Where there is no file to reload, or a terminal that is closed sends it, SIGHUP means what it has always meant.
    private let hangupStops: Bool
    let bell = Doorbell()

    init(hangupStops: Bool) { self.hangupStops = hangupStops }

    var wantsStop: Bool { asked.withLock { $0.stop } }

    /// Whether a reload was asked for since this was last looked at.
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

/// Returns, which shuts the other services down in order, when a good new configuration is there.
///
/// All or nothing: where the file has a problem, that is logged, and what runs goes on as it is. The first service to be shut down, so it is the one that
/// tells systemd what is going on.
struct StopOrReload: Service {
    let mailbox: SignalMailbox
    /// Reads and checks the configuration again, and keeps it; false where it is not to be used.
    let prepare: @Sendable () async -> Bool
    let notifier: ServiceNotifier
    /// Tells all that nothing new is to be begun: they are shut down one after the other, which may take a while.
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
                // A ring for everything that it waits for; the limit is none.
                await mailbox.bell.wait(atMost: .seconds(86400), sleep: { try await Task.sleep(for: $0) })
            }
            stopping()
            notifier.send("STOPPING=1\nSTATUS=Stopping: finishing what is in hand")
        } onGracefulShutdown: {
            stopping()
            mailbox.bell.ring()
        }
    }
}
