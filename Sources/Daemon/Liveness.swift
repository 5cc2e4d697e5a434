import Synchronization

/// A part of the daemon that has work and makes no progress.
struct Stall: Equatable, Sendable {
    enum Part: String, CaseIterable, Sendable {
        /// What lists the inboxes; it takes a turn every few seconds, whether there is work or not.
        case scanner
        /// What sends and registers.
        case delivery
    }

    var part: Part
    /// How long it has made none.
    var duration: Duration

    /// For operators, without a full stop.
    var words: String {
        let minutes = duration.components.seconds / 60
        return switch part {
        case .scanner:
            "the inboxes have not been looked at for \(minutes) min: a disk or share does not answer"
        case .delivery: "something is being delivered, and nothing has moved for \(minutes) min"
        }
    }
}

/// Decides whether the daemon makes progress: a value; the caller says what it saw and when.
struct Liveness {
    private let patience: Duration
    private var steps: UInt64 = 0
    private var moved: ContinuousClock.Instant

    init(patience: Duration, at now: ContinuousClock.Instant) {
        self.patience = patience
        moved = now
    }

    /// What hangs; empty if all is well.
    ///
    /// - Parameters:
    ///   - scanner: The scanner's last turn.
    ///   - busy: Whether a stage is working on something.
    ///   - steps: Grows with all progress of the stages.
    ///   - now: The present.
    mutating func check(
        scanner: ContinuousClock.Instant,
        busy: Bool,
        steps: UInt64,
        at now: ContinuousClock.Instant
    ) -> [Stall] {
        if !busy || steps != self.steps {
            self.steps = steps
            moved = now
        }
        var stalls: [Stall] = []
        if now - scanner >= patience { stalls.append(Stall(part: .scanner, duration: now - scanner)) }
        if now - moved >= patience { stalls.append(Stall(part: .delivery, duration: now - moved)) }
        return stalls
    }
}

/// The daemon's progress, as the watchdog, the extraction pipeline, `/healthz` and the metrics all see it.
///
/// The watchdog's pulse asks often enough that a pause between two pieces of work is noticed.
final class ProgressCheck: Sendable {
    /// A scanner without a turn for this long hangs in a file system; a busy stage without a step for this long hangs, too.
    static let patience = Duration.seconds(300)

    private let liveness: Mutex<Liveness>
    private let signs: Pulse.Signs

    init(_ signs: Pulse.Signs) {
        self.signs = signs
        liveness = Mutex(Liveness(patience: Self.patience, at: .now))
    }

    /// What hangs now; empty if all is well.
    var stalls: [Stall] {
        let (scanner, busy, steps) = (signs.scanner(), signs.isBusy(), signs.steps())
        return liveness.withLock { $0.check(scanner: scanner, busy: busy, steps: steps, at: .now) }
    }
}
