package import Station

/// The result of the last look at an item's folder or file.
package enum LastSight: Hashable, Sendable {
    /// It was inspected, and had this stamp.
    case stamp(Stamp)
    /// It is gone; what was delivered from it stays.
    case gone
    /// It is to be inspected again although it may not have changed.
    case lookAgain

    /// Its name in the ledger.
    enum Name: String {
        case stamped, gone, lookAgain
    }

    var name: Name {
        switch self {
        case .stamp: .stamped
        case .gone: .gone
        case .lookAgain: .lookAgain
        }
    }

    /// Its stamp; nil if that is no longer valid.
    package var stamp: Stamp? {
        guard case .stamp(let stamp) = self else { return nil }
        return stamp
    }

    /// Decodes the two columns; nil if their combination is invalid.
    init?(name: String, stamp: String?) {
        switch (Name(rawValue: name), stamp) {
        case (.stamped, let stamp?): self = .stamp(Stamp(rawValue: stamp))
        case (.gone, nil): self = .gone
        case (.lookAgain, nil): self = .lookAgain
        default: return nil
        }
    }
}
