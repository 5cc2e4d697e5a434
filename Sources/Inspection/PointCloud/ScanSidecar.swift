package import Station

/// What `NAME.e57.json` says of the E57 file beside it: where its positions belong, never where they are.
package struct ScanSidecar: Equatable, Sendable {
    package var siteID: String?
    package var siteName: String?
    package var collectionLabel: String?
    /// Subtracted from every translation, in place of the inbox's offset: metres, CDF frame.
    package var offset: Vector3?
    /// For the files in CDF.
    package var metadata: [String: String]

    package init(
        siteID: String? = nil,
        siteName: String? = nil,
        collectionLabel: String? = nil,
        offset: Vector3? = nil,
        metadata: [String: String] = [:]
    ) {
        self.siteID = siteID
        self.siteName = siteName
        self.collectionLabel = collectionLabel
        self.offset = offset
        self.metadata = metadata
    }
}

/// Reads the sidecar of an E57 file.
enum ScanSidecarReader {
    struct Reading {
        /// As far as it could be read.
        var sidecar = ScanSidecar()
        var problems: [Problem] = []
        var notes: [Problem] = []
        /// Whether the problems may be due to an unfinished copy.
        var mayBeUnfinished = false
    }

    /// Keys that give a pose, by the names that sidecars of stations have for them.
    private static let poseKeys = [
        "translation", "translationX", "translationY", "translationZ", "position", "rotation", "eulerRotation",
        "eulerRotationX", "eulerRotationY", "eulerRotationZ", "euler", "quaternion", "matrix", "heading", "pose",
    ]
    /// Keys that mean one station, of which a file has many.
    private static let stationKeys = ["station_id", "station_name", "label", "station", "timeTaken", "faces", "scale"]

    /// Reads `bytes`, which are at most ``SidecarReader/sizeLimit``; `file` is named in problems.
    static func read(_ bytes: [UInt8], file: String) -> Reading {
        var findings = SidecarFindings(bytes: bytes, file: file)
        let words = SidecarText.Words(content: "the site", shape: "it")
        var fields: SidecarFields
        switch SidecarText.object(in: bytes, file: file, words, &findings) {
        case .object(let object): fields = object
        case .unreadable(let isUnfinished):
            return Reading(problems: findings.problems, notes: findings.notes, mayBeUnfinished: isUnfinished)
        }
        for key in poseKeys where fields.has(key) {
            findings.refuse(
                .givenTwice,
                "`\(key)` is given, but the poses are those in the E57 file: remove it. To move all positions, give `offset`.",
                at: fields.offset(of: key)
            )
        }
        fields.markKnown(poseKeys)
        for key in stationKeys where fields.has(key) {
            findings.note(
                .keyUnknown,
                "The key `\(key)` was ignored: an E57 file has many stations, with ids and times of their own.",
                at: fields.offset(of: key)
            )
        }
        fields.markKnown(stationKeys)
        var identity = Sidecar()
        SidecarIdentity.readSite(&fields, into: &identity, &findings)
        var sidecar = ScanSidecar(
            siteID: identity.siteID,
            siteName: identity.siteName,
            collectionLabel: identity.collectionLabel
        )
        sidecar.offset = offset(&fields, &findings)
        sidecar.metadata = MetadataReader.read(&fields, &findings)
        fields.noteUnknown(into: &findings)
        return Reading(sidecar: sidecar, problems: findings.problems, notes: findings.notes)
    }

    private static func offset(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> Vector3? {
        let place = fields.offset(of: "offset")
        guard var inner = fields.object("offset", &findings) else { return nil }
        let offset = inner.triple(prefix: "", missing: .valueInvalid, default: 0, &findings)
        inner.noteUnknown(into: &findings)
        guard let offset else { return nil }
        // As in the configuration: no place on Earth is further from an origin.
        guard [offset.x, offset.y, offset.z].allSatisfy({ abs($0) <= 1e8 }) else {
            findings.refuse(.valueInvalid, "`offset` is more than 100,000 km: correct it.", at: place)
            return nil
        }
        return offset
    }
}
