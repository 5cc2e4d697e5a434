package import Foundation
package import Ledger
package import Station

/// One item of the audit list: who, what and when, with ids, digests and CDF's numbers.
package struct AuditItem: Encodable, Equatable, Sendable {
    package var number: Int64
    package var kind: ItemKind
    package var inbox: String
    package var path: String
    /// The site's id; nil before it is known.
    package var site: String?
    package var state: ItemState.Name
    /// What is wrong, or why it waits, in one line.
    package var words: String?
    /// The folder or file is gone.
    package var gone: Bool?
    package var firstSeen: Date
    package var changedAt: Date
    package var registeredAt: Date?
    /// The item whose identical content is delivered in this one's place.
    package var sameAs: Int64?
    /// The E57 file that the station was read from.
    package var scan: Int64?
    package var modelRevision: ModelRevision?
    /// Everything that was accepted here, in that order.
    package var contents: [AuditContent]

    package init(_ record: AuditRecord) {
        let item = record.item
        let summary = StationSummary(item)
        number = item.id.rawValue
        kind = item.kind
        inbox = item.inbox
        path = item.path
        site = item.site
        state = item.state.name
        words = summary.words
        gone = item.isGone ? true : nil
        firstSeen = item.firstSeen
        changedAt = item.changedAt
        registeredAt = item.registeredAt
        sameAs = item.sameAs?.rawValue
        scan = item.scan?.rawValue
        modelRevision = summary.modelRevision
        contents = record.contents.map { AuditContent($0) }
    }
}
