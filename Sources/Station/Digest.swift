package import Crypto
import Foundation

/// The SHA-256 of a file's bytes, 64 lower-case hex digits.
package struct FileDigest: RawRepresentable, Codable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ digest: SHA256.Digest) { rawValue = digest.hexadecimal }
}

/// Identifies a delivery: the SHA-256 of the six faces and what the sidecar states, 64 lower-case hex digits.
///
/// It does not depend on folder or file names, so a renamed or copied station is recognised.
package struct ContentDigest: RawRepresentable, Codable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Digests `parts`, each prefixed with its length so that no two lists give the same input.
    package init(over parts: [String]) {
        var hash = SHA256()
        for part in parts {
            let bytes = Array(part.utf8)
            hash.update(data: Array("\(bytes.count):".utf8))
            hash.update(data: bytes)
        }
        rawValue = hash.finalize().hexadecimal
    }
}

extension SHA256.Digest {
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
