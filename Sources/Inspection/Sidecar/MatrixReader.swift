import Station

/// Reads a rotation matrix: 9 numbers row by row, or 16 with the translation in the fourth column.
enum MatrixReader {
    static func read(
        _ value: JSONValue,
        called name: String,
        _ findings: inout SidecarFindings
    ) -> (Rotation?, RotationReader.MatrixTranslation) {
        guard let list = flattened(value), list.count == 9 || list.count == 16 else {
            findings.refuse(
                .rotationInvalid,
                "\(name) must be a list of 9 or 16 numbers, row by row.",
                at: value.offset
            )
            return (nil, .unreadable)
        }
        let numbers = list.compactMap { SidecarFields.number($0, called: name, &findings) }
        guard numbers.count == list.count else { return (nil, list.count == 16 ? .unreadable : .none) }
        guard numbers.count == 16 else { return (rotation(numbers, at: value.offset, &findings), .none) }
        guard zip(numbers[12...], [0, 0, 0, 1]).allSatisfy({ abs($0 - $1) <= 1e-9 }) else {
            let isTransposed = [3, 7, 11].allSatisfy { numbers[$0] == 0 } && numbers[15] == 1
            findings.refuse(
                .matrixNotRotation,
                isTransposed
                    ? "\(name) is written column by column: write it row by row, with the translation in the fourth column."
                    : "The last row of \(name) is not 0 0 0 1: correct it.",
                at: value.offset
            )
            return (nil, .unreadable)
        }
        let rows = [0, 1, 2, 4, 5, 6, 8, 9, 10].map { numbers[$0] }
        let translation = Vector3(x: numbers[3], y: numbers[7], z: numbers[11])
        return (rotation(rows, at: value.offset, &findings), .carried(translation))
    }

    /// The numbers of a list, or of a list of rows of equal length.
    private static func flattened(_ value: JSONValue) -> [JSONValue]? {
        guard case .array(let list) = value.content else { return nil }
        let rows = list.compactMap { row -> [JSONValue]? in
            if case .array(let cells) = row.content { cells } else { nil }
        }
        if rows.isEmpty { return list }
        guard rows.count == list.count, rows.allSatisfy({ $0.count == list.count }) else { return nil }
        return rows.flatMap(\.self)
    }

    private static func rotation(
        _ m: [Double],
        at offset: Int,
        _ findings: inout SidecarFindings
    ) -> Rotation? {
        let matrix = Rotation(
            rows: .init(x: m[0], y: m[1], z: m[2]),
            .init(x: m[3], y: m[4], z: m[5]),
            .init(x: m[6], y: m[7], z: m[8])
        )
        if matrix.isProper(within: 1e-3) { return matrix.orthonormalised() }
        let mirrored = Rotation(
            rows: .init(x: -m[0], y: -m[1], z: -m[2]),
            .init(x: -m[3], y: -m[4], z: -m[5]),
            .init(x: -m[6], y: -m[7], z: -m[8])
        )
        if mirrored.isProper(within: 1e-3) {
            findings.refuse(
                .matrixMirrored,
                "The matrix mirrors (its determinant is −1), as in a left-handed frame: give it in a right-handed frame.",
                at: offset
            )
        } else {
            findings.refuse(
                .matrixNotRotation,
                "The matrix is not a rotation (its determinant is \(RotationReader.shown(matrix.determinant)); rows must have "
                    + "length 1 and be at right angles): remove any scale and copy all digits.",
                at: offset
            )
        }
        return nil
    }
}
