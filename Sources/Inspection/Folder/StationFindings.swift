import DropFolder
import Station

/// What was found about one station, in order of discovery.
struct StationFindings {
    /// What a problem means for the verdict.
    enum Weight {
        /// Definitely wrong.
        case wrong
        /// Wrong, unless the file is still being copied.
        case perhapsUnfinished
        /// Missing, being written, or not readable yet.
        case waiting
    }

    /// The most problems reported; a hostile folder could cause any number.
    private static let limit = 100

    /// Files that a program has open for writing, as far as known: if truncated, they are unfinished.
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
                "\(printable(file)) is incomplete: a program is still writing it. If nothing is being copied any more, copy it again.",
                file: file
            )
        }
        weights.insert(weight)
        if found.count < Self.limit { found.append(problem) } else { dropped += 1 }
    }

    mutating func addNotes(_ more: [Problem]) { notes += more }

    /// The only problems are ones that a running copy could still fix.
    var mayBeUnfinished: Bool { weights == [.perhapsUnfinished] }

    /// The verdict if there are problems; nil if there are none.
    ///
    /// A truncated file in a complete folder is wrong; while something else is missing, the copy may still be running.
    var verdict: Verdict? {
        let rest = Problem(.moreProblems, "And \(dropped) more problems of the same kinds.")
        let problems = found + (dropped > 0 ? [rest] : [])
        if weights.contains(.wrong) { return .rejected(problems) }
        if weights.contains(.waiting) { return .incomplete(problems) }
        return problems.isEmpty ? nil : .rejected(problems)
    }
}

/// Why inspection stopped without a verdict.
enum Interruption: Error {
    /// The folder no longer matches the snapshot.
    case changed
    case unavailable(DropFolderError)
    /// The caller was cancelled.
    case stopped
    /// The station takes more time or memory than the light lane has.
    case heavy
}

extension Interruption {
    /// Interprets an error while reading: the file changed or disappeared, or its disk did.
    init(_ error: DropFolderError) {
        switch error {
        case .missing, .noPermission, .notRegular: self = .changed
        case .unavailable: self = .unavailable(error)
        }
    }
}
