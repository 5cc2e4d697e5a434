import Foundation

/// CDF's leave to send one file's content in parts.
package struct PartSession: Equatable, Sendable {
    package var uploadID: String
    /// CDF's number of the file.
    package var fileNumber: Int64
    /// Where the parts go, in their order.
    ///
    /// Whoever knows an address may write there: never into a log, a message or a report.
    package var addresses: [String]
    /// When the file's former content came, in milliseconds since 1970 by CDF's clock; nil for a file without.
    package var uploadedBefore: Int64?

    package init(uploadID: String, fileNumber: Int64, addresses: [String], uploadedBefore: Int64?) {
        self.uploadID = uploadID
        self.fileNumber = fileNumber
        self.addresses = addresses
        self.uploadedBefore = uploadedBefore
    }
}

extension PartSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "a session of \(addresses.count) parts for file \(fileNumber)" }
    package var debugDescription: String { description }
    // `dump` and the default description of a value around this one go by the mirror: it has no children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// Why a part, or the end of a session, did not get through.
package enum PartFailure: Error, Equatable {
    /// The session's addresses, or the session, are refused: used up, expired or unknown.
    ///
    /// A fresh session may do, in which everything is sent again.
    case session(CDFError)
    /// Anything else; the session stays good.
    case other(CDFError)
}
