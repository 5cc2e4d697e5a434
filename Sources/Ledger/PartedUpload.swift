package import Foundation
package import Station

/// How much of a file has been sent in parts.
package struct PartedUpload: Equatable, Sendable {
    /// CDF's name for the session.
    package var uploadID: String
    /// CDF's number of the file.
    package var receipt: FileReceipt
    /// Bytes of each part but the last.
    package var partSize: Int64
    /// Where the parts go, in order.
    ///
    /// Anyone who knows an address can write there: never put one into a log, a message or a report.
    package var addresses: [String]
    /// When the file's former content was uploaded, in milliseconds since 1970 by CDF's clock; nil if it had none.
    package var uploadedBefore: Int64?
    /// The digest that each part must have, in order.
    package var digests: [FileDigest]
    /// The parts that CDF has accepted, counted from 0.
    package var sent: Set<Int> = []
    package var begunAt: Date

    package init(
        uploadID: String,
        receipt: FileReceipt,
        partSize: Int64,
        addresses: [String],
        uploadedBefore: Int64?,
        digests: [FileDigest],
        begunAt: Date
    ) {
        self.uploadID = uploadID
        self.receipt = receipt
        self.partSize = partSize
        self.addresses = addresses
        self.uploadedBefore = uploadedBefore
        self.digests = digests
        self.begunAt = begunAt
    }

    /// The parts that are still to be sent, in order.
    package var missing: [Int] { digests.indices.filter { !sent.contains($0) } }

    /// After this many seconds CDF may have forgotten a session, and its parts no longer count.
    package static let lifetime: TimeInterval = 86400
}

extension PartedUpload: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(sent.count) of \(digests.count) parts for file \(receipt.rawValue)" }
    package var debugDescription: String { description }
    // `dump` and the default description of a value around this one use the mirror: it has no children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// One file of one accepted content of one item.
package struct FileKey: Hashable, Sendable {
    package var item: ItemNumber
    package var digest: ContentDigest
    package var role: FileRole

    package init(item: ItemNumber, digest: ContentDigest, role: FileRole) {
        self.item = item
        self.digest = digest
        self.role = role
    }
}
