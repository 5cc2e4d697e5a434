package import Foundation
import Ledger
package import Station

/// One content of an item in the audit list.
package struct AuditContent: Encodable, Equatable, Sendable {
    package enum Status: String, Encodable, Sendable {
        /// The item's state speaks of it.
        case present
        /// Other content has been sent to its id since.
        case replaced
        /// It is in CDF besides the present one, under another id.
        case leftBehind
        /// An operator took it out of CDF.
        case retracted
        /// It was accepted, and left before it was delivered.
        case notDelivered
    }

    package struct File: Encodable, Equatable, Sendable {
        /// The face, or `pointCloud`.
        package var role: String
        package var externalID: String
        /// CDF's own number; nil before it was sent.
        package var fileNumber: Int64?
        package var bytes: Int64
        package var sha256: String
    }

    package var status: Status
    package var digest: String
    /// Of the image, or of the point cloud's file.
    package var externalID: String
    /// What another tool had put into CDF before; nil for what drop360 delivered.
    package var adoptedAt: Date?
    package var acceptedAt: Date
    package var deliveredAt: Date?
    package var replacedAt: Date?
    package var retractedAt: Date?
    /// Of the contents of the same external id, from 1; 2 is the first correction.
    package var revision: Int
    package var bytes: Int64
    package var files: [File]
    package var station: AuditedStation?

    init(_ audited: AuditedContent) {
        let delivered = audited.deliveredAt != nil
        status =
            if audited.retractedAt != nil {
                .retracted
            } else if audited.supersededAt != nil {
                .replaced
            } else if audited.isPresent {
                .present
            } else {
                delivered ? .leftBehind : .notDelivered
            }
        digest = audited.content.digest.rawValue
        externalID = audited.content.externalID
        adoptedAt = audited.adoptedAt
        acceptedAt = audited.acceptedAt
        deliveredAt = audited.deliveredAt
        replacedAt = audited.supersededAt
        retractedAt = audited.retractedAt
        revision = audited.revision
        bytes = audited.files.reduce(0) { $0 + $1.size }
        files = audited.files.map { file in
            File(
                role: file.role.rawValue,
                externalID: file.externalID,
                fileNumber: file.receipt?.rawValue,
                bytes: file.size,
                sha256: file.digest.rawValue
            )
        }
        station = audited.content.capture.map {
            AuditedStation($0, heading: audited.heading, visit: audited.visit ?? 1)
        }
    }
}

/// What a content of kind `station` says of the station.
package struct AuditedStation: Encodable, Equatable, Sendable {
    package var collectionExternalID: String
    package var stationExternalID: String
    package var siteID: String
    package var siteName: String
    package var stationID: String
    package var stationName: String
    package var label: String
    /// Of the images of the same station, from 1.
    package var visit: Int
    package var takenAt: Date?
    /// Metres and radians, as CDF has them.
    package var pose: Pose
    /// Degrees clockwise from +Y of where the front face looks; nil where it looks straight up or down.
    package var heading: Double?
    /// The pose that the folder says, where an operator gave the image another one.
    package var ownPose: Pose?
    /// The sidecar's strings, such as who took it.
    package var metadata: [String: String]

    init(_ capture: Capture, heading: Double?, visit: Int) {
        collectionExternalID = capture.ids.collection
        stationExternalID = capture.ids.station
        siteID = capture.siteID
        siteName = capture.siteName
        stationID = capture.stationID
        stationName = capture.stationName
        label = capture.label
        self.visit = visit
        takenAt = capture.time?.date
        pose = capture.pose
        self.heading = heading
        ownPose = capture.ownPose
        metadata = capture.metadata
    }
}
