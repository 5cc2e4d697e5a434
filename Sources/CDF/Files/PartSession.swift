import Foundation

/// CDF's permission to send one file's content in parts.
package struct PartSession: Equatable, Sendable {
    package var uploadID: String
    /// CDF's number of the file.
    package var fileNumber: Int64
    /// Where the parts go, in order.
    ///
    /// Anyone who knows an address can write there: never put one into a log, a message or a report.
    package var addresses: [String]
    /// When the file's former content was uploaded, in milliseconds since 1970 by CDF's clock; nil if it had none.
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
    // `dump` and the default description of a value around this one use the mirror: it has no children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// Why a part, or the completion of a session, failed.
package enum PartFailure: Error, Equatable {
    /// The session's addresses, or the session, are refused: used up, expired or unknown.
    ///
    /// A fresh session may work, in which everything is sent again.
    case session(CDFError)
    /// Anything else; the session stays valid.
    case other(CDFError)
}
