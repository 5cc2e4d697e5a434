import Foundation
import Station

extension LegacyModel {
    package var reading: ImageReading {
        ImageReading(
            image: Self.image,
            faces: Dictionary(uniqueKeysWithValues: Face.allCases.map { ($0, "cubeMap" + $0.rawValue.capitalized) }),
            time: "timeTaken",
            collection: "collection360",
            station: "station",
            stationView: Self.station,
            stationTexts: [],
            collectionView: Self.collection,
            collectionName: ("label", Self.collection),
            withoutFace: "the viewer cannot load the whole collection",
            withoutPose: "the viewer shows it nowhere",
            mostImages: 10_000
        )
    }
}
