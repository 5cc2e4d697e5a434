import ConfigFile
import Station
import Testing

/// The section `cognite.files`.
struct FileSettingsTests {
    private static func text(_ files: String) -> String {
        Sample.minimal.replacing("  project: plant\n", with: "  project: plant\n  files: \(files)\n")
    }

    @Test func `without the section, files get what they always got`() throws {
        #expect(try Sample.load(Sample.minimal).cognite.files == FileSettings())
    }

    @Test func `all of it is read, and printed again`() throws {
        let files = "{labels: [panorama, site-a], security-categories: [123], source: rig 4, directory: /plant/360/}"
        let loaded = try Sample.load(Self.text(files))
        var expected = FileSettings()
        expected.labels = ["panorama", "site-a"]
        expected.securityCategories = [123]
        expected.source = "rig 4"
        expected.directory = "/plant/360"
        #expect(loaded.cognite.files == expected)
    }

    private static var eleven: String { (1...11).map(String.init).joined(separator: ", ") }
    private static var manyCategories: String { (1...101).map(String.init).joined(separator: ", ") }

    @Test(arguments: [
        ("{labels: [\(eleven)]}", "cognite.files.labels: has more than 10 entries; CDF takes no more"),
        ("{labels: [a, b, a]}", "cognite.files.labels: names something twice"),
        (
            "{security-categories: [\(manyCategories)]}",
            "cognite.files.security-categories: has more than 100 entries; CDF takes no more"
        ),
        ("{security-categories: [secret]}", "'secret' is not a positive whole number"),
        ("{security-categories: [-1]}", "'-1' is not a positive whole number"),
        ("{source: \(String(repeating: "s", count: 129))}", "cognite.files.source: is longer than 128 bytes"),
        ("{directory: plant}", "cognite.files.directory: 'plant' is not an absolute path"),
        ("{directory: /a/../b}", "cognite.files.directory: '/a/../b' contains '..'"),
        ("{directory: /\(String(repeating: "d", count: 100))}", "cognite.files.directory: is longer than 100 bytes"),
        ("{label: [a]}", "cognite.files.label: unknown key. Did you mean 'labels'?"),
    ])
    func `what CDF would refuse is refused at once`(files: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Sample.load(Self.text(files)) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(words))
    }
}
