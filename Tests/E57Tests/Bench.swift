import DropFolder
import E57
import E57Writing
import Foundation
import Station
import TestSupport

/// A file on the disk, opened anew for each look at it.
struct Bench {
    let folder: TemporaryFolder

    init(_ bytes: [UInt8]) throws {
        folder = try TemporaryFolder()
        try folder.write(bytes, to: "scan.e57")
    }

    init(_ drawn: DrawnE57) throws { try self.init(drawn.bytes().bytes) }

    func open() throws -> E57File { try E57File(RegularFile(at: ItemPath(inbox: folder.path, path: "scan.e57"))) }

    func contents() throws -> E57Contents { try open().contents() }

    /// Why it cannot be read; nil if it can.
    static func refusal(_ bytes: [UInt8]) throws -> E57Error? {
        let bench = try Bench(bytes)
        do { _ = try bench.contents() } catch let error as E57Error { return error }
        return nil
    }

    /// The same for the sample with other XML.
    static func refusal(of edit: @escaping @Sendable (String) -> String) throws -> E57Error? {
        try refusal(edited(edit).bytes().bytes)
    }

    static func edited(_ edit: @escaping @Sendable (String) -> String) -> DrawnE57 {
        var drawn = sample()
        drawn.editXML = edit
        return drawn
    }

    static func edited(_ old: String, _ new: String) -> DrawnE57 { edited { $0.replacing(old, with: new) } }
}
