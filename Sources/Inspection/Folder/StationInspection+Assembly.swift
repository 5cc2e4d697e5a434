import DropFolder
import Foundation
import Station

extension StationInspection {
    /// The largest distance of a translation from the origin: metres.
    static let maxDistance = 10_000.0

    /// Assembles everything that will be delivered; nil if something is missing or wrong.
    ///
    /// Sets the report's pose and ids as far as they are known.
    mutating func assemble(
        _ sidecar: Sidecar?,
        sidecarName: String?,
        checks: [Face: FaceCheck]
    ) -> Capture? {
        guard let sidecar, let sidecarName else { return nil }
        let hadTime = sidecar.time != nil
        let translation = placed(sidecar, file: sidecarName)
        let pose = translation.flatMap { translation in
            sidecar.rotation.map { Pose(translation: translation, eulerRotation: $0) }
        }
        let faces = checks.compactMapValues(\.image)
        let mayUseEXIF = !hadTime && !findings.refusesTime
        let front = faces[.front]?.fileName
        let time =
            sidecar.time
            ?? (mayUseEXIF ? exifTime(of: checks[.front], name: front, isElseUnknown: !sidecar.hasUnusableTime) : nil)
        guard let identity = StationIdentity(sidecar, snapshot: snapshot, rules: rules, findings: &findings) else {
            return nil
        }
        // Of a sidecar that is not even JSON nobody knows what site it gives.
        if sidecar != Sidecar() { record(identity, translation: translation, heading: pose?.heading) }
        checkMetadata(sidecar, identity, file: sidecarName)
        let digest = pose.map { ContentDigest(faces: faces, pose: $0, sidecar: sidecar) }
        let isComplete = faces.count == Face.allCases.count && pose != nil
        let ids: ExternalIDs?
        if let time {
            // With a time, the ids do not contain the digest.
            ids = ExternalIDs(
                prefix: rules.externalIDPrefix,
                siteID: identity.siteID,
                stationID: identity.stationID,
                time: time,
                digest: digest ?? ContentDigest(rawValue: "")
            )
        } else if let digest, isComplete {
            ids = ExternalIDs(
                prefix: rules.externalIDPrefix,
                siteID: identity.siteID,
                stationID: identity.stationID,
                time: nil,
                digest: digest
            )
        } else {
            ids = nil
        }
        record(pose: pose, ids: ids)
        guard let pose, let digest, let ids, isComplete else { return nil }
        return Capture(
            siteID: identity.siteID,
            siteName: identity.siteName,
            stationID: identity.stationID,
            stationName: identity.stationName,
            label: identity.label,
            collectionLabel: identity.collectionLabel,
            pose: pose,
            scale: sidecar.scale ?? Vector3(x: 1, y: 1, z: 1),
            time: time,
            faces: faces,
            metadata: sidecar.metadata,
            digest: digest,
            ids: ids
        )
    }

    /// The translation in the CDF frame; refuses one too far from the origin.
    private mutating func placed(_ sidecar: Sidecar, file: String) -> Vector3? {
        guard let stated = sidecar.translation else { return nil }
        let translation = Vector3(
            x: stated.x - rules.offset.x,
            y: stated.y - rules.offset.y,
            z: stated.z - rules.offset.z
        )
        let distance = translation.distance(to: Vector3(x: 0, y: 0, z: 0))
        guard distance <= Self.maxDistance else {
            findings.refuse(
                .translationTooFar,
                "The translation is \(String(format: "%.0f", distance)) m from the origin; beyond 10 km the image in the viewer jitters. "
                    + "National grid? Set `offset` in the configuration. Millimetres? Give the `unit`.",
                file: file
            )
            return nil
        }
        return translation
    }

    /// The time in the front face's EXIF data, if it is certain.
    ///
    /// `isElseUnknown`: nothing else gives a time.
    private mutating func exifTime(of check: FaceCheck?, name: String?, isElseUnknown: Bool) -> CaptureTime? {
        guard let name, let text = check?.exif?.isoTime else {
            if check?.image != nil, isElseUnknown {
                findings.note(
                    .timeUnknown,
                    "It is unknown when the station was photographed; its ids contain a digest instead of the time."
                )
            }
            return nil
        }
        let shown = "The time \(printable(text, limit: 40)) in \(printable(name))"
        do throws(CaptureTime.Refusal) {
            let time = try CaptureTime.parse(text, zone: rules.timeZone)
            let isUnset = UnsetClock.cameraShows(CaptureTime.clock(text) ?? time, at: time, now: rules.now())
            let doubt = isUnset ? "looks like a camera clock that was never set" : nil
            guard let objection = doubt ?? CapturePlausibility.objection(to: time, now: rules.now()) else {
                return time
            }
            findings.note(.timeUnused, "\(shown) \(objection) and was not used; give `timeTaken`.", file: name)
        } catch {
            let reason = error == .zoneMissing ? "has no time zone" : "is not a valid date"
            findings.note(.timeUnused, "\(shown) \(reason) and was not used; give `timeTaken`.", file: name)
        }
        return nil
    }

    private mutating func checkMetadata(_ sidecar: Sidecar, _ identity: StationIdentity, file: String) {
        guard !sidecar.metadata.isEmpty else { return }
        // Values of the largest possible length, so that the result is the same for all six files.
        let own = [
            "site_id": identity.siteID, "site_name": identity.siteName, "station_id": identity.stationID,
            "station_name": identity.stationName, "image_type": "cubemap", "image_resolution": "16384",
            "face": "bottom", "sha256": String(repeating: "0", count: 64),
        ]
        for problem in MetadataLimits.problems(of: sidecar.metadata, with: own, file: file) {
            findings.add(.wrong, problem)
        }
    }

    /// Reports faces of different sizes, or of an unusual size.
    mutating func reportSizes(_ checks: [Face: FaceCheck]) {
        let edges = checks.compactMapValues { $0.facts.flatMap { $0.width == $0.height ? $0.width : nil } }
        let groups = Dictionary(grouping: edges.keys.sorted()) { edges[$0] ?? 0 }.sorted { $0.key > $1.key }
        if groups.count > 1 {
            let words = groups.map { edge, faces in
                "\(faces.map(\.rawValue).joined(separator: ", ")): \(edge)"
            }
            findings.suspect(
                .sizesDiffer,
                "The faces have different sizes (\(words.joined(separator: "; ")) pixels): export all six in the same size."
            )
        } else if let edge = groups.first?.key, edge != 2048 {
            findings.note(.sizeUnusual, "The faces are \(edge) pixels wide; 2048 is usual.")
            noteWeight(ofFaces: edge)
        }
        func files(_ wanted: (ImageFacts) -> Bool) -> [String] {
            checks.sorted { $0.key < $1.key }.filter { $0.value.facts.map(wanted) ?? false }.map(\.key.rawValue)
        }
        let (gray, transparent) = (files(\.isGray), files(\.hasAlpha))
        if !gray.isEmpty { findings.note(.imageGray, "Without colour: \(gray.joined(separator: ", ")).") }
        if !transparent.isEmpty {
            findings.note(
                .imageTransparent,
                "With an alpha channel, which the viewer ignores: \(transparent.joined(separator: ", "))."
            )
        }
    }

    /// The viewer loads every face at its own size, on every device.
    private mutating func noteWeight(ofFaces edge: Int) {
        if edge > 8192 {
            findings.note(
                .faceHeavy,
                "Faces over 8192 pixels are more than most devices can show: six of 16384 take a browser about 8.5 GB. "
                    + "Export them smaller if the image is to open everywhere."
            )
        } else if edge > 4096 {
            findings.note(
                .faceHeavy,
                "Faces over 4096 pixels are more than many phones and tablets can show. Export them smaller if these are to open the image."
            )
        }
    }

    /// Notes the files that were ignored.
    mutating func reportUnused(_ finding: FaceFinding, sidecar: String?) {
        let own = sidecar.flatMap { $0.split(separator: "/").last.map(String.init) }
        // E57 files and their sidecars are items of their own where the inbox wants them.
        var unused = snapshot.names(.other).filter { $0 != own && !rules.concernsFile($0) }
        if finding.missing.isEmpty {
            unused += finding.unassigned + snapshot.names(.misnamed).filter { !finding.refusedExtensions.contains($0) }
        }
        if sidecar != nil { unused += snapshot.names(.json).filter { $0 != sidecar } }
        unused += finding.foreign
        guard !unused.isEmpty else { return }
        findings.note(
            .fileUnused,
            "Neither face nor sidecar, so ignored: \(FaceFinding.list(unused.sorted(), limit: 8))."
        )
    }
}
