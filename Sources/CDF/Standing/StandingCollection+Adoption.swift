import Station

extension StandingCollection {
    /// Why drop360 could not correct this image if it adopted it; nil if it could.
    ///
    /// - Parameters:
    ///   - number: The image's position among the collection's.
    ///   - users: ``fileUsers``.
    ///   - space: Where drop360 writes.
    package func hindrance(toImage number: Int, _ users: FileUsers, in space: String) -> String? {
        if let type = otherType {
            return "Its collection is not one of 360° images (\(type.isEmpty ? "it has no type" : printable(type)))."
        }
        let image = images[number]
        guard state == .present else { return "Its collection does not exist, or has no data." }
        guard image.pose != nil, image.files.count == Face.allCases.count, let station = image.station else {
            return "It is incomplete, as said below."
        }
        guard stations[station] != nil, image.files.values.allSatisfy({ files[$0]?.uploaded == true }) else {
            return "It is incomplete, as said below."
        }
        guard Set(image.files.values).count == Face.allCases.count else { return "Two of its faces share one file." }
        if let other = users.firstSharer(with: image, at: number) {
            return "It shares files with image '\(printable(images[other].node.externalId))'."
        }
        var spaces = [image.node.space, image.collection.space, station.space]
        for case .node(let node) in image.files.values { spaces.append(node.space) }
        guard let other = spaces.first(where: { $0 != space }) else { return nil }
        return
            "It is in space '\(printable(other))', and drop360 writes to '\(space)': adopt it with that `target.space`."
    }
}
