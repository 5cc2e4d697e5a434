package import DropFolder
package import Station

/// What inspection makes of one folder at one moment.
package enum Verdict: Equatable, Sendable {
    /// Good as it stands.
    case accepted(Capture)
    /// The station's fault. All problems that were found, also what is missing besides.
    case rejected([Problem])
    /// Something is missing, is still being written or may not be read.
    case incomplete([Problem])
    /// No station of its own: its files belong to the one in this folder above, which says so.
    case partOf(String)
    /// The folder changed while it was read, or inspection was told to stop: nothing is known, look again.
    case changed
    /// The disk or share does not answer: nothing is known, look again later.
    case unavailable(DropFolderError)
}

/// The answer of ``Inspector/inspect(_:rules:)``.
package struct InspectionReport: Equatable, Sendable {
    /// The folder below its inbox, as in the snapshot.
    package var path: String
    /// ``FolderSnapshot/stamp`` of what was inspected.
    package var snapshotStamp: Stamp
    package var verdict: Verdict
    /// Worth mentioning, but nothing is refused for it.
    package var notes: [Problem]
    /// It is refused for nothing but files that look cut short: a copy that still runs may mend that by itself.
    package var mayBeUnfinished: Bool
    /// What the seams between the faces say; nil where they were not looked at.
    package var seams: SeamVerdict?
    /// The file of each face, as far as they were found.
    package var files: [Face: String]
    /// As far as the sidecar tells, also where the station is not accepted.
    package var pose: Pose?
    /// As far as they are known, also where the station is not accepted.
    package var ids: ExternalIDs?

    package init(
        path: String,
        snapshotStamp: Stamp,
        verdict: Verdict,
        notes: [Problem] = [],
        mayBeUnfinished: Bool = false,
        seams: SeamVerdict? = nil,
        files: [Face: String] = [:],
        pose: Pose? = nil,
        ids: ExternalIDs? = nil
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
    }
}
