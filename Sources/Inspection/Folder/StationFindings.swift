import DropFolder
import Station

/// What was found out about one station, in the order in which it was.
struct StationFindings {
    /// What a problem means for the verdict.
    enum Weight {
        /// Definitely wrong as it stands.
        case wrong
        /// Wrong, unless the file is still on its way.
        case perhapsUnfinished
        /// Missing, being written, or not to be read yet.
        case waiting
    }

    private var found: [(weight: Weight, problem: Problem)] = []
    private(set) var notes: [Problem] = []

    /// The files that problems speak of.
    var files: [String] { found.compactMap(\.problem.file) }

    /// Whether the sidecar states a time that was refused.
    var refusesTime: Bool {
        let codes: [ProblemCode] = [.timeInvalid, .timeImplausible, .timeZoneMissing]
        return found.contains { codes.map(\.rawValue).contains($0.problem.code) }
    }

    mutating func refuse(_ code: ProblemCode, _ message: String, file: String? = nil) {
        add(.wrong, Problem(code, message, file: file))
    }

    mutating func suspect(_ code: ProblemCode, _ message: String, file: String? = nil) {
        add(.perhapsUnfinished, Problem(code, message, file: file))
    }

    mutating func wait(_ code: ProblemCode, _ message: String, file: String? = nil) {
        add(.waiting, Problem(code, message, file: file))
    }

    mutating func note(_ code: ProblemCode, _ message: String, file: String? = nil) {
        notes.append(Problem(code, message, file: file))
    }

    mutating func add(_ weight: Weight, _ problem: Problem) { found.append((weight, problem)) }

    mutating func addNotes(_ more: [Problem]) { notes += more }

    /// The verdict where there are problems; nil where there are none.
    ///
    /// A truncated file in a complete folder is wrong; while something else is missing it may be the copy that still runs.
    var verdict: Verdict? {
        let problems = found.map(\.problem)
        if found.contains(where: { $0.weight == .wrong }) { return .rejected(problems) }
        if found.contains(where: { $0.weight == .waiting }) { return .incomplete(problems) }
        return problems.isEmpty ? nil : .rejected(problems)
    }
}

/// Why inspection came to no verdict of its own.
enum Interruption: Error {
    /// The folder is no longer what the snapshot says.
    case changed
    case unavailable(DropFolderError)
    /// The caller was cancelled.
    case stopped
}

extension Interruption {
    /// What an error in mid-read means: the file went away, or its disk did.
    init(_ error: DropFolderError) {
        switch error {
        case .missing, .noPermission, .notRegular: self = .changed
        case .unavailable: self = .unavailable(error)
        }
    }
}
