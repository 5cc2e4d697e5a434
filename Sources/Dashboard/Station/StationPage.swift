import Foundation
import Station
import Status

/// The content of `/stations/NUMBER`, in words; `station.mustache` lays it out.
///
/// Its members are looked up by name from the template. Text from outside is ``PageText``.
struct StationPage {
    struct Fact {
        var name: PageText
        var value: PageText
        var isCode: Bool

        init(_ name: String, _ value: String, isCode: Bool = false) {
            self.name = PageText(name)
            self.value = PageText(value)
            self.isCode = isCode
        }
    }

    struct Step {
        var words: PageText
        var command: PageText?
    }

    struct Entry {
        var time: String
        var exact: String
        var words: PageText
        /// How often the same happened in a row; nil for once.
        var times: String?
    }

    struct File {
        var role: String
        var state: String
        var size: String
        var digest: PageText
        var id: PageText
    }

    struct Visit {
        var number: Int64
        var path: PageText
        var state: String
        var image: PageText
        var time: String
        var isThis: Bool
    }

    struct Version {
        var digest: String
        var image: PageText
        var words: String
    }

    struct Report {
        var path: PageText
        var text: ReportText?
        /// Why there is no text.
        var words: String
    }

    /// What can be done now; nil where nothing can, or by those who may only look.
    var actions: ActionForms?
    let title: String
    let number: Int64
    let noun: String
    let path: PageText
    let folder: PageText
    let state: String
    let now: PageText
    let next: [PageText]
    let steps: [Step]
    let hasSteps: Bool
    let problems: [PageText]
    let hasProblems: Bool
    let notes: [PageText]
    let hasNotes: Bool
    let cube: CubeView?
    /// Seconds after which the page looks for its faces again; nil where nothing speaks for it.
    let retry: Int?
    let isStation: Bool
    let e57: E57Section?
    let facts: [Fact]
    let hasFacts: Bool
    let files: [File]
    let hasFiles: Bool
    let visits: [Visit]
    let hasVisits: Bool
    let versions: [Version]
    let hasVersions: Bool
    let leftBehind: [Step]
    let hasLeftBehind: Bool
    let report: Report?
    let sameAs: Int64?
    let scan: Int64?
    let entries: [Entry]
    let omitted: Int?

    init(_ item: ItemDetail, now date: Date) {
        let summary = item.summary
        number = summary.station
        noun = summary.kind.title
        title = "\(summary.kind.title) \(summary.station): \(summary.path)"
        path = PageText(summary.path)
        folder = PageText(item.folder)
        state = summary.state.rawValue
        now = PageText(item.story.now)
        next = item.story.next.map { PageText($0) }
        steps = item.story.canDo.map { Step(words: PageText($0.words), command: $0.command.map { PageText($0) }) }
        hasSteps = !steps.isEmpty
        problems = item.problems.map { PageText($0.sentence) }
        hasProblems = !problems.isEmpty
        notes = item.notes.map { PageText($0.sentence) }
        hasNotes = !notes.isEmpty
        cube = item.cube.map { CubeView($0, number: summary.station) }
        retry = item.cube?.hidden.values.contains { $0.cause == .unavailable } == true ? 15 : nil
        isStation = summary.kind == .station
        e57 = E57Section(summary, scan: item.positions, cloud: item.cloud, progress: item.progress)
        facts = Self.facts(of: item)
        hasFacts = !facts.isEmpty
        files = item.files.map(Self.file)
        hasFiles = !files.isEmpty
        visits = item.visits.map { Self.visit($0, summary.image) }
        hasVisits = visits.count > 1
        versions = item.versions.map { Self.version($0, on: date) }
        hasVersions = versions.count > 1
        leftBehind = (summary.leftBehind ?? []).map {
            Step(words: PageText($0), command: PageText("drop360 retract \(shellWord($0))"))
        }
        hasLeftBehind = !leftBehind.isEmpty
        report = item.report.map {
            Report(path: PageText($0.path), text: $0.text.map(ReportText.init), words: $0.words)
        }
        sameAs = item.sameAs
        scan = item.scan
        entries = item.story.entries.map { Self.entry($0, on: date) }
        omitted = item.story.omitted > 0 ? item.story.omitted : nil
    }
}
