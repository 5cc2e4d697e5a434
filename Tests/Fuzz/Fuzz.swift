import DropFolder
import E57
import Foundation
import Glibc
import Station

@testable import ConfigFile
@testable import Inspection

/// What the first byte of the input chooses, and what `DROP360_FUZZ_READERS` calls it.
private let parsers: [(name: String, read: @Sendable ([UInt8]) -> Void)] = [
    (
        "sidecar",
        { bytes in
            _ = SidecarReader.read(bytes, file: "pose.json", zone: nil, now: Date(timeIntervalSince1970: 1.78e9))
        }
    ),
    ("poses", poseList),
    ("jpeg", { bytes in _ = bytes.withUnsafeBufferPointer { try? JPEGStructure.facts(of: $0) } }),
    ("png", { bytes in _ = bytes.withUnsafeBufferPointer { try? PNGStructure.facts(of: $0) } }),
    ("exif", { bytes in _ = EXIF(bytes) }),
    ("config", configuration),
    (
        "e57",
        { bytes in _ = try? E57Header(Array(bytes.prefix(E57Header.length)), size: Int64(bytes.count) * 1021 % 8192) }
    ),
    (
        "e57-xml",
        { bytes in
            // A refusal is an answer.
            guard let contents = try? E57Contents(xml: bytes, fileLength: 1 << 30) else { return }
            let found = E57Positions(contents)
            let used = found.positions.flatMap(\.views).count
            precondition(used + found.skipped.count == contents.images.count)
        }
    ),
    ("scan-sidecar", { bytes in _ = ScanSidecarReader.read(bytes, file: "hall.e57.json") }),
    ("zip", archive),
]

/// Whether each of them is wanted: all, unless `DROP360_FUZZ_READERS` names some.
private let wanted: [Bool] = {
    guard let names = ProcessInfo.processInfo.environment["DROP360_FUZZ_READERS"], !names.isEmpty else {
        return parsers.map { _ in true }
    }
    let chosen = Set(names.split(separator: ",").map(String.init))
    return parsers.map { chosen.contains($0.name) }
}()

/// An archive that is not on a disk.
private struct ArchiveInMemory: ArchiveBytes {
    let bytes: [UInt8]
    var length: Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) throws(DropFolderError) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && count <= 16 << 20, "\(count) bytes are asked for at once")
        return Array(bytes.dropFirst(Int(min(offset, length))).prefix(count))
    }
}

private func archive(_ bytes: [UInt8]) {
    // A refusal is an answer.
    let judgement = try? ArchiveJudgement.judge(ArchiveInMemory(bytes: bytes), head: Array(bytes.prefix(512)))
    guard case .scans(let members) = judgement else { return }
    var (check, offset) = (MemberCheck(members), 0)
    // Pieces that divide headers and members anywhere.
    while offset < bytes.count {
        let piece = Array(bytes[offset..<min(offset + 1 + offset % 97 * 7, bytes.count)])
        guard (try? check.take(piece, at: Int64(offset))) != nil else { return }
        offset += piece.count
    }
    precondition(check.isComplete)
}

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
    _ = loaded.rendered()
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    guard let data, size > 1 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: data + 1, count: size - 1))
    let chosen = Int(data[0]) % parsers.count
    // Not worth keeping, says −1.
    guard wanted[chosen] else { return -1 }
    parsers[chosen].read(bytes)
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
