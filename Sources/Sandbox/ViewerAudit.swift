/// What the viewer makes of the contents, after its own source and what was seen of it (contract A.3 and B.2).
extension Audit {
    /// How many images of a legacy collection the viewer loads.
    static let legacyImageLimit = 10_000

    private static let poseProperties = ["translation", "eulerRotation"].flatMap { name in
        ["X", "Y", "Z"].map { name + $0 }
    }

    /// Everything that the viewer would not show, or not show right, one sentence each.
    ///
    /// Files and relations that lead nowhere are in ``danglingFiles`` and ``danglingRelations``.
    var viewerProblems: [String] {
        let byCollection = Dictionary(grouping: images, by: collection(of:))
        var problems = images.flatMap { incomplete($0) }
        for (id, members) in byCollection {
            guard let id else {
                problems += members.map { "image \($0.id.externalID) is in no collection" }
                continue
            }
            guard let node = state.instances[id] else { continue }
            let legacy = members.filter { $0.values[.legacyImage] != nil }.count
            if legacy > Self.legacyImageLimit {
                problems.append("collection \(id.externalID) has \(legacy) images; the viewer drops some silently")
            }
            if legacy < members.count, node.values[.revision3D]?["type"] != "Image360" {
                problems.append("collection \(id.externalID) is not of type Image360; the viewer does not find it")
            }
        }
        let nameless = stations.filter { $0.values[.group3D] != nil && $0.values[.cogniteDescribable]?["name"] == nil }
        problems += nameless.map { "station \($0.id.externalID) has no name; its images have no label" }
        return problems.sorted()
    }

    private func incomplete(_ image: Instance) -> [String] {
        let isLegacy = image.values[.legacyImage] != nil
        let faces = isLegacy ? image.values[.legacyImage] : image.values[.cubeMap]
        let pose = isLegacy ? image.values[.legacyImage] : image.values[.transformation3D]
        let name = image.id.externalID
        let missingFaces = (isLegacy ? Self.legacyFaces : Self.coreFaces).filter { faces?[$0] == nil }
        let missingNumbers = Self.poseProperties.filter { pose?[$0]?.number == nil }
        var problems: [String] = []
        if !missingFaces.isEmpty {
            let outcome = isLegacy ? "the whole collection does not load" : "the viewer drops it silently"
            problems.append("image \(name) lacks \(missingFaces.joined(separator: ", ")); \(outcome)")
        }
        if !missingNumbers.isEmpty {
            let outcome =
                isLegacy
                ? "its icon is nowhere" : "as the first of its station it keeps up to 50 collections from loading"
            problems.append("image \(name) lacks \(missingNumbers.joined(separator: ", ")); \(outcome)")
        }
        return problems
    }
}
