import Glibc
import Testing

@testable import Inbox

/// Files of the kernel are read to their end, whatever one read gives.
struct KernelFileTests {
    @Test func `a short read is not the end of a file`() {
        var pieces: [[UInt8]] = [Array("one ".utf8), Array("two ".utf8), Array("three".utf8), []]
        let text = KernelFile.text { buffer in
            let piece = pieces.removeFirst()
            buffer.copyBytes(from: piece)
            return piece.count
        }
        #expect(text == "one two three")
        #expect(pieces.isEmpty)
    }

    @Test func `an interrupted read is resumed, and a failed one returns nothing`() {
        var results: [(Int, Int32)] = [(-1, EINTR), (1, 0), (0, 0)]
        func next(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
            let (count, code) = results.removeFirst()
            if count > 0 { buffer[0] = UInt8(ascii: "a") }
            errno = code
            return count
        }
        #expect(KernelFile.text(next) == "a")
        results = [(1, 0), (-1, EIO)]
        #expect(KernelFile.text(next) == nil)
    }

    @Test func `reading a file without an end stops`() {
        var read = 0
        let text = KernelFile.text { buffer in
            read += buffer.count
            return buffer.count
        }
        #expect(text == nil)
        #expect(read <= KernelFile.limit + (64 << 10))
    }

    @Test func `names in any encoding do not damage the rest`() throws {
        var pieces: [[UInt8]] = [[0x61, 0xE4, 0x0A] + Array("rest".utf8), []]
        let text = KernelFile.text { buffer in
            let piece = pieces.removeFirst()
            buffer.copyBytes(from: piece)
            return piece.count
        }
        #expect(text == "a\u{FFFD}\nrest")
    }

    @Test func `a missing file returns nothing`() { #expect(KernelFile.text("/proc/self/no-such-file") == nil) }
}
