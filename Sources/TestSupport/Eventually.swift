package import Dispatch

/// What a test waited for did not happen in time.
package struct NeverCame: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Waits for a fact outside of this process, and returns it: a line that another process prints, a file, an exit.
///
/// Such facts send no notification, so they are polled: at once, and then after each pause, on a dispatch timer and not on a
/// thread of the cooperative pool. The limit only bounds a test that fails; a test that passes continues as soon as the fact
/// is there.
///
/// - Parameters:
///   - what: Names the fact in the failure.
///   - limit: How long to wait.
///   - pause: Between two checks.
///   - look: Returns the fact, or nil if it is not there yet.
/// - Throws: ``NeverCame``, `CancellationError`, or what `look` throws.
package func eventually<Fact: Sendable>(
    _ what: @autoclosure () -> String,
    within limit: Duration = .seconds(180),
    every pause: DispatchTimeInterval = .milliseconds(10),
    _ look: () async throws -> Fact?
) async throws -> Fact {
    let end = ContinuousClock.now + limit
    while true {
        if let fact = try await look() { return fact }
        try Task.checkCancellation()
        guard ContinuousClock.now < end else { throw NeverCame("\(what()): not within \(limit)") }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + pause) { continuation.resume() }
        }
    }
}
