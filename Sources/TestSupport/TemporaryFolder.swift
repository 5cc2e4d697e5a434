package import Foundation

/// A folder for one test, removed with all its contents when the last reference is gone.
///
/// Keep it in a `let` for as long as the test uses its path.
package final class TemporaryFolder: Sendable {
    /// Absolute, without links in it.
    package let path: String

    package init() throws {
        let name = "drop360-test-" + UUID().uuidString.prefix(8)
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        path = root.appendingPathComponent(name, isDirectory: true).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    // A leftover in the temporary folder fails no test, and a deinit cannot throw.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The absolute path of `name`, which may have slashes.
    package func path(_ name: String) -> String { path + "/" + name }

    /// Creates the folder `name`, with its parents, and returns its absolute path.
    @discardableResult
    package func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        return path(name)
    }

    /// Writes a file in place, as `cp` does, and returns its absolute path.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes a text file in place, as `cp` does, and returns its absolute path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String { try write(text.utf8, to: name) }

    package func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    package func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// The names directly inside `folder` (the folder itself by default), sorted.
    package func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? path : path(folder)).sorted()
    }

    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    /// Renames within the folder, as `mv` does.
    package func move(_ name: String, to newName: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: path(newName))
    }
}
