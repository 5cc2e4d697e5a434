import Crypto
import Foundation

extension SandboxStore {
    /// What the extraction leaves in the instance space and in the file service: one collection with one image of six grey faces.
    ///
    /// The sandbox reads no scan, so the picture and its place are made up. Ids and labels of the real service are not public either; that
    /// the files inherit the data set of the model or of the source file is (contract E).
    func pretendedImages(
        of revision: Int64,
        _ record: Record,
        from source: FileEntry?,
        in space: String,
        now: Int64
    ) throws -> [Change] {
        let root = "e57_\(revision)"
        let model = state.records[.model]?[record.members["modelId"]?.text ?? ""]
        let dataSet = model?.members["dataSetId"] ?? source?.members["dataSetId"]
        let label = JSON.string(source?.name ?? root)
        let (collection, station) = (root, "\(root)_0")
        var image: [String: JSON] = [
            "label": label, "collection360": .reference(space, collection), "station": .reference(space, station),
        ]
        for axis in ["X", "Y", "Z"] {
            (image["translation\(axis)"], image["eulerRotation\(axis)"], image["scale\(axis)"]) = (0.0, 0.0, 1.0)
        }
        var changes: [Change] = []
        for (number, face) in Schema.faces.enumerated() {
            let name = "\(station)_\(face.lowercased())"
            let content = try stored(FlatJPEG.square(grey: UInt8(40 + 30 * number)))
            image["cubeMap\(face)"] = .string(name)
            changes.append(.file(file(name, content, dataSet: dataSet, now: now)))
        }
        return changes + [
            .instance(node(collection, in: space, [.legacyCollection: ["label": label]], now: now)),
            .instance(node(station, in: space, [.legacyStation: ["label": label]], now: now)),
            .instance(node("\(station)_image", in: space, [.legacyImage: image], now: now)),
        ]
    }

    private func node(
        _ externalID: String,
        in space: String,
        _ values: [ContainerID: [String: JSON]],
        now: Int64
    ) -> Instance {
        var node = Instance(
            id: InstanceID(space: space, externalID: externalID),
            sequence: nextNumber(),
            createdTime: now,
            lastUpdatedTime: now
        )
        node.values = values
        return node
    }

    private func file(_ name: String, _ content: FileEntry.Content, dataSet: JSON?, now: Int64) -> FileEntry {
        var file = FileEntry(
            id: nextNumber(),
            name: "\(name).jpg",
            externalID: name,
            createdTime: now,
            lastUpdatedTime: now
        )
        file.members["mimeType"] = "image/jpeg"
        file.members["dataSetId"] = dataSet
        (file.content, file.uploadedTime) = (content, now)
        return file
    }

    /// Stores a few bytes as the contents of a file.
    private func stored(_ bytes: [UInt8]) throws -> FileEntry.Content {
        let name = UUID().uuidString
        try Data(bytes).write(to: blobs.appending(path: name))
        return FileEntry.Content(
            blob: name,
            size: Int64(bytes.count),
            sha256: SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
            md5: Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()
        )
    }
}

/// A JPEG of a single grey.
enum FlatJPEG {
    /// 64 by 64 pixels, baseline, one component.
    static func square(grey: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        // All steps are 8, so that the first coefficient is the grey itself, less 128.
        bytes += [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 8, count: 64)
        bytes += [0xFF, 0xC0, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0]
        // First coefficients: twelve codes of four bits, one for each length.
        bytes += [0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12] + [UInt8](repeating: 0, count: 12) + Array(0..<12)
        // The others: none of them differs from zero, which is one bit.
        bytes += [0xFF, 0xC4, 0, 20, 0x10, 1] + [UInt8](repeating: 0, count: 15) + [0]
        bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
        var bits = ""
        let value = Int(grey) - 128
        let length = String(abs(value), radix: 2).count
        let size = value == 0 ? 0 : length
        bits += padded(size, to: 4)
        // A negative value is written as one less, without its sign.
        if size > 0 { bits += padded(value < 0 ? value + (1 << size) - 1 : value, to: size) }
        bits += "0"
        // Each of the other 63 blocks equals the one before it.
        bits += String(repeating: "00000", count: 63)
        bits += String(repeating: "1", count: (8 - bits.count % 8) % 8)
        var rest = Substring(bits)
        while !rest.isEmpty {
            let byte = UInt8(rest.prefix(8), radix: 2) ?? 0
            bytes += byte == 0xFF ? [byte, 0] : [byte]
            rest = rest.dropFirst(8)
        }
        return bytes + [0xFF, 0xD9]
    }

    private static func padded(_ value: Int, to count: Int) -> String {
        let digits = String(value, radix: 2)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
