import E57
import Station

/// Why a position was not made into a station.
enum PositionStop: Error {
    /// Something in the file is wrong.
    case refused(Problem)
    /// The file changed, its disk is away, or the caller stopped.
    case interrupted(Interruption)
    /// The state directory took nothing; with the system's words.
    case notStored(String)

    static func refused(_ code: ProblemCode, _ message: String) -> PositionStop { .refused(Problem(code, message)) }

    /// - Parameter subject: What was read, to begin a sentence; nil for the file as a whole.
    init(_ error: E57Error, of subject: String?) {
        if case .unreadable(let reason) = error.kind {
            self = .interrupted(Interruption(reason))
        } else {
            let message = subject.map { "\($0) cannot be read. \(error.description)" } ?? error.description
            self = .refused(error.problemCode, message)
        }
    }

    /// The verdict, where nothing more is known.
    var verdict: Verdict {
        switch self {
        case .refused(let problem): .rejected([problem])
        case .notStored(let words): .incomplete([Problem(.notConverted, words)])
        case .interrupted(.unavailable(let reason)): .unavailable(reason)
        case .interrupted: .changed
        }
    }
}
