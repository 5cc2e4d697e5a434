/// The rules for names in data modelling.
enum Identifiers {
    private static let reserved: Set<String> = [
        "space", "cdf", "dms", "pg3", "shared", "system", "node", "edge", "mapping",
    ]

    static func checkSpace(_ space: String) throws(APIError) {
        let bytes = Array(space.utf8)
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }
        let isWellFormed =
            (1...43).contains(bytes.count) && bytes.first.map(isLetter) == true
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
            && (bytes.count < 43 || bytes.last.map(isAlphanumeric) == true)
        try check(isWellFormed, "'\(space)' is not a valid space: 1 to 43 letters, digits, '_' and '-', a letter first")
        try check(!reserved.contains(space), "The space name '\(space)' is reserved")
    }

    static func checkExternalID(_ externalID: String) throws(APIError) {
        try check(
            (1...256).contains(externalID.utf8.count) && !externalID.unicodeScalars.contains("\0"),
            "The externalId of an instance must have 1 to 256 bytes and no NUL"
        )
    }
}
