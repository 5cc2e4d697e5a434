import ConfigFile
import Foundation
import Testing

struct LoadingTests {
    private func words(_ path: String) -> String? {
        do throws(ConfigurationError) {
            _ = try Configuration.load(path: path, environment: [:])
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a file is loaded from its path`() throws {
        try withFolder { folder in
            try Data(Sample.minimal.utf8).write(to: URL(filePath: "\(folder)/c.yaml"))
            let loaded = try Configuration.load(path: "\(folder)/c.yaml", environment: [:])
            #expect(loaded == (try Sample.load(Sample.minimal)))
        }
    }

    @Test func `a file that cannot be a configuration is refused with words`() throws {
        try withFolder { folder in
            let path = "\(folder)/c.yaml"
            #expect(
                words(path) == "\(path): the file could not be read: it does not exist. "
                    + "Give its path with --config, or start with what 'drop360 config --example' prints."
            )
            #expect(words(folder) == "\(folder): the file could not be read: it is a directory.")
            #expect(words("/dev/null") == "/dev/null: the file could not be read: it is not a regular file.")
            try Data([0x7F, 0x45, 0x4C, 0x46, 0, 1]).write(to: URL(filePath: path))
            #expect(words(path) == "\(path): this is not a text file in UTF-8. Is it a configuration file?")
            try Data([0x76, 0xE4]).write(to: URL(filePath: path))
            #expect(words(path) == "\(path): this is not a text file in UTF-8. Is it a configuration file?")
            try Data(repeating: 35, count: 1024 * 1024 + 1).write(to: URL(filePath: path))
            #expect(
                words(path)
                    == "\(path): the file could not be read: it is larger than 1024 KiB. Is it a configuration file?"
            )
            try Data().write(to: URL(filePath: path))
            #expect(
                words(path) == "\(path): the file is empty. 'drop360 config --example' prints a file to start with."
            )
        }
    }

    @Test func `a text that is too large is refused as well`() {
        let text = String(repeating: "#", count: Configuration.sizeLimit + 1)
        #expect(Sample.problems(text).map(\.message) == ["the file is larger than 1024 KiB"])
    }
}
