import Foundation
import Station

/// Checks the text of an id, name or label.
enum IdentityText {
    /// Bytes of UTF-8.
    ///
    /// External ids over CDF's limit are shortened; a text longer than this is a mistake.
    static let byteLimit = 1024

    enum Refusal: Error, Equatable {
        case empty
        /// A control character, a line separator, or an invisible character that changes how the text reads.
        case forbidden(Unicode.Scalar)
        case tooLong(bytes: Int)
    }

    /// `text` trimmed and in Unicode's composed form, so that the same name gives the same id wherever it
    /// was typed.
    static func checked(_ text: String) throws(Refusal) -> String {
        // Checked before trimming: a line break at the end of an id is a mistake that should be reported.
        if let scalar = text.unicodeScalars.first(where: isForbidden) { throw .forbidden(scalar) }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        if trimmed.isEmpty { throw .empty }
        if trimmed.utf8.count > byteLimit { throw .tooLong(bytes: trimmed.utf8.count) }
        return trimmed
    }

    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        // The joiners are needed to write Persian, Hindi and others.
        case .format: scalar.value != 0x200C && scalar.value != 0x200D
        default: false
        }
    }

    /// The problem's code and message: `name` starts the sentence, `advice` says what to do.
    static func words(for refusal: Refusal, name: String, advice: String) -> (code: ProblemCode, message: String) {
        switch refusal {
        case .empty: (.idInvalid, "\(name) is empty: \(advice).")
        case .forbidden(let scalar):
            (
                .idInvalid,
                "\(name) contains the invisible character U+\(hexadecimal(scalar.value)): \(advice)."
            )
        case .tooLong(let bytes):
            (.idTooLong, "\(name) is \(bytes) bytes long, but the limit is \(byteLimit): \(advice).")
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// Reads a station's ids, names and labels, flat (`site_id`) or grouped (`site: {id}`).
enum SidecarIdentity {
    static func read(_ fields: inout SidecarFields, into sidecar: inout Sidecar, _ findings: inout SidecarFindings) {
        readSite(&fields, into: &sidecar, &findings)
        sidecar.stationID = text(&fields, "station_id", &findings)
        sidecar.stationName = text(&fields, "station_name", &findings)
        sidecar.label = text(&fields, "label", &findings)
        group(&fields, "station", &findings) { inner, findings in
            merge(text(&inner, "id", &findings), into: &sidecar.stationID, "station_id", &findings)
            merge(text(&inner, "name", &findings), into: &sidecar.stationName, "station_name", &findings)
            merge(text(&inner, "label", &findings), into: &sidecar.label, "label", &findings)
        }
    }

    /// Reads the site and the collection alone.
    static func readSite(
        _ fields: inout SidecarFields,
        into sidecar: inout Sidecar,
        _ findings: inout SidecarFindings
    ) {
        sidecar.siteID = text(&fields, "site_id", &findings)
        sidecar.siteName = text(&fields, "site_name", &findings)
        sidecar.collectionLabel = text(&fields, "collection_label", &findings)
        group(&fields, "site", &findings) { inner, findings in
            merge(text(&inner, "id", &findings), into: &sidecar.siteID, "site_id", &findings)
            merge(text(&inner, "name", &findings), into: &sidecar.siteName, "site_name", &findings)
        }
        group(&fields, "collection", &findings) { inner, findings in
            merge(text(&inner, "label", &findings), into: &sidecar.collectionLabel, "collection_label", &findings)
        }
    }

    private static func text(
        _ fields: inout SidecarFields,
        _ key: String,
        _ findings: inout SidecarFindings
    ) -> String? {
        let offset = fields.offset(of: key)
        guard let text = fields.text(key, allowingNumber: true, &findings) else { return nil }
        do throws(IdentityText.Refusal) {
            return try IdentityText.checked(text)
        } catch {
            let (code, message) = IdentityText.words(
                for: error,
                name: fields.name(key),
                advice: "correct it or leave it out"
            )
            findings.refuse(code, message, at: offset)
            return nil
        }
    }

    /// Only an object is a group; anything else with that key is noted as an unknown key.
    private static func group(
        _ fields: inout SidecarFields,
        _ key: String,
        _ findings: inout SidecarFindings,
        _ body: (inout SidecarFields, inout SidecarFindings) -> Void
    ) {
        guard fields.isObject(key), var inner = fields.object(key, &findings) else { return }
        body(&inner, &findings)
        inner.noteUnknown(into: &findings)
    }

    private static func merge(
        _ text: String?,
        into target: inout String?,
        _ key: String,
        _ findings: inout SidecarFindings
    ) {
        guard let text else { return }
        if let other = target, other != text {
            findings.refuse(.givenTwice, "`\(key)` is given both flat and grouped, with different values: keep one.")
        } else {
            target = text
        }
    }
}
