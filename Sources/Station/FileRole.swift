/// What a file is within its content: one of six faces, or the scan itself.
///
/// The raw value is its name in commands, ledger and reports.
package enum FileRole: Hashable, Sendable {
    case face(Face)
    case scan
}

extension FileRole: RawRepresentable, Codable {
    private static let scanName = "scan"

    package init?(rawValue: String) {
        if let face = Face(rawValue: rawValue) {
            self = .face(face)
        } else if rawValue == Self.scanName {
            self = .scan
        } else {
            return nil
        }
    }

    package var rawValue: String {
        switch self {
        case .face(let face): face.rawValue
        case .scan: Self.scanName
        }
    }
}

extension FileRole: CaseIterable, Comparable {
    package static var allCases: [FileRole] { Face.allCases.map(FileRole.face) + [.scan] }

    /// The order of ``allCases``, in which files are listed and sent.
    package static func < (lhs: FileRole, rhs: FileRole) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .face(let face): face.rank
        case .scan: Face.allCases.count
        }
    }
}
