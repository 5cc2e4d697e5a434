package import Foundation
package import Station
package import Status

/// All that the page of one item shows.
package struct ItemDetail: Sendable {
    package var summary: StationSummary
    package var story: StationStory
    /// Its absolute path.
    package var folder: String
    package var problems: [Problem]
    package var notes: [Problem]
    /// What is delivered of a station, or was last; nil for other kinds, and before anything was accepted.
    package var capture: Capture?
    /// Its faces; nil where there are none.
    package var cube: CubeDetail?
    /// Of the present content.
    package var files: [FileDetail]
    /// The images of the same station, this one included; the first one's pose is the one that the viewer uses.
    package var visits: [VisitDetail]
    /// The contents that were accepted here, the latest first.
    package var versions: [VersionDetail]
    package var report: ReportDetail?
    /// The item whose content is the same, and which is delivered in this one's place.
    package var sameAs: Int64?
    /// The E57 file that the station was read from.
    package var scan: Int64?
    /// The positions of an E57 file.
    package var positions: ScanFacts?
    /// What CDF makes of an E57 file.
    package var cloud: PointCloudFacts?
    /// What is being done with an E57 file now.
    package var progress: String?

    package init(
        summary: StationSummary,
        story: StationStory,
        folder: String,
        problems: [Problem] = [],
        notes: [Problem] = [],
        capture: Capture? = nil,
        cube: CubeDetail? = nil,
        files: [FileDetail] = [],
        visits: [VisitDetail] = [],
        versions: [VersionDetail] = [],
        report: ReportDetail? = nil,
        sameAs: Int64? = nil,
        scan: Int64? = nil
    ) {
        self.summary = summary
        self.story = story
        self.folder = folder
        self.problems = problems
        self.notes = notes
        self.capture = capture
        self.cube = cube
        self.files = files
        self.visits = visits
        self.versions = versions
        self.report = report
        self.sameAs = sameAs
        self.scan = scan
    }
}

/// One file that is delivered.
package struct FileDetail: Sendable, Equatable {
    package var role: FileRole
    package var externalID: String
    /// Bytes.
    package var size: Int64
    package var digest: FileDigest
    /// `pending`, `sent` or `confirmed`.
    package var state: String

    package init(role: FileRole, externalID: String, size: Int64, digest: FileDigest, state: String) {
        self.role = role
        self.externalID = externalID
        self.size = size
        self.digest = digest
        self.state = state
    }
}

/// One image of a station.
package struct VisitDetail: Sendable, Equatable {
    package var item: Int64
    package var path: String
    package var state: ItemState.Name
    package var image: String
    package var time: CaptureTime?

    package init(item: Int64, path: String, state: ItemState.Name, image: String, time: CaptureTime?) {
        self.item = item
        self.path = path
        self.state = state
        self.image = image
        self.time = time
    }
}

/// One content that was accepted of an item.
package struct VersionDetail: Sendable, Equatable {
    package var digest: ContentDigest
    package var externalID: String
    package var acceptedAt: Date
    package var deliveredAt: Date?
    package var supersededAt: Date?
    package var retractedAt: Date?

    package init(
        digest: ContentDigest,
        externalID: String,
        acceptedAt: Date,
        deliveredAt: Date? = nil,
        supersededAt: Date? = nil,
        retractedAt: Date? = nil
    ) {
        self.digest = digest
        self.externalID = externalID
        self.acceptedAt = acceptedAt
        self.deliveredAt = deliveredAt
        self.supersededAt = supersededAt
        self.retractedAt = retractedAt
    }
}

/// The report for the crew.
package struct ReportDetail: Sendable, Equatable {
    /// Absolute.
    package var path: String
    /// Nil where it cannot be read now.
    package var text: String?
    /// Why not.
    package var words: String

    package init(path: String, text: String?, words: String = "The report is not there any more.") {
        self.path = path
        self.text = text
        self.words = words
    }
}
