import CDF
import ConfigFile
import Foundation
import Settings
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

        init(method: String, path: String, remark: String?) {
            self.method = method
            self.path = path
            self.remark = remark
        }

        init(_ request: JSONRequest, remark: String? = nil) {
            method = "POST"
            path = request.path
            body = request.body
            self.remark = remark
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(method, forKey: .method)
            try container.encode(path, forKey: .path)
            if let body { try container.encode(body, forKey: .body) }
            try container.encodeIfPresent(remark, forKey: .remark)
        }
    }

    /// The same bodies that the daemon sends, station by station.
    ///
    /// - Parameters:
    ///   - stations: Those that are not accepted are skipped.
    ///   - configuration: For space and data set; without one, the sandbox's.
    static func json(of stations: [CheckedStation], configuration: Configuration?) throws -> String {
        let model = (configuration?.modelChoice ?? .image360(space: "sandbox")).presumed
        let settings = configuration?.cognite.files ?? FileSettings()
        var dataSetID: Int64?
        var remark: String?
        switch configuration?.cognite.dataSet {
        case .id(let id): dataSetID = id
        case .externalID(let name): remark = "dataSetId is added at run time: the number of data set '\(name)'"
        case nil: break
        }
        var planned: [Planned] = []
        for capture in stations.compactMap(\.capture) {
            let nodes = capture.orderedFaces.compactMap { face, image in
                model.file(face, image, of: capture, dataSetID: dataSetID)
                    .placed(by: settings, site: capture.siteID).node
            }
            if !nodes.isEmpty { planned.append(Planned(.apply(nodes.map(\.asNew), asked: "the nodes of the files"))) }
            for (face, image) in capture.orderedFaces {
                let file = model.file(face, image, of: capture, dataSetID: dataSetID)
                    .placed(by: settings, site: capture.siteID)
                planned.append(Planned(file.creation(), remark: file.takesDataSet ? remark : nil))
                planned.append(
                    Planned(
                        method: "PUT",
                        path: "{uploadUrl}",
                        remark: "the \(image.size) bytes of \(image.fileName), \(file.mimeType)"
                    )
                )
            }
            let files = Face.allCases.map { model.fileReference(capture.ids.file($0)) }
            planned.append(Planned(.fileStatuses(files), remark: "until all six are uploaded"))
            for layer in model.layers(of: [capture]) {
                planned.append(Planned(.apply(layer.nodes.map(\.asNew), asked: layer.title)))
            }
            for wanted in model.collectionModels(of: [capture]) {
                let remark = "once, if the collection has no model yet; its node becomes the collection's model3D"
                planned.append(Planned(.creation(of: wanted), remark: remark))
            }
        }
        return String(decoding: try JSONEncoder.sorted.encode(["requests": planned]), as: UTF8.self)
    }
}
