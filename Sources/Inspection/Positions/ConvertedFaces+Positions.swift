import Foundation
import Glibc

extension ConvertedFaces {
    /// Makes an empty folder, in place of a former one of this name.
    func begin(_ place: String) throws {
        discard(place)
        try FileManager.default.createDirectory(atPath: folder + "/" + place, withIntermediateDirectories: true)
    }

    /// Renames files of one place into another, over former ones.
    func move(_ names: [String], from place: String, to other: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/" + other, withIntermediateDirectories: true)
        for name in names {
            try Self.rename("\(folder)/\(place)/\(name)", to: "\(folder)/\(other)/\(name)")
        }
    }

    func rename(_ name: String, to newName: String, in place: String) throws {
        try Self.rename("\(folder)/\(place)/\(name)", to: "\(folder)/\(place)/\(newName)")
    }

    func remove(_ name: String, in place: String) throws {
        try FileManager.default.removeItem(atPath: "\(folder)/\(place)/\(name)")
    }

    private static func rename(_ path: String, to newPath: String) throws {
        guard Glibc.rename(path, newPath) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: String(cString: strerror(errno))])
        }
    }

    /// A file's bytes.
    func bytes(of name: String, in place: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(place)/\(name)")))
    }
}
