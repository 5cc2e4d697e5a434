import Foundation
package import Inspection
package import Station

/// Writes small stations for tests: six faces whose seams match, and a sidecar.
///
/// The faces are drawn and encoded once per process; a comment in the file makes the bytes of each seed different, so
/// that hundreds of different stations take no time.
package struct StationMaker: Sendable {
    /// Pixels along one edge.
    package var edge: Int
    /// JPEG quality, 1…100.
    package var quality: Int
    /// Whether JPEGs are stored in several scans.
    package var progressive = false

    package init(edge: Int = 512, quality: Int = 85) {
        self.edge = edge
        self.quality = quality
    }

    /// How the six files are named, before the dot.
    package enum Naming: Sendable, Equatable {
        /// `front`
        case words
        /// `f`, with `b` for back and `d` for bottom.
        case letters
        /// This text, then the word: `scan_012_front` for `scan_012_`.
        case prefixed(String)

        package func stem(of face: Face) -> String {
            switch self {
            case .words: return face.rawValue
            case .prefixed(let prefix): return prefix + face.rawValue
            case .letters:
                switch face {
                case .front: return "f"
                case .back: return "b"
                case .left: return "l"
                case .right: return "r"
                case .top: return "u"
                case .bottom: return "d"
                }
            }
        }
    }

    /// The contents of the sidecar.
    package enum Sidecar: Sendable, Equatable {
        /// ``StationMaker/sidecar(siteID:stationID:translation:rotation:time:extra:)`` of the other options.
        case standard
        /// This text.
        case text(String)
        /// No file.
        case none
    }

    /// How one station is made.
    package struct Options: Sendable {
        /// Stations with different seeds differ in all six files.
        package var seed: Int
        /// Without the dot; `png` in any case writes PNG, everything else JPEG.
        package var fileExtension: String
        package var naming: Naming
        package var sidecar: Sidecar
        package var sidecarName: String
        package var siteID: String
        /// nil: the folder's name.
        package var stationID: String?
        /// As written in the sidecar; nil leaves the key out.
        package var time: String?
        /// Metres.
        package var translation: Vector3
        /// Direction of the front face, in degrees clockwise from +Y.
        package var heading: Double
        /// Faces that are not written.
        package var skipping: Set<Face>

        package init(
            seed: Int = 0,
            fileExtension: String = "jpg",
            naming: Naming = .words,
            sidecar: Sidecar = .standard,
            sidecarName: String = "pose.json",
            siteID: String = "site-a",
            stationID: String? = nil,
            time: String? = "2026-05-01T10:00:00Z",
            translation: Vector3 = Vector3(x: 1, y: 2, z: 1.7),
            heading: Double = 0,
            skipping: Set<Face> = []
        ) {
            self.seed = seed
            self.fileExtension = fileExtension
            self.naming = naming
            self.sidecar = sidecar
            self.sidecarName = sidecarName
            self.siteID = siteID
            self.stationID = stationID
            self.time = time
            self.translation = translation
            self.heading = heading
            self.skipping = skipping
        }
    }

    /// Writes a station into the folder `name` below `folder`, the sidecar last, and returns the folder's path.
    ///
    /// - Parameters:
    ///   - folder: An inbox, for instance ``TemporaryFolder/path``.
    ///   - name: The station's folder, with its parents: `site-a/north-01`. Created if missing.
    ///   - options: What differs from the defaults.
    /// - Returns: The absolute path of the station's folder.
    /// - Throws: Foundation's error if a file can't be written, or ``JPEGEncodingError``.
    @discardableResult
    package func write(
        to folder: String,
        named name: String = "station",
        _ options: Options = Options()
    ) throws -> String {
        let station = URL(fileURLWithPath: folder + "/" + name, isDirectory: true)
        try FileManager.default.createDirectory(at: station, withIntermediateDirectories: true)
        for face in Face.allCases where !options.skipping.contains(face) {
            let fileName = options.naming.stem(of: face) + "." + options.fileExtension
            let isPNG = options.fileExtension.lowercased() == "png"
            let bytes = isPNG ? png(face, seed: options.seed) : try jpeg(face, seed: options.seed)
            try Data(bytes).write(to: station.appendingPathComponent(fileName))
        }
        if let text = sidecarText(options, folderName: station.lastPathComponent) {
            try Data(text.utf8).write(to: station.appendingPathComponent(options.sidecarName))
        }
        return station.path
    }

    private func sidecarText(_ options: Options, folderName: String) -> String? {
        switch options.sidecar {
        case .none: return nil
        case .text(let text): return text
        case .standard:
            let rotation = #"{"heading": \#(options.heading), "pitch": 0, "roll": 0}"#
            return Self.sidecar(
                siteID: options.siteID,
                stationID: options.stationID ?? folderName,
                translation: options.translation,
                rotation: rotation,
                time: options.time
            )
        }
    }

    /// One face as a JPEG file.
    package func jpeg(_ face: Face = .front, seed: Int = 0) throws(JPEGEncodingError) -> [UInt8] {
        try FacePainter.jpeg(face, edge: edge, quality: quality, progressive: progressive, seed: seed)
    }

    /// One face as a PNG file.
    package func png(_ face: Face = .front, seed: Int = 0) -> [UInt8] { FacePainter.png(face, edge: edge, seed: seed) }

    /// The pixels of one face: RGB, row after row from the top.
    package func pixels(_ face: Face = .front) -> [UInt8] { FacePainter.rgb(face, edge: edge) }

    /// Any square picture as a PNG file, from RGB bytes, row after row from the top.
    package static func png(rgb: [UInt8], edge: Int) -> [UInt8] { PNGWriter.file(rgb: rgb, edge: edge, comment: "") }

    /// Any picture as a PNG file: three bytes per pixel, or one if it is grey.
    package static func png(_ bytes: [UInt8], width: Int, height: Int, isGrey: Bool = false) -> [UInt8] {
        PNGWriter.file(bytes, width: width, height: height, isGrey: isGrey)
    }

    /// The text of a sidecar.
    ///
    /// - Parameters:
    ///   - siteID: nil leaves the key out, as everywhere here.
    ///   - stationID: The tripod position.
    ///   - translation: Metres.
    ///   - rotation: JSON as it is.
    ///   - time: As it is, quoted.
    ///   - extra: Further members: key and JSON as it is.
    /// - Returns: A JSON object, one member per line.
    package static func sidecar(
        siteID: String? = "site-a",
        stationID: String? = "station",
        translation: Vector3? = Vector3(x: 1, y: 2, z: 1.7),
        rotation: String? = #"{"heading": 0, "pitch": 0, "roll": 0}"#,
        time: String? = "2026-05-01T10:00:00Z",
        extra: KeyValuePairs<String, String> = [:]
    ) -> String {
        var members: [String] = []
        if let siteID { members.append("\"site_id\": \(quoted(siteID))") }
        if let stationID { members.append("\"station_id\": \(quoted(stationID))") }
        if let translation {
            members.append(#""translation": {"x": \#(translation.x), "y": \#(translation.y), "z": \#(translation.z)}"#)
        }
        if let rotation { members.append("\"rotation\": \(rotation)") }
        if let time { members.append("\"timeTaken\": \(quoted(time))") }
        members += extra.map { "\(quoted($0)): \($1)" }
        return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
    }

    /// `text` as a JSON string.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
