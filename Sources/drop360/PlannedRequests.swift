import CDF
import ConfigFile
import Foundation
import Ledger
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
    ///   - ledger: Knows the model that is delivered by, and what things are called in CDF; nil if nothing has been delivered.
    static func json(
        of stations: [CheckedStation],
        configuration: Configuration?,
        ledger: ItemLedger?
    ) async throws -> String {
        let choice = configuration?.modelChoice ?? .image360(space: "sandbox")
        let model = try choice.after(delivered: try await ledger?.deliveredModel()).presumed
        let settings = configuration?.cognite.files ?? FileSettings()
        var dataSetID: Int64?
        var remark: String?
        switch configuration?.cognite.dataSet {
        case .id(let id): dataSetID = id
        case .externalID(let name): remark = "dataSetId is added at run time: the number of data set '\(name)'"
        case nil: break
        }
        var planned: [Planned] = []
        for template in stations.compactMap(\.capture) {
            let capture = try await ledger?.withStandingIDs(template) ?? template
            let isKnown = try await ledger?.hasDelivered(capture.ids.image) ?? false
            let files = capture.orderedFaces.map { face, image in
                let file = model.file(face, image, of: capture, dataSetID: dataSetID)
                return (file.placed(by: settings, site: capture.siteID), image)
            }
            planned += upload(of: files, isKnown: isKnown, remark: remark)
            planned.append(
                Planned(.fileStatuses(files.map { $0.0.reference }), remark: "until all six are uploaded")
            )
            for layer in model.layers(of: [capture]) {
                planned.append(Planned(.apply(layer.nodes.map(\.asNew), asked: layer.title), remark: Self.asNew))
            }
            for wanted in model.collectionModels(of: [capture]) { planned += creation(of: wanted, in: model) }
        }
        return String(decoding: try JSONEncoder.sorted.encode(["requests": planned]), as: UTF8.self)
    }

    private static let asNew =
        "existingVersion is 0 as long as drop360 has not seen the node: if CDF has it, and it is of the same kind, it is written again without"

    /// What is sent about the files of one image, and their bytes.
    private static func upload(
        of files: [(FileDescription, FaceImage)],
        isKnown: Bool,
        remark: String?
    ) -> [Planned] {
        let nodes = files.compactMap(\.0.node)
        var planned: [Planned] = []
        if !nodes.isEmpty {
            planned.append(Planned(.apply(nodes.map(\.asNew), asked: "the nodes of the files"), remark: asNew))
        }
        for (file, image) in files {
            planned.append(Planned(file.creation(takesOver: isKnown), remark: file.takesDataSet ? remark : nil))
            planned.append(
                Planned(
                    method: "PUT",
                    path: "{uploadUrl}",
                    remark:
                        "the \(image.size) bytes of \(image.fileName), \(file.mimeType), to the address in the answer before"
                )
            )
        }
        return planned
    }

    /// A collection's 3D model, and how the collection gets it.
    private static func creation(of wanted: CollectionModel, in model: any WireModel) -> [Planned] {
        let remark = "once, if the collection has no model yet"
        var planned = [Planned(.creation(of: wanted), remark: remark)]
        if let relation = model.relation(of: wanted.collection, toModel: 0) {
            let remark = "\(CollectionModel.nodeID(0)) stands for the model's node: its number is in the answer before"
            planned.append(Planned(.apply([relation], asked: "the collection's model"), remark: remark))
        }
        return planned
    }
}
