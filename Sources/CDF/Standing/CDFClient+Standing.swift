import Station

extension CDFClient {
    /// The most pages of images that are read: ten times what the viewer loads of a legacy collection.
    private static let mostPages = 100

    /// Reads a collection with everything that its images point at; changes nothing.
    ///
    /// - Parameters:
    ///   - collection: Its node.
    ///   - reading: The model's.
    ///   - progress: Called with words for an operator, now and then.
    package func standing(
        _ collection: NodeReference,
        _ reading: ImageReading,
        progress: (String) -> Void
    ) async throws(CDFError) -> StandingCollection {
        let asked = "collection \(printable(collection.externalId))"
        let own = try await nodes([collection], with: reading.collectionView, asked: asked)
        let hasData = own.contains { !$0.values(in: reading.collectionView).isEmpty }
        let exists = if hasData { true } else { try await !existing([collection], asked: asked).isEmpty }
        var standing = StandingCollection(
            state: hasData ? .present : exists ? .withoutData : .absent,
            images: try await images(of: collection, reading, progress: progress),
            stations: [:],
            files: [:]
        )
        if hasData {
            if let type = reading.collectionType {
                let value = own.first?.values(in: reading.collectionView)[type.name]?.text ?? ""
                if value != type.value { standing.otherType = value }
            }
            let view = reading.collectionName.view
            let named = try await nodes([collection], with: view, asked: asked)
            standing.name = named.first?.values(in: view)[reading.collectionName.property]?.text ?? ""
        }
        for part in Set(standing.images.compactMap(\.station)).split(by: Self.nodesPerCall) {
            for found in try await nodes(part, with: reading.stationView, asked: "the stations of \(asked)") {
                let values = found.values(in: reading.stationView)
                standing.stations[found.reference] = reading.stationTexts.filter { (values[$0]?.text ?? "").isEmpty }
            }
        }
        let files = Set(standing.images.flatMap(\.files.values))
        for part in files.split(by: Self.nodesPerCall) {
            standing.files.merge(try await fileStatuses(part)) { first, _ in first }
            progress("\(standing.files.count) of \(files.count) files read")
        }
        return standing
    }

    private func images(
        of collection: NodeReference,
        _ reading: ImageReading,
        progress: (String) -> Void
    ) async throws(CDFError) -> [StandingImage] {
        struct Body: Encodable, Sendable {
            struct Source: Encodable, Sendable { var source: ViewReference }
            struct Equals: Encodable, Sendable {
                var property: [String]
                var value: NodeReference
            }
            struct Filter: Encodable, Sendable { var equals: Equals }
            var instanceType = "node"
            var sources: [Source]
            var filter: Filter
            var limit = CDFClient.nodesPerCall
            var cursor: String?
        }
        struct Page: Decodable, Sendable {
            var items: [FoundNode]
            var nextCursor: String?
        }
        let view = reading.image
        let asked = "the images of collection \(printable(collection.externalId))"
        let property = [view.space, "\(view.externalId)/\(view.version)", reading.collection]
        var body = Body(
            sources: [.init(source: view)],
            filter: .init(equals: .init(property: property, value: collection))
        )
        var images: [StandingImage] = []
        for _ in 0..<Self.mostPages {
            let page: Page = try await post(JSONRequest("/models/instances/list", body, asked: asked, .idempotent))
            images += page.items.compactMap { StandingImage($0, reading) }
            progress("\(images.count) images read")
            guard let next = page.nextCursor, !next.isEmpty else { return images }
            guard next != body.cursor else { break }
            body.cursor = next
        }
        throw .unexpectedAnswer(asked: asked, detail: "the list has no end", requestID: nil)
    }
}

extension Collection {
    /// The elements in arrays of at most `count`.
    fileprivate func split(by count: Int) -> [[Element]] {
        let all = Array(self)
        return stride(from: 0, to: all.count, by: count).map { Array(all[$0..<Swift.min($0 + count, all.count)]) }
    }
}
