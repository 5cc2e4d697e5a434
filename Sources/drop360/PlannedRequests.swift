import CDF
import ConfigFile
import Foundation
import Station

/// The requests that the daemon would send for accepted stations, as `check --requests` prints them.
enum PlannedRequests {
    private struct Planned: Encodable {
        var method: String
        var path: String
        var body: (any Encodable & Sendable)?
        /// What the body can't show: bytes, or what is only known at run time.
        var remark: String?

        enum CodingKeys: String, CodingKey { case method, path, body, remark }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(method, forKey: .method)
            try container.encode(path, forKey: .path)
            if let body { try container.encode(body, forKey: .body) }
            try container.encodeIfPresent(remark, forKey: .remark)
        }
    }

    private struct ByIDs: Encodable, Sendable {
        struct Item: Encodable, Sendable { var externalId: String }
        var items: [Item]
        var ignoreUnknownIds = true
    }

    /// The same bodies that the daemon sends, station by station.
    ///
    /// - Parameters:
    ///   - stations: Those that are not accepted are skipped.
    ///   - configuration: For space and data set; without one, the sandbox's.
    static func json(of stations: [CheckedStation], configuration: Configuration?) throws -> String {
        let model = LegacyModel(space: configuration?.target.space ?? "sandbox")
        var dataSetID: Int64?
        var remark: String?
        switch configuration?.cognite.dataSet {
        case .id(let id): dataSetID = id
        case .externalID(let name): remark = "dataSetId is added at run time: the number of data set '\(name)'"
        case nil: break
        }
        var planned: [Planned] = []
        for capture in stations.compactMap(\.capture) {
            for (face, image) in capture.orderedFaces {
                let file = LegacyModel.file(face, image, of: capture, dataSetID: dataSetID)
                planned.append(Planned(method: "POST", path: "/files?overwrite=true", body: file, remark: remark))
                planned.append(
                    Planned(
                        method: "PUT",
                        path: "{uploadUrl}",
                        body: nil,
                        remark: "the \(image.size) bytes of \(image.fileName), \(image.format.mimeType)"
                    )
                )
            }
            let ids = ByIDs(items: Face.allCases.map { .init(externalId: capture.ids.file($0)) })
            planned.append(
                Planned(method: "POST", path: "/files/byids", body: ids, remark: "until all six are uploaded")
            )
            planned.append(
                Planned(
                    method: "POST",
                    path: "/models/instances",
                    body: ApplyBody([model.collectionNode(of: capture), model.stationNode(of: capture)]),
                    remark: nil
                )
            )
            planned.append(
                Planned(
                    method: "POST",
                    path: "/models/instances",
                    body: ApplyBody([model.imageNode(of: capture)]),
                    remark: nil
                )
            )
        }
        return String(decoding: try JSONEncoder.sorted.encode(["requests": planned]), as: UTF8.self)
    }
}
