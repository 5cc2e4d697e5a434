import Foundation
import Inspection
import Station
import TestSupport
import Testing

/// Whatever a browser shows upright and whole is accepted, whatever it shows turned, in part or not at all is refused.
@Suite(.timeLimit(.minutes(15)))
struct OddPictureTests {
    @Test(arguments: OddPicture.all) func `an odd picture is judged as Chromium shows it`(picture: OddPicture)
        async throws
    {
        let bench = try StationFolder(.init(skipping: [.front]))
        try bench.put(picture.bytes, as: picture.fileName)
        // For whoever wants to look at them with a browser.
        if let folder = ProcessInfo.processInfo.environment["DROP360_ODD_PICTURES"] {
            let name = picture.name.replacing(" ", with: "-") + (picture.fileName.hasSuffix("png") ? ".png" : ".jpg")
            try Data(picture.bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        let report = try await bench.inspect()
        #expect(report.rejection?.first == picture.code, "\(report.words)")
        #expect((report.capture != nil) == (picture.code == nil))
        #expect(report.notes.contains { $0.code == "image-untidy" } == picture.isNoted, "\(report.notes)")
    }
}
