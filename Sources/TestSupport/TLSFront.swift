import Foundation

/// An HTTPS server on loopback, in Python, that forwards every request to a plain one: a TLS-inspecting proxy, or a host with TLS.
package final class TLSFront: Sendable {
    package let port: Int
    private let child: ChildProcess

    private init(port: Int, child: ChildProcess) {
        self.port = port
        self.child = child
    }

    /// - Parameters:
    ///   - target: The port of the plain server.
    ///   - certificate: A file with certificate and key.
    ///   - newest: The newest version of TLS that it supports: `TLSv1_2`.
    ///   - uploads: The host in upload addresses; empty for the host of the request.
    package static func start(
        in folder: TemporaryFolder,
        target: String,
        certificate: String,
        newest: String = "TLSv1_3",
        uploads: String = ""
    ) async throws -> TLSFront {
        let name = "front-\(UUID().uuidString)"
        try folder.write(script, to: "\(name).py")
        let plain = target.split(separator: ":").last.map(String.init) ?? ""
        let child = try ChildProcess(
            "/usr/bin/env",
            ["python3", "-u", folder.path("\(name).py"), plain, certificate, newest, uploads],
            environment: ProcessInfo.processInfo.environment,
            in: folder.path,
            log: folder.path(name)
        )
        let port = try await eventually("the port of the TLS server: \(child.errors)") { () throws -> Int? in
            if let exit = child.exit { throw NeverCame("the TLS server ended with \(exit): \(child.errors)") }
            return child.output.firstMatch(of: /listening on ([0-9]+)\n/).flatMap { Int($0.1) }
        }
        return TLSFront(port: port, child: child)
    }

    /// Every request received, as `PUT store.test /upload/x`.
    package var requests: [String] {
        child.output.split(separator: "\n").filter { $0.hasPrefix("request ") }.map { String($0.dropFirst(8)) }
    }

    private static let script = #"""
        import http.client, http.server, ssl, sys

        target, certificate, newest, uploads = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                host = self.headers.get("host", "")
                print("request", self.command, host.split(":")[0], self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                plain = http.client.HTTPConnection("127.0.0.1", target, timeout=60)
                plain.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    plain.putheader(name, value)
                plain.endheaders(body)
                answer = plain.getresponse()
                data = answer.read()
                store = (uploads or host.split(":")[0]) + ":" + host.split(":")[-1]
                data = data.replace(("http://" + host).encode(), ("https://" + store).encode())
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                plain.close()

            do_GET = do_POST = do_PUT = do_DELETE = relay

            def log_message(self, *words):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.maximum_version = ssl.TLSVersion[newest]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *words: None
        print("listening on", server.server_address[1])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.serve_forever()

        """#
}
