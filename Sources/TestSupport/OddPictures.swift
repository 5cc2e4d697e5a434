import Inspection

extension StationMaker {
    /// A JPEG of one colour that need not be square.
    package static func plainJPEG(width: Int, height: Int) throws -> [UInt8] {
        try JPEGEncoding.encode(
            rgb: [UInt8](repeating: 120, count: width * height * 3),
            width: width,
            height: height,
            quality: 80,
            progressive: false
        )
    }
}
