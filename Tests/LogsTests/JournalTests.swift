import Foundation
import Glibc
import Logging
import Logs
import TestSupport
import Testing

struct JournalTests {
    /// A datagram socket in journald's place.
    private final class Journald {
        let folder: TemporaryFolder
        let descriptor: Int32
        var path: String { folder.path("journal") }

        init() throws {
            folder = try TemporaryFolder()
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = folder.path("journal")
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        func receive() -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return Array(buffer.prefix(max(0, count)))
        }
    }

    @Test func `a line arrives as one datagram with a field for each fact`() throws {
        let journald = try Journald()
        let socket = try #require(JournalSocket(path: journald.path))
        let fields = JournalFields(
            .warning,
            message: "station failed reason=\"CDF refused it (x-request-id 4f-2a)\"",
            metadata: ["station.number": "12", "station.path": "a/b", "reason": "x", "weird key=\n": "one\ntwo"]
        )
        #expect(socket.send(fields))
        let text = String(decoding: journald.receive(), as: UTF8.self)
        for line in [
            "PRIORITY=4\n", "SYSLOG_IDENTIFIER=drop360\n", "DROP360_STATION=12\n", "DROP360_STATION_PATH=a/b\n",
            "DROP360_REQUEST_ID=4f-2a\n", "DROP360_REASON=x\n", "MESSAGE=station failed reason=",
        ] {
            #expect(text.contains(line), "\(line) \(text)")
        }
        // A value with a line break cannot smuggle a field in: its length goes before it.
        #expect(text.contains("DROP360_WEIRD_KEY__\n\u{7}\0\0\0\0\0\0\0one\ntwo\n"))
    }

    @Test func `very long values are cut to what a datagram holds`() throws {
        let journald = try Journald()
        let socket = try #require(JournalSocket(path: journald.path))
        let long = String(repeating: "x", count: 100_000)
        let metadata = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key\($0)", long) })
        #expect(socket.send(JournalFields(.error, message: long, metadata: metadata)))
        let received = journald.receive()
        #expect(received.count > 8000 && received.count <= JournalFields.most)
        let text = String(decoding: received, as: UTF8.self)
        for number in 0..<50 { #expect(text.contains("DROP360_KEY\(number)=xxx"), "\(number)") }
        #expect(text.components(separatedBy: "x … (cut)\n").count == 52)
    }

    @Test func `a value is cut between characters, and only where it is too long`() {
        let long = String(repeating: "é", count: 4500)
        let fields = JournalFields(.info, message: "short", metadata: ["a": long, "b": "whole"])
        let values = Dictionary(fields.fields.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(values["MESSAGE"] == "short" && values["DROP360_B"] == "whole")
        let cut = values["DROP360_A"] ?? ""
        #expect(cut.hasSuffix("é … (cut)") && cut.utf8.count <= JournalFields.longest)
        #expect(!cut.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test func `a journalctl that writes a lot of errors is read, and one that never ends is not waited for`()
        async throws
    {
        let folder = try TemporaryFolder()
        let line = "{\\\"__REALTIME_TIMESTAMP\\\":\\\"%s\\\",\\\"MESSAGE\\\":\\\"m%s\\\"}\\n"
        try folder.write(
            "#!/bin/sh\nhead -c 300000 /dev/zero >&2\nprintf \"\(line)\" 2 2 1 1\nhead -c 300000 /dev/zero >&2\n",
            to: "ctl"
        )
        try folder.write("#!/bin/sh\nsleep 1000\n", to: "slow")
        for name in ["ctl", "slow"] { chmod(folder.path(name), 0o755) }
        let lines = try await Journal.lines([], program: folder.path("ctl"))
        #expect(lines.map(\.message) == ["m1", "m2"])
        let error = await #expect(throws: Journal.Unreadable.self) {
            try await Journal.output(of: folder.path("slow"), [], limit: .milliseconds(50))
        }
        #expect(error?.description.contains("did not finish") == true)
    }

    @Test func `without a journald the caller learns that it must write the line elsewhere`() throws {
        let folder = try TemporaryFolder()
        let socket = try #require(JournalSocket(path: folder.path("nobody")))
        #expect(!socket.send(JournalFields(.info, message: "x", metadata: [:])))
    }

    @Test func `what journalctl prints is read, and its controls do nothing`() throws {
        let text = #"{"__REALTIME_TIMESTAMP":"1777629600000000","PRIORITY":"3","MESSAGE":"a\u001b[2Jb"}"#
        let line = try #require(JournalLine(json: Data(text.utf8)))
        #expect(line.at == Date(timeIntervalSince1970: 1_777_629_600) && line.priority == 3)
        #expect(line.message == #"a\u{1b}[2Jb"#)
        let bytes = #"{"__REALTIME_TIMESTAMP":"1777629600000000","MESSAGE":[104,105,255]}"#
        #expect(JournalLine(json: Data(bytes.utf8))?.message.hasPrefix("hi") == true)
        #expect(JournalLine(json: Data("-- no entries --".utf8)) == nil)
    }

    @Test func `the journal is read without a shell, and a failure says why`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.arguments\"; echo '{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"m\"}'\n",
            to: "ctl"
        )
        chmod(folder.path("ctl"), 0o755)
        let lines = try await Journal.lines(
            Journal.arguments(number: 3, path: "a; touch x", most: 10),
            program: folder.path("ctl")
        )
        #expect(lines.map(\.message) == ["m"])
        let arguments = String(decoding: try folder.read("ctl.arguments"), as: UTF8.self).split(separator: "\n")
        #expect(arguments.contains("DROP360_STATION=a; touch x") && arguments.contains("DROP360_STATION=3"))
        await #expect(throws: Journal.Unreadable.self) {
            try await Journal.lines([], program: folder.path("missing"))
        }
        await #expect(throws: Journal.Unreadable.self) { try await Journal.lines([], program: "/bin/false") }
    }
}
