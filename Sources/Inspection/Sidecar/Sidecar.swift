import Station

/// What a pose sidecar states, and only that: nothing here comes from names of folders or from the configuration.
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
    /// It states a time that cannot be used, which a note says.
    var statesUnusedTime = false
    /// All six, where there is a map.
    var faces: FaceScheme?
    var metadata: [String: String] = [:]
}

/// Problems and notes about one sidecar, with the line that each speaks of.
struct SidecarFindings {
    let bytes: [UInt8]
    let file: String
    private(set) var problems: [Problem] = []
    private(set) var notes: [Problem] = []

    /// As many problems, and as many notes, are said of one sidecar; a text of 1 MiB has room for 100,000.
    static let limit = 40

    /// Whether another note would be kept.
    var takesNotes: Bool { notes.count < Self.limit }

    /// Where `bytes` are one row of a list: its line.
    private let line: Int?

    init(bytes: [UInt8], file: String, line: Int? = nil) {
        self.bytes = bytes
        self.file = file
        self.line = line
    }

    /// `message` is the whole sentence; the line is put behind it.
    mutating func refuse(_ code: ProblemCode, _ message: String, at offset: Int? = nil) {
        guard problems.count < Self.limit else { return }
        problems.append(Problem(code, message + place(offset), file: file))
    }

    mutating func note(_ code: ProblemCode, _ message: String, at offset: Int? = nil) {
        guard takesNotes else { return }
        notes.append(Problem(code, message + place(offset), file: file))
    }

    private func place(_ offset: Int?) -> String {
        if let line { return " (line \(line))" }
        return offset.map { " (line \(bytes.line(of: $0)), column \(bytes.column(of: $0)))" } ?? ""
    }
}
