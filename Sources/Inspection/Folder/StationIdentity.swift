import DropFolder
import Foundation
import Station

/// A station's ids, names and labels: from the sidecar, completed from the configuration and the folders' names.
struct StationIdentity {
    var siteID: String
    var siteName: String
    var stationID: String
    var stationName: String
    var label: String
    var collectionLabel: String

    /// Nil if a folder's name was needed but is unsuitable; `findings` then has the refusal.
    init?(_ sidecar: Sidecar, snapshot: FolderSnapshot, rules: InspectionRules, findings: inout StationFindings) {
        // A station directly in the inbox has no parent folder below it: the inbox's name is used.
        let above = snapshot.inbox.split(separator: "/").map(String.init)
        let names = above.suffix(2) + snapshot.path.split(separator: "/").map(String.init)
        let site = sidecar.siteID ?? rules.site?.id ?? names.dropLast().last ?? ""
        let station = sidecar.stationID ?? names.last ?? ""
        guard
            let siteID = Self.checked(site, what: "site_id", isFolder: sidecar.siteID == nil, &findings),
            let stationID = Self.checked(station, what: "station_id", isFolder: sidecar.stationID == nil, &findings)
        else { return nil }
        self.siteID = siteID
        self.stationID = stationID
        siteName = sidecar.siteName ?? (rules.site?.id == site ? rules.site?.name : nil) ?? siteID
        stationName = sidecar.stationName ?? stationID
        label = sidecar.label ?? stationName
        collectionLabel = sidecar.collectionLabel ?? siteName
    }

    private static func checked(
        _ text: String,
        what: String,
        isFolder: Bool,
        _ findings: inout StationFindings
    ) -> String? {
        guard isFolder else { return text }
        do throws(IdentityText.Refusal) {
            return try IdentityText.checked(text)
        } catch {
            let (code, message) = IdentityText.words(
                for: error,
                name: "The folder's name \(printable(text, limit: 80)), which is used as `\(what)`,",
                advice: "rename the folder or give `\(what)` in the sidecar"
            )
            findings.refuse(code, message)
            return nil
        }
    }
}

extension ContentDigest {
    /// The digest of six faces and what the sidecar states about them, independent of folder and file names.
    init(faces: [Face: FaceImage], pose: Pose, sidecar: Sidecar) {
        var parts = ["drop360 station 1"]
        for face in Face.allCases { parts.append("\(face.rawValue)=\(faces[face]?.digest.rawValue ?? "")") }
        let (t, r) = (pose.translation, pose.eulerRotation)
        let scale = sidecar.scale ?? Vector3(x: 1, y: 1, z: 1)
        for number in [t.x, t.y, t.z, r.x, r.y, r.z, scale.x, scale.y, scale.z] {
            // −0 is 0.
            parts.append(String((number + 0).bitPattern, radix: 16))
        }
        let stated: [(String, String?)] = [
            ("time", sidecar.time.map { String($0.milliseconds) }), ("site_id", sidecar.siteID),
            ("site_name", sidecar.siteName), ("station_id", sidecar.stationID), ("station_name", sidecar.stationName),
            ("label", sidecar.label), ("collection_label", sidecar.collectionLabel),
        ]
        for (key, value) in stated { if let value { parts.append("\(key)=\(value)") } }
        for (key, value) in sidecar.metadata.sorted(by: { $0.key < $1.key }) { parts += ["metadata", key, value] }
        self.init(over: parts)
    }
}
