import Station

extension FileSettings {
    /// CDF's limits (contract C).
    private static let mostLabels = 10
    private static let mostCategories = 100
    /// The rest of CDF's 512 characters is for the site.
    private static let longestDirectory = 100

    static var keys: Keys<Self> {
        Keys(
            home: "'cognite.files'",
            blank: Self(),
            keys: [
                Key("labels", \.labels, .texts(.text(limit: 255)))
                    .commentedOut("external ids of labels that exist", as: "[panorama]"),
                Key(
                    "security-categories",
                    \.securityCategories,
                    .list(of: .internalID, blank: 0, whenEmpty: "Give one, or delete the key.")
                )
                .commentedOut("numbers of security categories", as: "[123]"),
                Key("source", \.source, .text(limit: 128)).commentedOut("where the files come from"),
                Key("directory", \.directory, .absolutePath)
                    .commentedOut("each site's files get a directory of their own below it"),
            ],
            check: checkLimits
        )
    }

    private static func checkLimits(_ section: Section, _ files: inout Self) {
        checkList(files.labels, most: mostLabels, "labels", section)
        checkList(files.securityCategories, most: mostCategories, "security-categories", section)
        if section.isReadable("directory"), files.directory.utf8.count > longestDirectory {
            section.report("is longer than \(longestDirectory) bytes", key: "directory")
        }
    }

    private static func checkList<Item: Hashable>(_ items: [Item], most: Int, _ key: String, _ section: Section) {
        guard section.isReadable(key) else { return }
        if items.count > most { section.report("has more than \(most) entries; CDF takes no more", key: key) }
        if Set(items).count < items.count { section.report("names something twice", key: key) }
    }
}
