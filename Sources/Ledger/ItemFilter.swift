package import Foundation
package import Station

/// Which items a list shows: those that every filter lets through.
package struct ItemFilter: Equatable, Sendable {
    package var state: ItemState.Name?
    /// A site's id.
    package var site: String?
    /// An inbox's absolute path.
    package var inbox: String?
    package var kind: ItemKind?
    /// Part of a path, a name or an external id, upper case or lower; or an item's number.
    package var text: String?
    /// Changed then or later.
    package var since: Date?

    package init(
        state: ItemState.Name? = nil,
        site: String? = nil,
        inbox: String? = nil,
        kind: ItemKind? = nil,
        text: String? = nil,
        since: Date? = nil
    ) {
        self.state = state
        self.site = site
        self.inbox = inbox
        self.kind = kind
        self.text = text
        self.since = since
    }

    /// Whether it leaves out nothing but what changed before ``since``.
    var isOnlySince: Bool { self == ItemFilter(since: since) }
}

/// Where a page of a list begins; the list has the highest number first.
package enum PagePosition: Equatable, Sendable {
    case newest
    /// With the first item below this number.
    case after(ItemNumber)
    /// It ends with the last item above this number.
    case before(ItemNumber)
}

/// A page of a list of items.
package struct ItemPage: Equatable, Sendable {
    /// The highest number first.
    package var items: [ListedItem]
    /// The position of the page before this one; nil on the first.
    package var newer: PagePosition?
    /// The position of the page after this one; nil on the last.
    package var older: PagePosition?
}

/// An item in a list.
package struct ListedItem: Equatable, Sendable {
    package var record: ItemRecord
    /// How many files its present content has; 0 if it has none.
    package var files: Int
    /// How many of them are in CDF.
    package var sentFiles: Int
    /// Of a scan: how many positions are in each state.
    package var positions: [ItemState.Name: Int] = [:]
}
