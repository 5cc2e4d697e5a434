import DropFolder
import E57
import Station

/// What was found in one file so far.
struct FileFindings {
    /// Named in problems.
    let file: String
    private(set) var problems: [Problem] = []
    var notes: [Problem] = []
    /// Whether a running copy may fix each of the problems.
    private(set) var mayBeUnfinished = true
    /// Nothing is wrong but rights that are missing.
    private(set) var waits = false

    init(file: String) { self.file = file }

    mutating func refuse(_ refusal: FileRefusal) {
        problems.append(Problem(refusal.code, refusal.message, file: file))
        mayBeUnfinished = mayBeUnfinished && refusal.mayBeUnfinished
    }

    mutating func refuse(_ found: [Problem], mayBeUnfinished: Bool) {
        guard !found.isEmpty else { return }
        problems += found
        self.mayBeUnfinished = self.mayBeUnfinished && mayBeUnfinished
    }

    /// Records what is wrong whatever else is.
    mutating func replaceAll(by problem: Problem) { (problems, mayBeUnfinished, waits) = ([problem], false, false) }

    /// Records something that the file waits for.
    mutating func wait(for problem: Problem) {
        problems.append(problem)
        waits = true
    }

    /// The most notes that are kept: a file may have ten thousand images.
    private static let mostNotes = 40

    /// Adds notes, as many as people read.
    mutating func note(_ more: [Problem]) {
        notes += more.prefix(Self.mostNotes)
        guard more.count > Self.mostNotes else { return }
        note(.moreProblems, "There are \(more.count - Self.mostNotes) more notes like these.")
    }

    mutating func note(_ code: ProblemCode, _ message: String) { notes.append(Problem(code, message, file: file)) }

    /// The value; nil, with a problem, where it was refused.
    mutating func attempt<Value>(_ body: () throws(FileRefusal) -> Value) -> Value? {
        do throws(FileRefusal) {
            return try body()
        } catch {
            refuse(error)
            return nil
        }
    }

    /// The report on a file that is not accepted.
    ///
    /// - Parameter site: The id of its site, as far as that is known.
    func report(_ snapshot: FileSnapshot, kind: ItemKind, site: String?) -> FileReport {
        let isWaiting = waits && mayBeUnfinished
        return FileReport(
            snapshot,
            kind: kind,
            verdict: isWaiting ? .incomplete(problems) : .rejected(problems),
            notes: notes,
            mayBeUnfinished: !isWaiting && mayBeUnfinished,
            site: site
        )
    }
}

/// What a file turned out to be.
enum FileContent {
    /// Whole; with the number of positions that become stations here.
    case whole(FileDigest, positions: Int)
    /// The findings say why.
    case unreadable
}

extension FileRefusal {
    init(_ error: E57Error) {
        self.init(error.problemCode, error.description, mayBeUnfinished: error.kind == .truncated)
    }
}

extension E57Error {
    var problemCode: ProblemCode {
        switch kind {
        case .format: .e57Format
        case .truncated: .e57Truncated
        case .length: .e57Length
        case .damaged, .tooLarge, .unreadable: .e57Damaged
        }
    }
}
