package import Foundation
package import Station

/// One item with everything that was ever accepted of it: what an audit asks for.
package struct AuditRecord: Equatable, Sendable {
    package var item: ItemRecord
    /// In the order in which they were accepted; empty if nothing ever was.
    package var contents: [AuditedContent]
}

/// One content that was accepted of an item, and what became of it.
package struct AuditedContent: Equatable, Sendable {
    package var content: ItemContent
    /// Whether the item's state refers to it.
    package var isPresent: Bool
    package var acceptedAt: Date
    package var deliveredAt: Date?
    /// When it was found in CDF, where another tool had put it.
    package var adoptedAt: Date?
    package var supersededAt: Date?
    package var retractedAt: Date?
    /// Degrees clockwise from +Y; nil where the front face looks straight up or down, and for other kinds.
    package var heading: Double?
    /// From 1, in the order of acceptance: contents with the same external id, whichever items had them.
    package var revision: Int
    /// From 1, in the order of acceptance: images of the same station; nil for other kinds.
    package var visit: Int?
    package var files: [FileRecord]
}
