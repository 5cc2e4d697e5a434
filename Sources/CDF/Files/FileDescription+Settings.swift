package import Station

extension FileDescription {
    /// The same file with what the operator decides about files, as far as it has a place for that.
    ///
    /// A node has one for the directory only: a CogniteFile has neither labels nor security categories, and its `source` is another node.
    ///
    /// - Parameters:
    ///   - settings: For all files.
    ///   - site: The site's id, which names its directory.
    package func placed(by settings: FileSettings, site: String) -> FileDescription {
        let directory = FileEntry.directory(ofSite: site, in: settings.directory)
        switch self {
        case .entry(var entry):
            entry.directory = directory
            entry.source = settings.source
            entry.labels = settings.labels.isEmpty ? nil : settings.labels.map(FileEntry.Label.init)
            entry.securityCategories = settings.securityCategories.isEmpty ? nil : settings.securityCategories
            return .entry(entry)
        case .node(var node, let mimeType):
            for index in node.sources.indices where node.sources[index].properties["directory"] != nil {
                node.sources[index].properties["directory"] = .string(directory)
            }
            return .node(node, mimeType: mimeType)
        }
    }
}
