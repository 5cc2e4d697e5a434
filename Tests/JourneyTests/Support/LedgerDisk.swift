import Foundation
import TestSupport

/// What a disk holds of the ledger after a power cut, played from the shim's journal of writes and synchronisations.
///
/// What was written and then synchronised is there. Of what was not, the kernel may have written any page, or none.
struct LedgerDisk {
    /// One file as the disk surely has it, and as the page cache has it.
    private struct File {
        var durable: Data?
        var cached = Data()
    }

    private var files: [String: File] = [:]
    /// Names that were removed without the folder having been synchronised since.
    private var removed: Set<String> = []

    /// Bytes of the ledger's files that were not synchronised.
    private(set) var unsynced = 0
    /// What was done, in order: the operation and the file's name.
    private(set) var operations: [String] = []
    private static let page = 4096

    struct Malformed: Error {}

    /// Plays the journal `record`.
    init(_ record: Data) throws {
        var rest = record[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest = rest[(end + 1)...]
            guard words.count == 4, let offset = Int(words[2]), let length = Int(words[3]) else { throw Malformed() }
            // A kill may have cut the last one short.
            guard rest.count >= length else { return }
            play(String(words[0]), String(words[1]), at: offset, bytes: rest.prefix(length))
            rest = rest.dropFirst(length)
        }
    }

    private mutating func play(_ operation: String, _ name: String, at offset: Int, bytes: Data) {
        operations.append("\(operation) \(name)")
        // A folder synchronises its names.
        if operation == "sync", name == "state" {
            for name in removed { files[name] = nil }
            removed = []
        }
        // The index of the log is no more than memory that is shared.
        guard name.hasPrefix("ledger.sqlite"), !name.hasSuffix("-shm") else { return }
        switch operation {
        case "write":
            if removed.remove(name) != nil { files[name] = nil }
            files[name, default: File()].cached.put(bytes, at: offset)
            unsynced += bytes.count
        case "truncate":
            files[name, default: File()].cached.cut(to: offset)
        case "sync":
            files[name, default: File()].durable = files[name]?.cached ?? Data()
            unsynced = 0
        case "unlink": removed.insert(name)
        default: break
        }
    }

    /// The files as the next start finds them.
    ///
    /// - Parameter chance: Decides about each page that was not synchronised; nil loses all of them.
    func afterPowerCut(_ chance: inout SeededGenerator?) -> [String: Data] {
        var left: [String: Data] = [:]
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            guard var picker = chance else {
                left[name] = file.durable
                continue
            }
            defer { chance = picker }
            if removed.contains(name), Bool.random(using: &picker) { continue }
            guard file.durable != nil || Bool.random(using: &picker) else { continue }
            let old = file.durable ?? Data()
            let length = Bool.random(using: &picker) ? old.count : file.cached.count
            var content = Data()
            for start in stride(from: 0, to: length, by: Self.page) {
                let source = Bool.random(using: &picker) ? old : file.cached
                content.append(source.dropFirst(start).prefix(Self.page))
                content.cut(to: min(start + Self.page, length))
            }
            left[name] = content
        }
        return left
    }
}

extension Data {
    fileprivate mutating func put(_ bytes: Data, at offset: Int) {
        if count < offset + bytes.count { cut(to: offset + bytes.count) }
        replaceSubrange(startIndex + offset..<startIndex + offset + bytes.count, with: bytes)
    }

    /// To so many bytes; zeros where there were fewer.
    fileprivate mutating func cut(to length: Int) {
        if count > length { removeLast(count - length) } else { append(Data(count: length - count)) }
    }
}
