import CDF
import Foundation
import Ledger
import Station

/// Converts CDF's session to its form in the ledger, and back.
extension PartedUpload {
    init(_ session: PartSession, partSize: Int64, digests: [FileDigest], at now: Date) {
        self.init(
            uploadID: session.uploadID,
            receipt: FileReceipt(rawValue: session.fileNumber),
            partSize: partSize,
            addresses: session.addresses,
            uploadedBefore: session.uploadedBefore,
            digests: digests,
            begunAt: now
        )
    }
}

extension PartSession {
    init(_ upload: PartedUpload) {
        self.init(
            uploadID: upload.uploadID,
            fileNumber: upload.receipt.rawValue,
            addresses: upload.addresses,
            uploadedBefore: upload.uploadedBefore
        )
    }
}
