package import Station

/// How an item's folder or file was found when somebody last looked.
package enum LastSight: Hashable, Sendable {
    /// It was inspected, and looked like this.
    case stamp(Stamp)
    /// It is gone; what was delivered of it stays.
    case gone
    /// It is to be inspected again although it may not have changed.
    case lookAgain

    /// What the ledger calls it.
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

    /// What it looked like; nil where that says nothing any more.
    package var stamp: Stamp? {
        guard case .stamp(let stamp) = self else { return nil }
        return stamp
    }

    /// What two columns spell; nil for what they cannot.
    init?(name: String, stamp: String?) {
        switch (Name(rawValue: name), stamp) {
        case (.stamped, let stamp?): self = .stamp(Stamp(rawValue: stamp))
        case (.gone, nil): self = .gone
        case (.lookAgain, nil): self = .lookAgain
        default: return nil
        }
    }
}
