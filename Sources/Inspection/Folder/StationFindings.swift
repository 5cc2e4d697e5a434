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

    /// As many problems are told; a hostile folder has room for any number.
    private static let limit = 100

    /// Files that a program holds open for writing, as far as is known: what looks cut short there is not done yet.
    let beingWritten: Set<String>
    private var found: [Problem] = []
    private var weights: Set<Weight> = []
    private var dropped = 0
    private(set) var notes: [Problem] = []

    init(beingWritten: Set<String> = []) { self.beingWritten = beingWritten }

    /// Whether the sidecar states a time that was refused.
    var refusesTime: Bool {
        let codes: [ProblemCode] = [.timeInvalid, .timeImplausible, .timeZoneMissing]
        return found.contains { codes.map(\.rawValue).contains($0.code) }
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

    mutating func add(_ weight: Weight, _ problem: Problem) {
        if weight == .perhapsUnfinished, let file = problem.file, beingWritten.contains(file) {
            return wait(
                .stillWriting,
                "\(printable(file)) is not whole yet: a program is still writing it. If no copy runs any more, copy it again.",
                file: file
            )
        }
        weights.insert(weight)
        if found.count < Self.limit { found.append(problem) } else { dropped += 1 }
    }

    mutating func addNotes(_ more: [Problem]) { notes += more }

    /// Nothing is wrong but what a copy that still runs could mend by itself.
    var mayBeUnfinished: Bool { weights == [.perhapsUnfinished] }

    /// The verdict where there are problems; nil where there are none.
    ///
    /// A truncated file in a complete folder is wrong; while something else is missing it may be the copy that still runs.
    var verdict: Verdict? {
        let rest = Problem(.moreProblems, "And \(dropped) more problems of the same kinds.")
        let problems = found + (dropped > 0 ? [rest] : [])
        if weights.contains(.wrong) { return .rejected(problems) }
        if weights.contains(.waiting) { return .incomplete(problems) }
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
    /// The station takes more time or memory than the light lane has.
    case heavy
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
