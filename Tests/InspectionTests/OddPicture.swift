import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

/// A picture file that is odd in one way, and what Chromium 156 makes of it.
struct OddPicture: Sendable, CustomTestStringConvertible {
    /// What `createImageBitmap` in Chromium 156 showed, compared pixel by pixel with the picture as it was before (headless, Debian 12, on these very bytes).
    enum Truth: Sendable {
        case upright, turned, nothing
        /// Shown, with pixels that are missing or wrong.
        case wrong
    }

    var name: String
    var truth: Truth
    /// What drop360 says: nil where it accepts the picture.
    var code: String?
    /// Whether a note says that the file is untidy.
    var isNoted = false
    var bytes: [UInt8]

    var testDescription: String { name }
    var fileName: String { name.hasPrefix("png") ? "front.png" : "front.jpg" }

    /// Refused.
    init(_ name: String, _ truth: Truth, _ code: String, _ bytes: [UInt8]) {
        (self.name, self.truth, self.code, self.bytes) = (name, truth, code, bytes)
    }

    /// Accepted.
    init(_ name: String, _ truth: Truth, noted: Bool = false, _ bytes: [UInt8]) {
        (self.name, self.truth, isNoted, self.bytes) = (name, truth, noted, bytes)
    }
}

extension OddPicture {
    static let all: [OddPicture] = {
        do { return try jpegs() + pngs() } catch { preconditionFailure("\(error)") }
    }()

    /// Where segments and scans of a JPEG begin: marker, position, end.
}
