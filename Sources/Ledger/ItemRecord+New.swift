package import Foundation
package import Station

extension ItemRecord {
    /// An item that was found at `time` and has this state since then; for tests of what shows records.
    package init(
        id: ItemNumber,
        kind: ItemKind,
        location: ItemPath,
        lastSight: LastSight,
        state: ItemState,
        since time: Date
    ) {
        self.init(
            id: id,
            kind: kind,
            location: location,
            lastSight: lastSight,
            state: state,
            notes: [],
            attempts: 0,
            notBefore: time,
            firstSeen: time,
            changedAt: time,
            revision: 1
        )
    }
}
