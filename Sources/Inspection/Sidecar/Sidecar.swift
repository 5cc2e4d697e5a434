import Station

/// The contents of a pose sidecar: nothing here comes from folder names or the configuration.
struct Sidecar: Equatable, Sendable {
    var siteID: String?
    var siteName: String?
    var stationID: String?
    var stationName: String?
    var label: String?
    var collectionLabel: String?
    /// Metres, before the configuration's offset is subtracted.
    var translation: Vector3?
    var rotation: EulerAngles?
    var scale: Vector3?
    var time: CaptureTime?
    /// Whether it gives a time that cannot be used; a note says so.
    var hasUnusableTime = false
    /// A map has all six faces.
    var faces: FaceScheme?
    var metadata: [String: String] = [:]
}

/// Problems and notes about one sidecar, each with its line.
struct SidecarFindings {
    let bytes: [UInt8]
    let file: String
    private(set) var problems: [Problem] = []
    private(set) var notes: [Problem] = []

    /// The most problems, and the most notes, reported for one sidecar; a text of 1 MiB could have 100,000.
    static let limit = 40

    /// Whether another note would be kept.
    var acceptsNotes: Bool { notes.count < Self.limit }

    /// The line in the pose list if `bytes` are one row of it.
    private let line: Int?

    init(bytes: [UInt8], file: String, line: Int? = nil) {
        self.bytes = bytes
        self.file = file
        self.line = line
    }

    /// `message` is the whole sentence; the line is appended.
    mutating func refuse(_ code: ProblemCode, _ message: String, at offset: Int? = nil) {
        guard problems.count < Self.limit else { return }
        problems.append(Problem(code, message + place(offset), file: file))
    }

    mutating func note(_ code: ProblemCode, _ message: String, at offset: Int? = nil) {
        guard acceptsNotes else { return }
        notes.append(Problem(code, message + place(offset), file: file))
    }

    private func place(_ offset: Int?) -> String {
        if let line { return " (line \(line))" }
        return offset.map { " (line \(bytes.line(of: $0)), column \(bytes.column(of: $0)))" } ?? ""
    }
}
