import Foundation
import Station

/// Reads the pose sidecar of `design.md`.
enum SidecarReader {
    /// Bytes; a larger sidecar is refused before it is read.
    static let sizeLimit = 1 << 20

    /// The result of reading a sidecar.
    struct Reading {
        /// As far as it could be read.
        var sidecar: Sidecar
        var problems: [Problem]
        var notes: [Problem]
        /// Whether the problems may be due to an unfinished copy.
        var mayBeUnfinished: Bool
    }

    /// Reads `bytes`, which are at most ``sizeLimit``.
    ///
    /// `file` is named in problems, `zone` is the zone for a time that has none, and times more than a day after `now` are
    /// refused.
    /// If the bytes come from a row of a pose list, `line` is its line.
    static func read(_ bytes: [UInt8], file: String, line: Int? = nil, zone: TimeZone?, now: Date) -> Reading {
        var findings = SidecarFindings(bytes: bytes, file: file, line: line)
        var fields: SidecarFields
        switch SidecarText.object(in: bytes, file: file, .pose, &findings) {
        case .object(let object): fields = object
        case .unreadable(let mayBeUnfinished):
            return Reading(
                sidecar: Sidecar(),
                problems: findings.problems,
                notes: findings.notes,
                mayBeUnfinished: mayBeUnfinished
            )
        }
        var sidecar = Sidecar()
        SidecarIdentity.read(&fields, into: &sidecar, &findings)
        let rotation = RotationReader.read(&fields, &findings)
        sidecar.rotation = rotation.angles
        sidecar.translation = TranslationReader.read(&fields, matrix: rotation.matrixTranslation, &findings)
        sidecar.scale = readScale(&fields, &findings)
        (sidecar.time, sidecar.hasUnusableTime) = readTime(&fields, zone: zone, now: now, &findings)
        sidecar.faces = FaceMapReader.read(&fields, &findings)
        sidecar.metadata = MetadataReader.read(&fields, &findings)
        fields.noteUnknown(into: &findings)
        return Reading(
            sidecar: sidecar,
            problems: findings.problems,
            notes: findings.notes,
            mayBeUnfinished: false
        )
    }

    private static func readScale(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> Vector3? {
        let isFlat = fields.has("scaleX", "scaleY", "scaleZ")
        fields.markKnown(["scaleX", "scaleY", "scaleZ"])
        let flat = isFlat ? fields.triple(prefix: "scale", missing: .scaleInvalid, default: 1, &findings) : nil
        var scale = flat
        if let value = fields.take("scale") {
            if isFlat {
                findings.refuse(.givenTwice, "`scale` and `scaleX` are both given: keep one.", at: value.offset)
            }
            switch value.content {
            case .object(let members):
                var inner = fields.inner(members, key: "scale", offset: value.offset, &findings)
                scale = inner.triple(prefix: "", missing: .scaleInvalid, default: 1, &findings)
                inner.noteUnknown(into: &findings)
            case .array(let list):
                scale = SidecarFields.triple(list, called: "`scale`", code: .scaleInvalid, at: value.offset, &findings)
            default:
                findings.refuse(
                    .scaleInvalid,
                    "`scale` is \(value.words), but must be {x, y, z}.",
                    at: value.offset
                )
            }
        }
        guard let scale else { return nil }
        guard scale.x != 0, scale.y != 0, scale.z != 0 else {
            findings.refuse(.scaleInvalid, "A scale of 0 makes the picture disappear: write 1 or omit it.")
            return nil
        }
        // Views may keep numbers as float32.
        if let odd = [scale.x, scale.y, scale.z].first(where: { !(1e-30...1e30).contains(abs($0)) }) {
            findings.refuse(.scaleInvalid, "A scale of \(odd) is beyond what CDF can keep: write 1 or omit it.")
            return nil
        }
        if scale != Vector3(x: 1, y: 1, z: 1) {
            findings.note(.scaleIgnored, "The scale is not 1; it is uploaded, but the viewer ignores it.")
        }
        return scale
    }

    private static func readTime(
        _ fields: inout SidecarFields,
        zone: TimeZone?,
        now: Date,
        _ findings: inout SidecarFindings
    ) -> (time: CaptureTime?, isUnused: Bool) {
        let offset = fields.offset(of: "timeTaken")
        if let meant = fields.instant("timeTaken") {
            fields.markKnown(["timeTaken"])
            findings.refuse(
                .valueInvalid,
                "`timeTaken` is a number, but must be text: write \"\(meant.wire.prefix(23))Z\" if it counts from 1970.",
                at: offset
            )
            return (nil, false)
        }
        guard let text = fields.text("timeTaken", &findings) else { return (nil, false) }
        let shown = printable(text, limit: 60)
        let bare = text.trimmingCharacters(in: .whitespaces)
        do throws(CaptureTime.Refusal) {
            let time = try CaptureTime.parse(bare, zone: zone)
            if let reason = CapturePlausibility.objection(to: time, now: now) {
                findings.refuse(.timeImplausible, "`timeTaken` \(shown) \(reason): correct it.", at: offset)
                return (nil, false)
            }
            if UnsetClock.shows(CaptureTime.clock(bare) ?? time, at: time) {
                findings.note(
                    .timeUnused,
                    "`timeTaken` \(shown) looks like a clock that was never set and was not used; correct it if you know the time.",
                    at: offset
                )
                return (nil, true)
            }
            return (time, false)
        } catch {
            switch error {
            case .notISO8601:
                findings.refuse(
                    .timeInvalid,
                    "`timeTaken` \"\(shown)\" is not an ISO 8601 time: write it as 2026-05-01T10:00:00Z.",
                    at: offset
                )
            case .noSuchDate:
                findings.refuse(
                    .timeInvalid,
                    "`timeTaken` \"\(shown)\" is not a date that exists: correct it.",
                    at: offset
                )
            case .zoneMissing:
                findings.refuse(
                    .timeZoneMissing,
                    "`timeTaken` \"\(shown)\" has no time zone: add Z or an offset such as +02:00.",
                    at: offset
                )
            }
            return (nil, false)
        }
    }
}

/// Checks that a capture time is plausible.
enum CapturePlausibility {
    /// What is wrong with `time`, as part of a sentence; nil if it is plausible.
    static func objection(to time: CaptureTime, now: Date) -> String? {
        // 2000-01-01T00:00:00Z
        if time.milliseconds < 946_684_800_000 { return "is before the year 2000" }
        if time.date > now.addingTimeInterval(86400) { return "is more than a day in the future" }
        return nil
    }
}
