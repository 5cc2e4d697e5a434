package import DropFolder
import Foundation
import Ledger

/// What becomes of the delivered items of one inbox.
package struct ClearingRule: Sendable {
    package enum Way: Equatable, Sendable {
        /// Below this folder, at once.
        case move(to: String)
        case delete(after: Duration)
    }

    package var inbox: String
    package var way: Way
    /// Those by which the inbox is listed.
    package var ignore: IgnoreRules

    /// For the ledger, where commands find it.
    var outlook: ClearingOutlook.Way {
        switch way {
        case .move(let folder): .move(to: folder)
        case .delete(let after): .delete(after: after / .seconds(1))
        }
    }

    var deletes: Bool { if case .delete = way { true } else { false } }

    package init(inbox: String, way: Way, ignore: IgnoreRules) {
        self.inbox = inbox
        self.way = way
        self.ignore = ignore
    }
}
