import NIOCore
import NIOSSL

/// The certificate and the key that a server shows who it is by.
package struct ServerIdentity: Sendable {
    /// What is wrong with the two files.
    package enum Unusable: Error, Equatable {
        case certificate(String)
        case key(String)
        /// Each is valid, and they do not belong together.
        case mismatch
    }

    let context: NIOSSLContext
    /// When the certificate becomes valid, and when it expires; seconds since 1970.
    package let (validFrom, validUntil): (Int, Int)

    /// - Parameters:
    ///   - certificate: PEM: the server's certificate, then those between it and the authority.
    ///   - key: PEM, without a password.
    package init(certificate: [UInt8], key: [UInt8]) throws(Unusable) {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificate) } catch {
            throw .certificate("has no certificate in PEM format")
        }
        guard let own = chain.first else { throw .certificate("has no certificate in PEM format") }
        let privateKey: NIOSSLPrivateKey
        do { privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem) } catch {
            let isLocked = String(decoding: key, as: UTF8.self).contains("ENCRYPTED")
            throw .key(isLocked ? "is locked with a password" : "has no private key in PEM format")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // A client that is being disconnected need not agree.
        configuration.shutdownTimeout = .seconds(1)
        do { context = try NIOSSLContext(configuration: configuration) } catch { throw .mismatch }
        (validFrom, validUntil) = (Int(own.notValidBefore), Int(own.notValidAfter))
    }
}
