import Station

/// Reads `metadata`: strings for the six files.
enum MetadataReader {
    /// The keys that drop360 writes for every file.
    static let ownKeys: Set<String> = [
        "site_id", "site_name", "station_id", "station_name", "image_type", "image_resolution", "face", "sha256",
    ]

    static func read(_ fields: inout SidecarFields, _ findings: inout SidecarFindings) -> [String: String] {
        guard let value = fields.take("metadata") else { return [:] }
        guard case .object(let members) = value.content else {
            findings.refuse(
                .metadataInvalid,
                "`metadata` is \(value.words), but must be {\"key\": \"text\", …}.",
                at: value.offset
            )
            return [:]
        }
        // Not folded: these keys are the crew's, and `a_b` differs from `ab`.
        var metadata: [String: String] = [:]
        for member in members {
            let shown = "`metadata.\(printable(member.key, limit: 60))`"
            guard case .string(let text) = member.value.content else {
                findings.refuse(
                    .metadataInvalid,
                    "\(shown) is \(member.value.words), but CDF accepts only text: put it in quotes.",
                    at: member.value.offset
                )
                continue
            }
            if ownKeys.contains(member.key) {
                findings.refuse(
                    .metadataInvalid,
                    "\(shown) is a key that drop360 writes itself: choose another key.",
                    at: member.offset
                )
            } else if member.key.isEmpty || member.key.unicodeScalars.contains(where: IdentityText.isForbidden) {
                findings.refuse(
                    .metadataInvalid,
                    "\(shown) is empty or contains invisible characters: choose another key.",
                    at: member.offset
                )
            } else if text.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control && !"\n\r\t".unicodeScalars.contains($0)
            }) {
                findings.refuse(
                    .metadataInvalid,
                    "The text of \(shown) contains control characters: remove them.",
                    at: member.value.offset
                )
            } else {
                metadata[member.key] = text
            }
        }
        return metadata
    }
}

/// CDF's limits for the metadata of one file (contract; files).
enum MetadataLimits {
    static let pairs = 256
    /// Bytes of UTF-8 of one key.
    static let key = 128
    /// Bytes of UTF-8 of all keys and values together, and so also of a single value.
    static let bytes = 10240

    /// What is over a limit; `own` is what drop360 adds to the sidecar's metadata, with values of the largest possible length.
    static func problems(of metadata: [String: String], with own: [String: String], file: String) -> [Problem] {
        var problems: [Problem] = []
        func refuse(_ message: String) { problems.append(Problem(.metadataTooLarge, message, file: file)) }
        if metadata.count + own.count > pairs {
            refuse(
                "`metadata` has \(metadata.count) keys; CDF allows \(pairs), of which drop360 needs \(own.count): remove some."
            )
        }
        for name in metadata.keys.sorted().filter({ $0.utf8.count > key }).prefix(4) {
            refuse("The key `\(printable(name, limit: 40))` in `metadata` is over \(key) bytes: shorten it.")
        }
        let sum = metadata.merging(own) { _, ours in ours }.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if sum > bytes {
            refuse("`metadata` is \(sum) bytes with drop360's keys; CDF allows \(bytes): shorten it.")
        }
        return problems
    }
}
