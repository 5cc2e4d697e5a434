/// The non-blank lines of a text, with any line break: line feed, carriage return (Excel for Mac), both, or Unicode's.
struct PoseLines {
    /// The maximum length of a line in bytes; only files of another kind or hostile ones exceed it.
    static let limit = 16_384

    private let bytes: [UInt8]
    private var next = 0
    /// The number of the last line read, from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether the text ends in the middle of a line.
    var isOpen: Bool {
        guard let last = bytes.last else { return false }
        return last != 0x0A && last != 0x0D && !bytes.suffix(2).elementsEqual([0xC2, 0x85])
            && !bytes.suffix(3).elementsEqual([0xE2, 0x80, 0xA8]) && !bytes.suffix(3).elementsEqual([0xE2, 0x80, 0xA9])
    }

    /// The next line that is not blank; nil at the end.
    mutating func line(_ stop: StopSignal) throws(TableFailure) -> String? {
        while next < bytes.count {
            let start = next
            var isBlank = true
            var length = 0
            while next < bytes.count {
                length = endLength(at: next)
                if length > 0 { break }
                if bytes[next] != 0x20, bytes[next] != 0x09 { isBlank = false }
                next += 1
            }
            let end = next
            next += length
            number += 1
            if number % 4096 == 0 { do throws(Interruption) { try stop.check() } catch { throw .interrupted(error) } }
            if isBlank { continue }
            guard end - start <= Self.limit else {
                throw .refused(
                    PoseListRefusal(
                        message: "has a line of more than \(Self.limit) bytes (line \(number)): is it a pose list?"
                    )
                )
            }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        return nil
    }

    /// The length of a line break here; 0 if there is none.
    private func endLength(at index: Int) -> Int {
        switch bytes[index] {
        case 0x0A: return 1
        case 0x0D: return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
        case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
            return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
        default: return 0
        }
    }
}
