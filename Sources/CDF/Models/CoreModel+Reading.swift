import Station

extension CoreModel {
    package var reading: ImageReading {
        ImageReading(
            image: Self.image,
            faces: Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, $0.rawValue) }),
            time: "takenAt",
            collection: "collection360",
            station: "station360",
            stationView: Self.station,
            stationTexts: ["groupType", "name"],
            collectionView: Self.revisionView,
            collectionName: ("name", Self.describableView),
            collectionType: collectionMark.property,
            withoutFace: "the viewer drops it silently",
            withoutPose: "the viewer cannot load it, nor other collections that it loads at the same time",
            mostImages: nil
        )
    }
}
