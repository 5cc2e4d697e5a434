import Crypto
import CryptoExtras
package import Foundation
import NIOSSL

/// A certificate and its key, with which drop360 signs in to the identity provider instead of with a secret.
package struct ClientCertificate: Sendable {
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private let der: [UInt8]
    private let key: _RSA.Signing.PrivateKey
    /// When it expires.
    package let end: Date
    package let subject: String

    /// Why drop360 cannot sign in with a file, in words that follow the file's name.
    package struct Unusable: Error, Equatable {
        package var words: String
        package var advice: String
    }

    /// Reads a file: certificate and key in PEM (in any order, the key encrypted or not), or both as PKCS #12 (`.pfx`).
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - password: What the key is encrypted with; nil if it is not encrypted.
    package init(_ bytes: [UInt8], password: String?) throws(Unusable) {
        let text = String(decoding: bytes, as: UTF8.self)
        let (certificates, encoded) =
            text.contains("-----BEGIN ")
            ? try Self.pem(bytes, text: text, password: password) : try Self.pkcs12(bytes, password: password)
        do { key = try _RSA.Signing.PrivateKey(derRepresentation: encoded.derBytes) } catch {
            throw Unusable(
                words: "contains a key that is not RSA with 2048 bits or more",
                advice:
                    "Create a new pair: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out cert.pem"
            )
        }
        let public_ = Array(key.publicKey.derRepresentation)
        for certificate in certificates {
            // What cannot be read as a certificate is not a match.
            guard let own = try? certificate.extractPublicKey().toSPKIBytes(), own == public_,
                let der = try? certificate.toDERBytes(), let shown = ShownCertificate(der: der)
            else { continue }
            self.der = der
            (subject, end) = (shown.subject, shown.end)
            return
        }
        throw Unusable(
            words: "contains a key and a certificate that do not belong together",
            advice: "Put the certificate that was made with this key into the file."
        )
    }

    private static func pem(
        _ bytes: [UInt8],
        text: String,
        password: String?
    ) throws(Unusable) -> ([NIOSSLCertificate], NIOSSLPrivateKey) {
        guard text.contains("PRIVATE KEY-----") else {
            throw Unusable(
                words: "contains no private key",
                advice: "Put both into one file: cat certificate.pem key.pem > both.pem"
            )
        }
        // A missing one is reported below like a damaged one.
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw Unusable(
                words: "contains no readable certificate",
                advice: "Put both into one file: cat certificate.pem key.pem > both.pem"
            )
        }
        let isEncrypted = text.contains("ENCRYPTED")
        do {
            let key = try NIOSSLPrivateKey(bytes: bytes, format: .pem) { $0(Array((password ?? "").utf8)) }
            return (certificates, key)
        } catch {
            guard isEncrypted else { throw Unusable(words: "contains a key that cannot be read", advice: decrypt) }
            throw password == nil
                ? Unusable(
                    words: "contains an encrypted key",
                    advice: "Set `password` or `password-file` next to `path`."
                )
                : Unusable(words: "contains an encrypted key that the password does not open", advice: decrypt)
        }
    }

    private static let decrypt =
        "Check the password; or write the key without encryption: openssl pkey -in encrypted.pem -out key.pem"
    private static let convert = "Convert it: openssl pkcs12 -in certificate.pfx -out both.pem -nodes"

    /// The bags of PKCS #12 that hold keys; stores of certificates alone have none, and the library cannot handle those.
    private static let keyBags: [[UInt8]] = [1, 2].map {
        [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, $0]
    }

    private static func pkcs12(
        _ bytes: [UInt8],
        password: String?
    ) throws(Unusable) -> ([NIOSSLCertificate], NIOSSLPrivateKey) {
        guard bytes.first == 0x30 else {
            throw Unusable(words: "is neither PEM nor PKCS #12", advice: "Give certificate and key in PEM, or as .pfx.")
        }
        guard keyBags.contains(where: { Data(bytes).range(of: Data($0)) != nil }) else {
            throw Unusable(words: "contains no private key that drop360 can find", advice: convert)
        }
        do {
            let bundle = try NIOSSLPKCS12Bundle(buffer: bytes, passphrase: (password ?? "").utf8)
            return (bundle.certificateChain, bundle.privateKey)
        } catch {
            throw Unusable(
                words: password == nil
                    ? "cannot be opened without a password"
                    : "cannot be opened with the password, or has an unknown format",
                advice: "Check `password` next to `path`. " + convert
            )
        }
    }

    /// An assertion, signed with the key and valid for one request, that we are `clientID` (RFC 7523).
    ///
    /// - Parameters:
    ///   - clientID: Who we are.
    ///   - audience: The address that it is sent to.
    ///   - now: The time.
    func assertion(for clientID: String, audience: String, now: Date) throws -> String {
        let seconds = Int(now.timeIntervalSince1970)
        let header: [String: String] = [
            "alg": "RS256", "typ": "JWT",
            // Microsoft Entra finds the certificate by the first, which is SHA-1 by its definition; others by the second.
            "x5t": Self.base64URL(Insecure.SHA1.hash(data: der)),
            "x5t#S256": Self.base64URL(SHA256.hash(data: der)),
        ]
        struct Claims: Encodable {
            var aud: String
            var iss: String
            var sub: String
            var jti: String
            var iat: Int
            var exp: Int
        }
        let claims = Claims(
            aud: audience,
            iss: clientID,
            sub: clientID,
            jti: UUID().uuidString.lowercased(),
            iat: seconds,
            exp: seconds + 600
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = try Self.base64URL(encoder.encode(header)) + "." + Self.base64URL(encoder.encode(claims))
        let signature = try key.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
        return text + "." + Self.base64URL(signature.rawRepresentation)
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
