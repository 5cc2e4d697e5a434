package import Foundation
import GRDB
import Station

// Visits: the images of one station. The viewer shows them all with the pose of one of them, so they should have the same.
extension ItemLedger {
    /// What became of ``giveVisitsPose(of:at:)``.
    package struct PoseGift: Equatable, Sendable {
        /// The visits whose images are written again, with the pose.
        package var given: [ItemRecord] = []
        /// Those that already have it.
        package var same = 0
        /// Images that keep their pose, each with the reason.
        package var leftOut: [(image: String, reason: String)] = []

        package init(same: Int = 0) { self.same = same }

        package static func == (one: Self, other: Self) -> Bool {
            one.given == other.given && one.same == other.same
                && one.leftOut.elementsEqual(other.leftOut) { $0 == $1 }
        }
    }

    /// Gives all other visits of a registered station the pose of this one: their images are written again, and no files.
    ///
    /// Their folders still say the old pose. It counts again only when it is changed there.
    ///
    /// - Parameters:
    ///   - id: The one with the right pose.
    ///   - requester: Who asked; nil for a command on this machine.
    ///   - now: When.
    /// - Throws: ``LedgerError/notApplicable(_:)`` if the item is not registered.
    package func giveVisitsPose(
        of id: ItemNumber,
        by requester: String? = nil,
        at now: Date
    ) async throws(LedgerError) -> PoseGift {
        let request = OperatorRequest(by: requester, at: now)
        return try await write { db in
            let row = try Self.fetch(id, db)
            guard case .registered(let digest) = try row.itemState(), row.sameAs == nil,
                let capture = try row.content(digest.rawValue, db)?.capture
            else {
                throw LedgerError.notApplicable(
                    """
                    \(row.itemKind.title) \(id) (\(printable(row.path))) is \(row.state)\(row.sameAs.map { ", with the content of station \($0)" } ?? ""). \
                    Only a station that is registered itself can give its pose to its other visits.
                    """
                )
            }
            var gift = PoseGift()
            for visit in try Self.visits(besides: capture, db) {
                if visit.capture.pose == capture.pose {
                    gift.same += 1
                } else if let reason = try Self.obstacle(to: visit, of: id, db) {
                    gift.leftOut.append((visit.capture.ids.image, reason))
                } else {
                    gift.given.append(try Self.give(capture.pose, of: row, to: visit, request, db))
                }
            }
            return gift
        }
    }

    private struct Visit {
        var item: Int64
        var capture: Capture
    }

    private static func visits(besides capture: Capture, _ db: Database) throws -> [Visit] {
        let all = try Row.fetchAll(
            db,
            sql: """
                SELECT item, value FROM liveContent JOIN item ON item.id = liveContent.item
                WHERE stationID = ? AND externalID <> ?
                ORDER BY item.digest IS liveContent.digest DESC, acceptedAt, item
                """,
            arguments: [capture.ids.station, capture.ids.image]
        ).map { Visit(item: $0["item"], capture: try JSON.decode(Capture.self, $0["value"])) }
        // An image that is being corrected has two contents.
        var seen: Set<String> = []
        return all.filter { seen.insert($0.capture.ids.image).inserted }
    }

    /// Why the image of a visit cannot be written again now; nil if it can.
    private static func obstacle(to visit: Visit, of giver: ItemNumber, _ db: Database) throws -> String? {
        let row = try fetch(ItemNumber(rawValue: visit.item), db)
        let image = visit.capture.ids.image
        if let retraction = try Retraction.fetch(image, db), retraction.failure == nil {
            return "it is being taken out of CDF"
        }
        if row.digest == visit.capture.digest.rawValue, row.stateName == .registered { return nil }
        if try row.leftBehind(besides: row.digest.flatMap { try row.content($0, db)?.externalID }, db).contains(image),
            row.digest != nil
        {
            return "station \(visit.item) left it behind; `drop360 retract \(shellWord(image))` takes it out of CDF"
        }
        return "station \(visit.item) is \(row.state); try again once it is registered"
    }

    private static func give(
        _ pose: Pose,
        of giver: ItemRow,
        to visit: Visit,
        _ request: OperatorRequest,
        _ db: Database
    ) throws -> ItemRecord {
        var capture = visit.capture
        capture.ownPose = capture.ownPose ?? capture.pose
        capture.pose = pose
        // Its own again.
        if capture.ownPose == pose { capture.ownPose = nil }
        try db.execute(
            sql: "UPDATE content SET x = ?, y = ?, z = ?, heading = ?, value = ? WHERE item = ? AND digest = ?",
            arguments: [
                pose.translation.x, pose.translation.y, pose.translation.z, pose.heading,
                try ItemContent.station(capture).encoded(), visit.item, capture.digest.rawValue,
            ]
        )
        var row = try fetch(ItemNumber(rawValue: visit.item), db)
        let detail = "the pose of station \(giver.id ?? 0), \(giver.location.absolute), by \(request.name)"
        try row.take(.poseReplaced(capture.digest), at: request.now, detail: detail, db)
        return try row.record(db)
    }

    /// Newly accepted content of an item whose image an operator gave another pose: if the folder still says the same pose as then, the
    /// image keeps the one that it was given.
    static func withPoseGiven(_ content: ItemContent, to row: ItemRow, _ db: Database) throws -> ItemContent {
        guard case .station(var capture) = content else { return content }
        let former = try String.fetchAll(
            db,
            sql: """
                SELECT value FROM content WHERE item = ? AND stationID = ? AND deliveredAt IS NOT NULL AND retractedAt IS NULL
                ORDER BY acceptedAt DESC
                """,
            arguments: [row.id, capture.ids.station]
        )
        .map { try JSON.decode(Capture.self, $0) }
        .first { $0.time == capture.time }
        guard let former, former.ownPose == capture.pose else { return content }
        capture.ownPose = capture.pose
        capture.pose = former.pose
        return .station(capture)
    }

    /// After a pose was corrected or given: the reports of the station's other visits may no longer be true.
    static func reportVisitsAgain(after digest: ContentDigest, of row: ItemRow, _ db: Database) throws {
        guard let capture = try row.content(digest.rawValue, db)?.capture, row.corrects || capture.ownPose != nil
        else { return }
        try db.execute(
            sql: """
                UPDATE item SET revision = revision + 1 WHERE id <> ?1 AND id IN
                  (SELECT coalesce(other.scan, other.id) FROM liveContent JOIN item AS other ON other.id = liveContent.item
                   WHERE stationID = ?2 AND liveContent.item <> ?1)
                """,
            arguments: [row.id, capture.ids.station]
        )
    }
}

extension Identity {
    /// Whether content `old` was what `own` corrects, with another pose.
    static let hasOtherPose = """
        old.stationID = own.stationID AND old.deliveredAt IS NOT NULL AND old.retractedAt IS NULL
        AND old.acceptedAt <= own.acceptedAt AND old.value ->> '$.pose' <> own.value ->> '$.pose'
        AND ((old.externalID = own.externalID AND old.supersededAt IS NOT NULL)
             OR (old.item = own.item AND old.digest <> own.digest AND old.value ->> '$.time' IS own.value ->> '$.time'))
        """
}

extension ItemRow {
    /// The images of this item that are in CDF besides `image`, the latest first; of a scan, those of positions that its file no longer has.
    func leftBehind(besides image: String?, _ db: Database) throws -> [String] {
        if kind == ItemKind.scan.rawValue { return try leftByPositions(db) }
        return try String.fetchAll(
            db,
            sql: """
                SELECT externalID FROM content
                WHERE item = ? AND kind = \(ItemKind.station.sql) AND \(StandingContent.condition()) AND externalID <> ?
                ORDER BY deliveredAt DESC LIMIT 100
                """,
            arguments: [id, image ?? ""]
        )
    }

    /// A scan may have ten thousand positions; nobody reads more than this.
    private static let mostLeftByPositions = 1000

    private func leftByPositions(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT content.externalID FROM item AS position JOIN content ON content.item = position.id
                WHERE position.scan = ? AND position.lastSight = \(LastSight.Name.gone.sql) AND \(Self.hasNoSuccessor)
                  AND content.kind = \(ItemKind.station.sql) AND content.deliveredAt IS NOT NULL
                  AND content.supersededAt IS NULL AND content.retractedAt IS NULL
                ORDER BY position.id, content.deliveredAt DESC LIMIT \(Self.mostLeftByPositions)
                """,
            arguments: [id]
        )
    }

    /// Whether no other item is delivered by the image of `position`, as under another name in the same file.
    private static let hasNoSuccessor = """
        NOT EXISTS (SELECT 1 FROM item AS other
                    WHERE other.sameAs = position.id AND other.lastSight <> \(LastSight.Name.gone.sql))
        """

    /// Whether it is a position that a corrected file no longer has, so that also its latest image is one too many.
    func isLeftBehind(_ db: Database) throws -> Bool {
        guard scan != nil, isGone, stateName == .registered else { return false }
        return try Bool.fetchOne(
            db,
            sql: "SELECT \(Self.hasNoSuccessor) FROM item AS position WHERE id = ?",
            arguments: [id]
        ) ?? false
    }

    /// The station's other visits whose pose is not that of `capture`; only if that corrects a pose.
    func visitsElsewhere(than capture: Capture, _ db: Database) throws -> [VisitElsewhere] {
        let rule = PoseDriftRule()
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT other.item, other.inbox || '/' || other.path AS folder, other.externalID, other.value
                FROM content AS own JOIN liveContent AS other ON other.stationID = own.stationID
                WHERE own.item = ? AND own.digest = ? AND other.externalID <> own.externalID AND other.item <> own.item
                  AND EXISTS (SELECT 1 FROM content AS old WHERE \(Identity.hasOtherPose))
                ORDER BY other.acceptedAt, other.item LIMIT 100
                """,
            arguments: [id, capture.digest.rawValue]
        )
        return try rows.compactMap { row in
            let (metres, degrees) = try JSON.decode(Capture.self, row["value"]).pose.drift(from: capture.pose)
            guard metres > rule.metres + 1e-9 || degrees > rule.degrees + 1e-9 else { return nil }
            return VisitElsewhere(
                station: row["item"],
                folder: row["folder"],
                image: row["externalID"],
                metres: metres,
                degrees: degrees
            )
        }
    }
}
