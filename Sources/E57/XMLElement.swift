import Foundation
import Station

/// An element below an entry of `images2D` or `data3D`.
struct XMLElement {
    var name: String
    /// `type`, `fileOffset`, `length`, `scale` and `offset`.
    var attributes: [String: String] = [:]
    /// UTF-8, as it came in pieces.
    var text: [UInt8] = []
    var children: [XMLElement] = []

    init(_ name: String) { self.name = name }

    /// - Throws: If there are two of this name.
    func child(_ name: String) throws(E57Error) -> XMLElement? {
        let found = children.filter { $0.name == name }
        guard found.count <= 1 else { throw Self.wrong("has \(found.count) elements `\(name)`") }
        return found.first
    }

    /// The trimmed text of a child; nil if it is missing or empty.
    func string(_ name: String) throws(E57Error) -> String? {
        guard let child = try child(name) else { return nil }
        let text = child.trimmed
        return text.isEmpty ? nil : text
    }

    /// The value of a number that may be missing; no text is 0.
    func optionalNumber(_ name: String) throws(E57Error) -> Double? {
        guard let child = try child(name) else { return nil }
        let text = child.trimmed
        guard child.children.isEmpty, var value = Self.number(text.isEmpty ? "0" : text) else {
            throw Self.wrong("has `\(name)` \"\(printable(text, limit: 40))\", which is not a number")
        }
        if child.attributes["type"] == "ScaledInteger" {
            guard let scale = Self.number(child.attributes["scale"] ?? "1"),
                let offset = Self.number(child.attributes["offset"] ?? "0")
            else { throw Self.wrong("has an invalid scale of `\(name)`") }
            value = value * scale + offset
        }
        guard value.isFinite else { throw Self.wrong("has `\(name)` beyond all numbers") }
        return value
    }

    func number(_ name: String) throws(E57Error) -> Double {
        guard let value = try optionalNumber(name) else { throw Self.wrong("lacks `\(name)`") }
        return value
    }

    func positive(_ name: String) throws(E57Error) -> Double {
        let value = try number(name)
        guard value > 0 else { throw Self.wrong("has `\(name)` \(value), which must be above 0") }
        return value
    }

    private static let mostPixels = 1_000_000

    /// Pixels.
    func pixels(_ name: String) throws(E57Error) -> Int {
        let value = try number(name)
        guard value <= Double(Self.mostPixels) else {
            throw Self.wrong("has `\(name)` \(value), which is more than a picture can have")
        }
        guard let pixels = Int(exactly: value), pixels > 0 else {
            throw Self.wrong("has `\(name)` \(value), which must be a whole number above 0")
        }
        return pixels
    }

    func blob(_ name: String, in header: E57Header) throws(E57Error) -> E57Blob? {
        guard let child = try child(name) else { return nil }
        guard let offset = child.attributes["fileOffset"].flatMap({ UInt64($0) }),
            let length = child.attributes["length"].flatMap({ UInt64($0) })
        else { throw Self.wrong("does not say where its `\(name)` is") }
        let blob = E57Blob(fileOffset: offset, length: length)
        _ = try header.section(of: blob)
        return blob
    }

    private var trimmed: String {
        String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Decimal, as XML has it: Swift would also take `0x1p3` and `nan`.
    private static func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(text)
    }

    /// - Parameter words: Goes on after `It`.
    static func wrong(_ words: String) -> E57Error { E57Error(.damaged, "It \(words). Export the file again.") }
}
