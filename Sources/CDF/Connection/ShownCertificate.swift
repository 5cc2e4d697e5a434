import Foundation
import NIOSSL
import SwiftASN1
import X509

/// The contents of a certificate.
struct ShownCertificate: Equatable, Sendable {
    /// Its common name, or else all of its subject.
    var subject: String
    var issuer: String
    var isSelfSigned: Bool
    /// The hosts that it is valid for.
    var names: [String]
    var start: Date
    var end: Date

    init(subject: String, issuer: String, isSelfSigned: Bool, names: [String] = [], start: Date, end: Date) {
        self.subject = subject
        self.issuer = issuer
        self.isSelfSigned = isSelfSigned
        self.names = names
        self.start = start
        self.end = end
    }

    /// Nil if its encoding cannot be read.
    init?(der: [UInt8]) {
        // The caller reports an unreadable one.
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        subject = Self.name(certificate.subject)
        issuer = Self.name(certificate.issuer)
        isSelfSigned = certificate.subject == certificate.issuer
        (start, end) = (certificate.notValidBefore, certificate.notValidAfter)
        // Without the extension it names no host.
        let alternatives = (try? certificate.extensions.subjectAlternativeNames).flatMap(\.self)
        names = (alternatives.map(Array.init) ?? []).compactMap { name in
            switch name {
            case .dnsName(let host): host
            case .ipAddress(let bytes): NetworkAddress.text(Array(bytes.bytes))
            default: nil
            }
        }
    }

    private static func name(_ name: DistinguishedName) -> String {
        let attributes = name.flatMap { Array($0) }
        let common = attributes.first { $0.type == .RDNAttributeType.commonName }
        return common.flatMap { String($0.value) } ?? String(describing: name)
    }

    /// Why a chain, the host's own certificate first, is not trusted; nil if the chain is empty.
    static func verdict(on chain: [ShownCertificate], now: Date) -> TLSTrouble.Kind? {
        for certificate in chain {
            if now < certificate.start {
                return .notYetValid(whose: certificate.subject, start: certificate.start, now: now)
            }
            if now > certificate.end { return .expired(whose: certificate.subject, end: certificate.end, now: now) }
        }
        guard let last = chain.last else { return nil }
        return chain.count == 1 && last.isSelfSigned ? .selfSigned : .unknownIssuer(last.issuer)
    }
}
