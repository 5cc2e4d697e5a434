import Foundation

/// A certificate authority for one test, made by openssl.
package struct TestAuthority: Sendable {
    package static let name = "Plant Corp Inspection CA"

    package let folder: TemporaryFolder
    /// The authority's own certificate.
    package var certificate: String { folder.path("ca.pem") }

    /// openssl failed, with this message.
    package struct Failed: Error, CustomStringConvertible { package let description: String }

    package init() async throws {
        folder = try TemporaryFolder()
        try await openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "30",
            "-subj",
            "/O=Plant Corp/CN=\(Self.name)",
            "-addext",
            "keyUsage=critical,keyCertSign"
        )
    }

    /// A certificate with its key for `hosts`, in one file.
    ///
    /// - Parameters:
    ///   - name: The file's name, without extension.
    ///   - hosts: The first one is the subject, too.
    ///   - days: How long it is valid; -1 for one that has expired, the smallest that openssl accepts.
    /// - Returns: The file's path.
    package func issue(_ name: String, for hosts: [String], days: Int = 20) async throws -> String {
        let names = hosts.map {
            $0.contains(":") || $0.allSatisfy { $0.isNumber || $0 == "." } ? "IP:\($0)" : "DNS:\($0)"
        }
        try folder.write("subjectAltName=\(names.joined(separator: ","))\n", to: "\(name).ext")
        try await openssl(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "\(name).key",
            "-out",
            "\(name).csr",
            "-subj",
            "/CN=\(hosts.first ?? name)"
        )
        try await openssl(
            "x509",
            "-req",
            "-in",
            "\(name).csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-days",
            "\(days)",
            "-extfile",
            "\(name).ext",
            "-out",
            "\(name).crt"
        )
        let both = try folder.read("\(name).crt") + folder.read("\(name).key")
        return try folder.write(both, to: "\(name).pem")
    }

    /// Runs openssl in the authority's folder, and waits for it.
    @discardableResult
    package func openssl(_ arguments: String...) async throws -> String {
        let child = try ChildProcess(
            "/usr/bin/openssl",
            arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path],
            in: folder.path,
            log: folder.path("openssl-\(UUID().uuidString)")
        )
        guard try await child.ended() == .code(0) else {
            throw Failed(description: "openssl \(arguments.joined(separator: " ")): \(child.errors)")
        }
        return child.output
    }
}
