import Foundation
import Mustache
import Station
import Status

extension StationPage {
    static func facts(of item: ItemDetail) -> [Fact] {
        guard let capture = item.capture else { return [] }
        let (place, angles) = (capture.pose.translation, capture.pose.eulerRotation)
        var facts = [
            Fact("Site", named(capture.siteName, capture.siteID)),
            Fact("Station", named(capture.stationName, capture.stationID)),
            Fact("Label", capture.label),
            Fact("Taken", words(for: capture.time)),
            Fact("Position", "x \(metres(place.x)), y \(metres(place.y)), z \(metres(place.z)) m"),
            Fact("Rotation", "euler \(radians(angles.x)), \(radians(angles.y)), \(radians(angles.z)) rad"),
            Fact("Collection id", capture.ids.collection, isCode: true),
            Fact("Station id", capture.ids.station, isCode: true),
            Fact("Image id", capture.ids.image, isCode: true),
            Fact("Content digest", capture.digest.rawValue, isCode: true),
            Fact("Size", size(of: capture)),
        ]
        facts += capture.metadata.sorted { $0.key < $1.key }.prefix(50).map { Fact("Metadata: \($0.key)", $0.value) }
        return facts
    }

    private static func named(_ name: String, _ id: String) -> String { name == id ? id : "\(name) (\(id))" }

    private static func size(of capture: Capture) -> String {
        let edges = Set(capture.faces.values.map(\.edge)).sorted().map { "\($0) × \($0)" }
        return "six faces of \(edges.joined(separator: ", ")) pixels, \(StoryWords.bytes(capture.size))"
    }

    private static func metres(_ value: Double) -> String { value.formatted(.plain(3)) }

    private static func radians(_ value: Double) -> String { value.formatted(.plain(6)) }

    static func words(for time: CaptureTime?) -> String {
        time.map { $0.date.formatted(.iso8601) } ?? "no time known"
    }

    static func file(_ file: FileDetail) -> File {
        File(
            role: file.role.rawValue,
            state: file.state,
            size: StoryWords.bytes(file.size),
            digest: PageText(file.digest.rawValue),
            id: PageText(file.externalID)
        )
    }

    static func visit(_ visit: VisitDetail, _ own: String?) -> Visit {
        Visit(
            number: visit.item,
            path: PageText(visit.path),
            state: visit.state.rawValue,
            image: PageText(visit.image),
            time: words(for: visit.time),
            isThis: visit.image == own
        )
    }

    static func version(_ version: VersionDetail, on day: Date) -> Version {
        let steps: [(String, Date?)] = [
            ("accepted", version.acceptedAt), ("delivered", version.deliveredAt), ("replaced", version.supersededAt),
            ("taken out of CDF", version.retractedAt),
        ]
        return Version(
            digest: String(version.digest.rawValue.prefix(12)),
            image: PageText(version.externalID),
            words: steps.compactMap { words, date in date.map { "\(words) \(StoryWords.time($0, on: day))" } }
                .joined(separator: ", ")
        )
    }

    static func entry(_ entry: StationStory.Entry, on day: Date) -> Entry {
        Entry(
            time: StoryWords.time(entry.at, on: day),
            exact: entry.at.formatted(.iso8601),
            words: PageText(entry.words),
            times: entry.times > 1
                ? "\(entry.times) times, the last one \(StoryWords.time(entry.until ?? entry.at, on: day))" : nil
        )
    }
}

/// The text of a report, which keeps its lines.
struct ReportText: MustacheCustomRenderable {
    private let text: String

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(400)
        self.text = lines.map { printable(String($0), limit: 2000) }.joined(separator: "\n")
    }

    var renderText: String { text }
    var isNull: Bool { false }
}

extension FormatStyle where Self == FloatingPointFormatStyle<Double> {
    /// At most so many digits after the point, without groups, in any locale alike.
    fileprivate static func plain(_ digits: Int) -> Self {
        FloatingPointFormatStyle<Double>(locale: Locale(identifier: "en_US_POSIX"))
            .precision(.fractionLength(0...digits)).grouping(.never)
    }
}
