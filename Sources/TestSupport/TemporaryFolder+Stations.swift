import DropFolder
import Foundation
package import Station

// Stations of a few bytes, for tests that look at folders and not into pictures.
extension TemporaryFolder {
    package static let stationFiles = [
        "front.jpg", "back.jpg", "left.jpg", "right.jpg", "top.jpg", "bottom.jpg", "pose.json",
    ]

    /// Makes a station's folder and copies its seven files into it, one by one.
    package func copy(_ name: String) throws {
        try makeFolder(name)
        for file in Self.stationFiles { try write("some bytes of \(file)", to: name + "/" + file) }
    }

    /// Makes a complete station appear at once, so that no busy machine shows half of it.
    package func drop(_ name: String) throws {
        let workshop = try TemporaryFolder()
        try workshop.copy("station")
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        try FileManager.default.moveItem(atPath: workshop.path("station"), toPath: path(name))
    }

    package func item(_ path: String) -> ItemPath { ItemPath(inbox: self.path, path: path) }

    package func stamp(of name: String) throws -> Stamp {
        try FolderSnapshot.take(inbox: path, path: name, ignoring: IgnoreRules()).stamp
    }
}
