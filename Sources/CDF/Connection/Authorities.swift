import Foundation
import NIOSSL

/// Certificate authorities that are trusted besides the machine's own: a company's, for TLS inspection.
package struct Authorities: Sendable {
    let certificates: [NIOSSLCertificate]

    package var count: Int { certificates.count }

    /// Why a file contains no usable certificates, in words that follow the file's name.
    package struct Unreadable: Error, Equatable {
        package var words: String
        package var advice: String
    }

    /// Reads a file: certificates in PEM, or one in DER, as Windows exports it.
    package init(_ bytes: [UInt8]) throws(Unreadable) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("-----BEGIN ") else {
            // The file is not a certificate in either format: the message below says what is expected.
            guard let one = try? NIOSSLCertificate(bytes: bytes, format: .der) else {
                throw Unreadable(words: "contains no certificate", advice: Self.wanted)
            }
            certificates = [one]
            return
        }
        guard !text.contains("-----BEGIN PKCS7") else {
            throw Unreadable(
                words: "is a PKCS #7 bundle",
                advice: "Convert it: openssl pkcs7 -print_certs -in bundle.p7b -out ca.pem"
            )
        }
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw Unreadable(words: "contains a damaged certificate", advice: Self.wanted)
        }
        guard !certificates.isEmpty else { throw Unreadable(words: "contains no certificate", advice: Self.wanted) }
    }

    private static let wanted =
        "Put your company's CA certificate into the file in PEM: one or more blocks that begin with -----BEGIN CERTIFICATE-----."
}
