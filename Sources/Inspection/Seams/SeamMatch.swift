/// How well two edges that are the same line in space agree.
package enum SeamMatch: String, Sendable, CaseIterable {
    case meets, doubtful, apart
    /// Both edges are of one colour: they would agree with any other such edge.
    case plain

    /// - Parameter mismatch: 0 is a perfect fit; two unrelated edges give about 45.
    init(mismatch: Float) {
        switch mismatch {
        case ..<18: self = .meets
        case ..<30: self = .doubtful
        default: self = .apart
        }
    }
}
