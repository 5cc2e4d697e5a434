package import DropFolder
package import Station

/// The verdict on one folder at one moment.
package enum Verdict: Equatable, Sendable {
    /// The station can be delivered.
    case accepted(Capture)
    /// The station is wrong. Lists all problems, including what is missing.
    case rejected([Problem])
    /// Something is missing, still being written, or not readable.
    case incomplete([Problem])
    /// Not a separate station: its files belong to the one in this folder above, which reports it.
    case partOf(String)
    /// The folder changed while it was read, or inspection was stopped: inspect it again.
    case changed
    /// The disk or share does not respond: inspect it again later.
    case unavailable(DropFolderError)
}

/// The result of ``Inspector/inspect(_:rules:)``.
package struct InspectionReport: Equatable, Sendable {
    /// The folder below its inbox, as in the snapshot.
    package var path: String
    /// ``FolderSnapshot/stamp`` of what was inspected.
    package var snapshotStamp: Stamp
    package var verdict: Verdict
    /// Worth mentioning, but not a reason to refuse the station.
    package var notes: [Problem]
    /// It is refused only because files look truncated, which a running copy may still fix.
    package var mayBeUnfinished: Bool
    /// The result of comparing the seams between the faces; nil if they were not checked.
    package var seams: SeamVerdict?
    /// The file of each face, as far as they were found.
    package var files: [Face: String]
    /// As far as known from the sidecar, even if the station is not accepted.
    package var pose: Pose?
    /// As far as known, even if the station is not accepted.
    package var ids: ExternalIDs?
    /// The id of the site that it belongs to, even if it is not accepted; nil while neither configuration nor sidecar gives it.
    package var site: String?
    /// Where it says that it stands, even if it is not accepted.
    package var place: StatedPlace?

    package init(
        path: String,
        snapshotStamp: Stamp,
        verdict: Verdict,
        notes: [Problem] = [],
        mayBeUnfinished: Bool = false,
        seams: SeamVerdict? = nil,
        files: [Face: String] = [:],
        pose: Pose? = nil,
        ids: ExternalIDs? = nil,
        site: String? = nil,
        place: StatedPlace? = nil
    ) {
        self.path = path
        self.snapshotStamp = snapshotStamp
        self.verdict = verdict
        self.notes = notes
        self.mayBeUnfinished = mayBeUnfinished
        self.seams = seams
        self.files = files
        self.pose = pose
        self.ids = ids
        self.site = site
        self.place = place
    }
}
