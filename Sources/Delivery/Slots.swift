/// Limits how many files and parts are under way concurrently, in the order in which they asked.
///
/// The parts of a file of many gigabytes are patient: they let the files of stations pass, and leave them half of the slots.
///
/// An actor because the uploads of several stations ask concurrently.
package actor Slots {
    /// May change between one file and the next.
    private let allowed: @Sendable () -> Int
    private var busy = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How many of ``busy`` are patient.
    private var patientBusy = 0
    private var patientWaiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter allowed: How many may be under way now; at least one.
    package init(_ allowed: @escaping @Sendable () -> Int) { self.allowed = allowed }

    /// How many wait for a slot now.
    var waitingCount: Int { waiting.count + patientWaiting.count }

    /// Runs `work` when a slot is free.
    ///
    /// - Parameters:
    ///   - isPatient: Whether it lets those pass that are not.
    ///   - work: What needs the slot.
    package func occupied<Result: Sendable>(
        isPatient: Bool = false,
        _ work: @Sendable () async -> Result
    ) async -> Result {
        await take(isPatient)
        defer { leave(isPatient) }
        return await work()
    }

    private var hasRoom: Bool { busy < max(1, allowed()) }
    private var hasRoomForPatient: Bool { hasRoom && waiting.isEmpty && patientBusy < max(1, allowed() / 2) }

    private func take(_ isPatient: Bool) async {
        // The resuming side has already counted those that wait as busy.
        if isPatient {
            guard hasRoomForPatient, patientWaiting.isEmpty else {
                return await withCheckedContinuation { patientWaiting.append($0) }
            }
            patientBusy += 1
        } else {
            guard hasRoom, waiting.isEmpty else { return await withCheckedContinuation { waiting.append($0) } }
        }
        busy += 1
    }

    /// Several may enter if more are allowed by now, none if fewer are.
    private func leave(_ isPatient: Bool) {
        busy -= 1
        if isPatient { patientBusy -= 1 }
        while hasRoom, !waiting.isEmpty {
            busy += 1
            waiting.removeFirst().resume()
        }
        while hasRoomForPatient, !patientWaiting.isEmpty {
            busy += 1
            patientBusy += 1
            patientWaiting.removeFirst().resume()
        }
    }
}
