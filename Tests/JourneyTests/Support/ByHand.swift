import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// Writes a collection into a site's sandbox with raw requests, under ids of its own, as a script with the SDK would.
struct ByHand: Sendable {
    let site: Site
    /// `image360` or `core`.
    let model: String

    private var isCore: Bool { model == "core" }

    @discardableResult
    private func send(_ method: String, _ url: String, _ body: Data, type: String = "application/json") async throws
        -> Facts
    {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.httpBody = body
        request.setValue("Bearer sandbox", forHTTPHeaderField: "authorization")
        request.setValue(type, forHTTPHeaderField: "content-type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        try #require((200..<300).contains(status), "\(url) → \(status): \(String(decoding: data, as: UTF8.self))")
        return try Facts.parse(data)
    }

    private func post(_ path: String, _ body: [String: Any]) async throws -> Facts {
        try await send(
            "POST",
            "\(site.sandbox.url)/api/v1/projects/sandbox\(path)",
            try JSONSerialization.data(withJSONObject: body)
        )
    }

    private func node(_ id: String, _ view: String, _ properties: [String: Any]) async throws {
        let space = isCore ? "cdf_cdm" : "cdf_360_image_schema"
        let source = ["type": "view", "space": space, "externalId": view, "version": "v1"]
        try await write(id, [["source": source, "properties": properties]])
    }

    private func write(_ id: String, _ sources: [[String: Any]]) async throws {
        let item: [String: Any] = ["instanceType": "node", "space": "sandbox", "externalId": id, "sources": sources]
        _ = try await post("/models/instances", ["items": [item], "autoCreateDirectRelations": true])
    }

    /// A file, with these bytes if they are given.
    func file(_ id: String, _ bytes: Data?) async throws {
        let url: String?
        if isCore {
            try await node(id, "CogniteFile", ["name": id, "mimeType": "image/jpeg"])
            guard bytes != nil else { return }
            let reference = ["space": "sandbox", "externalId": id]
            url = try await post("/files/uploadlink", ["items": [["instanceId": reference]]])["items"].list.first?[
                "uploadUrl"
            ]
            .text
        } else {
            url = try await post("/files", ["externalId": id, "name": id, "mimeType": "image/jpeg"])["uploadUrl"].text
        }
        guard let bytes else { return }
        try await send("PUT", try #require(url), bytes, type: "image/jpeg")
    }

    /// The six files of a folder, `{name}_front` to `{name}_bottom`.
    func files(_ name: String, of folder: String) async throws {
        for face in Self.faces {
            try await file("\(name)_\(face)", FileManager.default.contents(atPath: "\(folder)/\(face).jpg"))
        }
    }

    /// - Parameter type: What the core model calls it; nil for no type at all.
    func collection(_ id: String, type: String? = "Image360") async throws {
        guard isCore else { return try await node(id, "Image360Collection", ["label": id]) }
        let container = ["type": "container", "space": "cdf_cdm_3d", "externalId": "Cognite3DRevision"]
        var properties: [String: Any] = ["status": "Done", "published": true]
        if let type { properties["type"] = type }
        try await write(id, [["source": container, "properties": properties]])
    }

    func station(_ id: String) async throws {
        if isCore {
            try await node(id, "Cognite360ImageStation", ["name": id, "groupType": "Station360"])
        } else {
            try await node(id, "Station360", ["label": id])
        }
    }

    static let faces = ["front", "back", "left", "right", "top", "bottom"]

    /// An image of collection `hand`.
    ///
    /// - Parameters:
    ///   - id: Its external id.
    ///   - station: Nil for none.
    ///   - files: The name of its files.
    ///   - pose: The six numbers, translation first.
    ///   - without: Properties that are left out, by their legacy names.
    ///   - face: The file of the top face, if it is another one.
    func image(
        _ id: String,
        at station: String?,
        files: String,
        pose: [Double],
        without: Set<String> = [],
        top face: String? = nil
    ) async throws {
        func reference(_ id: String) -> [String: String] { ["space": "sandbox", "externalId": id] }
        var properties: [String: Any] = ["collection360": reference("hand")]
        properties[isCore ? "takenAt" : "timeTaken"] = "2026-05-01T10:00:00.000+00:00"
        let names = [
            "translationX", "translationY", "translationZ", "eulerRotationX", "eulerRotationY", "eulerRotationZ",
        ]
        for (name, number) in zip(names, pose) where !without.contains(name) { properties[name] = number }
        for name in ["scaleX", "scaleY", "scaleZ"] { properties[name] = 1.0 }
        if let station { properties[isCore ? "station360" : "station"] = reference(station) }
        for name in Self.faces where !without.contains(name) {
            let file = name == "top" ? face ?? "\(files)_top" : "\(files)_\(name)"
            if isCore { properties[name] = reference(file) } else { properties["cubeMap" + name.capitalized] = file }
        }
        try await node(id, isCore ? "Cognite360Image" : "Image360", properties)
    }
}
