import E57
import Foundation
import Glibc
import Station

@testable import ConfigFile
@testable import Inspection

/// What the first byte of the input chooses.
private let parsers: [@Sendable ([UInt8]) -> Void] = [
    { sidecar in _ = SidecarReader.read(sidecar, file: "pose.json", zone: nil, now: Date(timeIntervalSince1970: 1.78e9))
    },
    poseList,
    { jpeg in _ = jpeg.withUnsafeBufferPointer { try? JPEGStructure.facts(of: $0) } },
    { png in _ = png.withUnsafeBufferPointer { try? PNGStructure.facts(of: $0) } },
    { exif in _ = EXIF(exif) },
    configuration,
    { e57 in _ = try? E57Header(Array(e57.prefix(E57Header.length)), size: Int64(e57.count) * 1021 % 8192) },
    { xml in
        // A refusal is an answer.
        guard let contents = try? E57Contents(xml: xml, fileLength: 1 << 30) else { return }
        let found = E57Positions(contents)
        let used = found.positions.flatMap(\.views).count
        precondition(used + found.skipped.count == contents.images.count)
    },
    { sidecar in _ = ScanSidecarReader.read(sidecar, file: "hall.e57.json") },
]

private func poseList(_ bytes: [UInt8]) {
    // A refusal is an answer.
    guard let table = try? PoseTable(bytes, stop: StopSignal()),
        let list = try? PoseList(table, rule: PoseListRule())
    else { return }
    for row in list.rows.prefix(50) {
        guard let text = try? PoseRow(list: list, row: row).sidecar().text else { continue }
        let reading = SidecarReader.read(Array(text.utf8), file: "poses.csv", line: row.line, zone: nil, now: Date())
        // Whatever a row holds, what is made of it is JSON.
        precondition(!reading.problems.contains { $0.code == ProblemCode.sidecarSyntax.rawValue }, text)
    }
    _ = list.names.rows(for: "a/b", below: "b")
}

private func configuration(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let loaded = try? Configuration.parse(text, file: "c.yaml", environment: [:]) else { return }
    _ = loaded.configuration.rendered()
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    guard let data, size > 1 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: data + 1, count: size - 1))
    parsers[Int(data[0]) % parsers.count](bytes)
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// SwiftPM takes this for the program's main.
@_cdecl("fuzz_main")
public func main(_ count: Int32, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32 {
    var (count, words) = (count, words)
    return runDriver(&count, &words) { data, size in fuzz(data, size) }
}
