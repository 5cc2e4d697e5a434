import Crypto
import CryptoExtras
import Foundation
import Synchronization
import Station
import TestSupport
import Testing

@testable import CDF

/// Signing in with a certificate: against a token endpoint that checks signature and thumbprint with what openssl says of it.
struct ClientCertificateTests {
    /// A token endpoint that knows one certificate.
    private struct Issuer {
        var key: _RSA.Signing.PublicKey
        var thumbprint: String
        var thumbprint256: String

        init(_ authority: TestAuthority, certificate: String) async throws {
            let pem = try await authority.openssl("x509", "-in", certificate, "-pubkey", "-noout")
            key = try _RSA.Signing.PublicKey(pemRepresentation: pem)
            func fingerprint(_ kind: String) async throws -> String {
                let text = try await authority.openssl("x509", "-in", certificate, "-noout", "-fingerprint", kind)
                let hex = try #require(text.split(separator: "=").last).filter(\.isHexDigit)
                let bytes = stride(from: 0, to: hex.count, by: 2).map { offset in
                    UInt8(hex.dropFirst(offset).prefix(2), radix: 16) ?? 0
                }
                return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                    .replacing("=", with: "")
            }
            thumbprint = try await fingerprint("-sha1")
            thumbprint256 = try await fingerprint("-sha256")
        }

        /// What is wrong with a request for a token; nil where it gets one.
        func objection(to form: String, audience: String) -> String? {
            let fields = form.split(separator: "&").reduce(into: [String: String]()) { fields, pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
                fields[parts[0]] = parts.count == 2 ? parts[1] : ""
            }
            guard fields["client_secret"] == nil else { return "a secret" }
            guard fields["grant_type"] == "client_credentials", fields["client_id"] == "sandbox" else { return "who?" }
            guard fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
                return "no type"
            }
            let parts = (fields["client_assertion"] ?? "").split(separator: ".").map(String.init)
            guard parts.count == 3, let head = Self.object(parts[0]), let claims = Self.object(parts[1]),
                let signature = Self.bytes(parts[2])
            else { return "no JWT" }
            guard head["alg"] as? String == "RS256", head["typ"] as? String == "JWT" else { return "algorithm" }
            guard head["x5t"] as? String == thumbprint, head["x5t#S256"] as? String == thumbprint256 else {
                return "x5t"
            }
            guard claims["iss"] as? String == "sandbox", claims["sub"] as? String == "sandbox" else { return "issuer" }
            guard claims["aud"] as? String == audience else { return "audience" }
            guard let jti = claims["jti"] as? String, !jti.isEmpty, let iat = claims["iat"] as? Int,
                let exp = claims["exp"] as? Int, (1...600).contains(exp - iat)
            else { return "times" }
            let signed = SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8))
            let isGood = key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: signed,
                padding: .insecurePKCS1v1_5
            )
            return isGood ? nil : "signature"
        }

        static func bytes(_ text: String) -> Data? {
            let plain = text.replacing("-", with: "+").replacing("_", with: "/")
            return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
        }

        private static func object(_ text: String) -> [String: Any]? {
            // What is no JSON is no part of a JWT.
            bytes(text).flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
        }
    }

    private func server(_ issuer: Issuer) throws -> ScriptedServer {
        try ScriptedServer { request, _ in
            let audience = "http://\(request.headers["host"] ?? "")/oauth2/token"
            guard let objection = issuer.objection(to: request.text, audience: audience) else {
                return .json(#"{"access_token": "t", "expires_in": 60}"#)
            }
            return .json(#"{"error": "invalid_client", "error_description": "\#(objection)"}"#, status: 401)
        }
    }

    private func read(_ folder: TemporaryFolder, _ name: String, password: String? = nil) throws -> ClientCertificate {
        try ClientCertificate(Array(folder.read(name)), password: password)
    }

    @Test(arguments: [
        "PKCS #8", "PKCS #1", "key first", "encrypted", "encrypted PKCS #1", "pfx", "pfx without password",
    ])
    func `a certificate and its key sign in, in each of their usual forms`(form: String) async throws {
        let authority = try await TestAuthority()
        _ = try await authority.issue("login", for: ["drop360"])
        let issuer = try await Issuer(authority, certificate: "login.crt")
        let folder = authority.folder
        func join(_ names: String...) throws { try folder.write(names.flatMap { try folder.read($0) }, to: "both") }
        var password: String?
        switch form {
        case "PKCS #8": try join("login.crt", "login.key")
        case "key first": try join("login.key", "ca.pem", "login.crt")
        case "PKCS #1":
            try await authority.openssl("rsa", "-in", "login.key", "-traditional", "-out", "old.key")
            #expect(String(decoding: try folder.read("old.key"), as: UTF8.self).contains("BEGIN RSA PRIVATE KEY"))
            try join("login.crt", "old.key")
        case "encrypted":
            password = "hush hush"
            try await authority.openssl(
                "pkcs8",
                "-topk8",
                "-in",
                "login.key",
                "-out",
                "enc.key",
                "-passout",
                "pass:hush hush"
            )
            try join("login.crt", "enc.key")
        case "encrypted PKCS #1":
            password = "hush hush"
            try await authority.openssl(
                "rsa",
                "-in",
                "login.key",
                "-traditional",
                "-aes256",
                "-out",
                "enc.key",
                "-passout",
                "pass:hush hush"
            )
            try join("login.crt", "enc.key")
        default:
            password = form == "pfx" ? "hush hush" : nil
            try await authority.openssl(
                "pkcs12",
                "-export",
                "-in",
                "login.crt",
                "-inkey",
                "login.key",
                "-certfile",
                "ca.pem",
                "-out",
                "both",
                "-passout",
                "pass:\(password ?? "")"
            )
        }
        let certificate = try read(folder, "both", password: password)
        #expect(certificate.subject == "drop360")
        let server = try server(issuer)
        defer { server.stop() }
        try await Bench.run(server.base, certificate: { certificate }) { bench async throws in
            try await bench.client.authenticate()
            bench.clock.advance(by: .seconds(61))
            try await bench.client.authenticate()
        }
        let assertions = server.requests.map(\.text)
        #expect(assertions.count == 2 && assertions[0] != assertions[1], "an assertion is good for one request")
    }

    @Test func `another certificate is refused, with a message about the certificate`() async throws {
        let authority = try await TestAuthority()
        _ = try await authority.issue("login", for: ["drop360"])
        _ = try await authority.issue("other", for: ["drop360"])
        let server = try server(try await Issuer(authority, certificate: "login.crt"))
        defer { server.stop() }
        let certificate = try read(authority.folder, "other.pem")
        try await Bench.run(server.base, certificate: { certificate }) { bench async throws in
            let error = await failure { try await bench.client.authenticate() }
            #expect(error == .certificateRefused(host: "127.0.0.1", detail: "invalid_client: x5t"))
            #expect(error?.remedy == .pauseStage)
            #expect(error?.description.contains("does not accept the client id and certificate") == true)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a certificate that is replaced is used for the next token`() async throws {
        let authority = try await TestAuthority()
        _ = try await authority.issue("old", for: ["drop360"])
        _ = try await authority.issue("new", for: ["drop360"])
        let server = try server(try await Issuer(authority, certificate: "new.crt"))
        defer { server.stop() }
        let current = Mutex(try read(authority.folder, "old.pem"))
        try await Bench.run(server.base, certificate: { current.withLock { $0 } }) { bench async throws in
            #expect(await failure { try await bench.client.authenticate() }?.remedy == .pauseStage)
            let fresh = try read(authority.folder, "new.pem")
            current.withLock { $0 = fresh }
            try await bench.client.authenticate()
        }
    }

    @Test func `a certificate that cannot sign in is refused, with what to do`() async throws {
        let authority = try await TestAuthority()
        let folder = authority.folder
        _ = try await authority.issue("login", for: ["drop360"])
        _ = try await authority.issue("other", for: ["drop360"])
        try await authority.openssl("pkcs8", "-topk8", "-in", "login.key", "-out", "enc.key", "-passout", "pass:hush")
        try await authority.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.key")
        try await authority.openssl("req", "-x509", "-key", "ec.key", "-out", "ec.crt", "-subj", "/CN=ec", "-days", "9")
        try await authority.openssl(
            "pkcs12",
            "-export",
            "-nokeys",
            "-in",
            "login.crt",
            "-out",
            "nokey.pfx",
            "-passout",
            "pass:x"
        )
        try await authority.openssl(
            "pkcs12",
            "-export",
            "-in",
            "login.crt",
            "-inkey",
            "login.key",
            "-out",
            "good.pfx",
            "-passout",
            "pass:hush"
        )
        func check(_ parts: [String], password: String? = nil, _ words: String, _ advice: String) throws {
            do {
                _ = try ClientCertificate(parts.flatMap { try folder.read($0) }, password: password)
                Issue.record("\(parts) was taken")
            } catch let error as ClientCertificate.Unusable {
                #expect(error.words.contains(words), "\(parts): \(error.words)")
                #expect(error.advice.contains(advice), "\(parts): \(error.advice)")
                #expect(!"\(error)".contains("hush"))
            }
        }
        try check(["login.crt"], "contains no private key", "cat certificate.pem key.pem")
        try check(["login.key"], "contains no readable certificate", "cat certificate.pem key.pem")
        try check(["login.crt", "other.key"], "do not belong together", "made with this key")
        try check(["login.crt", "enc.key"], "contains an encrypted key", "`password`")
        try check(["login.crt", "enc.key"], password: "wrong", "the password does not open", "openssl pkey")
        try check(["ec.crt", "ec.key"], "not RSA", "openssl req")
        try check(["nokey.pfx"], password: "x", "contains no private key", "openssl pkcs12")
        try check(["good.pfx"], "cannot be opened without a password", "password")
        try check(["good.pfx"], password: "wrong", "cannot be opened with the password", "password")
        try check(["login.ext"], "is neither PEM nor PKCS #12", ".pfx")
        #expect(try read(folder, "good.pfx", password: "hush").subject == "drop360")
    }
}
