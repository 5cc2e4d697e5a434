/// One side of the cube that stores a 360° image.
///
/// Seen from inside: turning right from ``front`` you see ``right``, ``back``, ``left``. The lower edge of ``top``
/// and the upper edge of ``bottom`` adjoin ``front``. With identity rotation ``front`` looks along −Y, ``left`` along +X
/// and ``top`` along +Z of the CDF frame (contract A.5). The raw value is CDF's name for the face,
/// and its key in JSON.
package enum Face: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable, Hashable, Comparable {
    case front, back, left, right, top, bottom

    /// The order of ``allCases``, in which faces are listed, hashed and sent.
    package static func < (lhs: Face, rhs: Face) -> Bool { lhs.rank < rhs.rank }

    /// 0…5: the index in ``allCases``.
    package var rank: Int {
        switch self {
        case .front: 0
        case .back: 1
        case .left: 2
        case .right: 3
        case .top: 4
        case .bottom: 5
        }
    }
}
