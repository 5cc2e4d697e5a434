import DropFolder
import E57
import Foundation
import Station

extension PositionInspection {
    /// Refuses names that cannot be ids, and a place too far away, before any picture is read.
    func checkNames() throws(PositionStop) {
        for (text, what) in [(source.stationID, "station_id"), (source.name, "station_name")] {
            do throws(IdentityText.Refusal) {
                _ = try IdentityText.checked(text)
            } catch {
                let (code, message) = IdentityText.words(
                    for: error,
                    name: "The name of \(source.shown), which is used as `\(what)`,",
                    advice: "rename the scan, and export the E57 file again"
                )
                throw .refused(code, message)
            }
        }
    }

    /// Writes `pose.json`, in which the station's inspection finds everything that a crew would have written.
    mutating func writePose(_ made: MadeStation) throws(PositionStop) {
        let (t, offset) = (made.translation, scan.sidecar.offset ?? rules.offset)
        let distance = (t - offset).distance(to: Vector3(x: 0, y: 0, z: 0))
        guard distance <= StationInspection.maxDistance else {
            throw .refused(
                .translationTooFar,
                "\(source.shown.capitalised) is \(String(format: "%.0f", distance)) m from the origin; beyond 10 km the image in the viewer "
                    + "jitters. National grid? Set `offset` in \(printable(snapshot.sidecarName)), or in the configuration."
            )
        }
        let identity: FileIdentity
        do throws(FileRefusal) {
            identity = try FileIdentity(snapshot.item, sidecar: scan.sidecar, rules: rules)
        } catch {
            throw .refused(error.code, error.message)
        }
        let pose = WrittenPose(
            site_id: identity.siteID,
            site_name: identity.siteName,
            station_id: source.stationID,
            station_name: source.name,
            collection_label: scan.sidecar.collectionLabel,
            translation: [t.x, t.y, t.z],
            rotation: .init(matrix: made.rotation.m.flatMap { $0 }),
            timeTaken: plausibleTime?.wire,
            metadata: scan.sidecar.metadata
        )
        try store {
            try scan.store.store(
                Array(try JSONEncoder().encode(pose)),
                as: FolderSnapshot.sidecarNames[0],
                in: workshop
            )
        }
    }

    /// The time, if it can be one; a scanner's clock that was never set is no reason to refuse the scan.
    private var plausibleTime: CaptureTime? {
        mutating get {
            guard let stated = source.acquired else { return nil }
            guard let time = CaptureTime(stated) else {
                note(.timeUnused, "The time in the E57 file is not a date and was not used.")
                return nil
            }
            let doubt = UnsetClock.shows(time, at: time) ? "looks like a clock that was never set" : nil
            if let objection = doubt ?? CapturePlausibility.objection(to: time, now: rules.now()) {
                note(
                    .timeUnused,
                    "The time in the E57 file, \(time.wire.prefix(19))Z, \(objection) and was not used."
                )
                return nil
            }
            if !stated.isAtomicClockReferenced {
                note(
                    .clockUnreferenced,
                    "The time comes from a clock that the E57 file does not vouch for; it was used."
                )
            }
            return time
        }
    }
}

/// The sidecar as drop360 writes it: the keys of the sidecar that crews write.
private struct WrittenPose: Encodable {
    struct Turn: Encodable { var matrix: [Double] }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    var site_id: String, site_name: String?, station_id: String, station_name: String
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var collection_label: String?
    var translation: [Double]
    var rotation: Turn
    var timeTaken: String?
    var metadata: [String: String]
}

extension String {
    /// With a capital letter at the start, to begin a sentence.
    var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
