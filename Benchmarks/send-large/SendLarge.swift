import ArgumentParser
import CDF
import Delivery
import Foundation
import Ledger
import Logging
import Station
import Timing

/// Sends one very large file in parts, as the daemon would send a face, and continues where an earlier run stopped.
@main
struct SendLarge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-large",
        abstract: "Send one file in parts to a sandbox, and print the result as one line of JSON."
    )

    @Argument(help: "The file. Its folder counts as the station, and the folder above as the inbox.")
    var file: String

    @Option(help: "SHA-256 of the file, as inspection would compute it.")
    var sha256: String

    @Option(help: "Where the sandbox listens.")
    var cdf: String

    @Option(help: "The folder of the ledger.")
    var state: String

    func run() async throws {
        let url = URL(fileURLWithPath: file)
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64 ?? 0
        let capture = capture(named: url.lastPathComponent, size: size)
        let folder = url.deletingLastPathComponent()
        let inbox = folder.deletingLastPathComponent().path
        let ledger = try ItemLedger(directory: state, exclusively: true)
        // After a restart this changes nothing.
        let sighting = Sighting(
            at: ItemPath(inbox: inbox, path: folder.lastPathComponent),
            stamp: Stamp(rawValue: "s"),
            outcome: .accepted(.station(capture))
        )
        let station = try await ledger.record(sighting, at: Date())
        _ = try await ledger.record(.uploadStarted(capture.digest), for: station.id, at: Date())

        let client = client()
        guard let image = capture.faces[.front] else { throw ValidationError("no front face") }
        let source = try await client.openFace(image, inbox: inbox, folder: station.path)
        let context = context(ledger, client)
        let key = FileKey(item: station.id, digest: capture.digest, role: .face(.front))
        let clock = ContinuousClock()
        let began = clock.now
        let parted = PartedFile(
            context: context,
            slots: Slots { [most = client.settings.concurrency] in most },
            key: key,
            source: source
        )
        let description = ModelChoice.image360(space: "bench").presumed.file(.front, image, of: capture, dataSetID: nil)
        let receipt = try await parted.send(description)
        _ = try await ledger.recordSent(.face(.front), of: station.id, digest: capture.digest, receipt: receipt, at: Date())
        let seconds = began.duration(to: clock.now) / .seconds(1)
        try await client.shutdown()
        try ledger.close()
        print(#"{"sent": \#(context.board.now.bytes), "seconds": \#(seconds), "peakKiB": \#(try peak())}"#)
    }

    /// A capture with the file as its front face; the other five are never sent.
    private func capture(named name: String, size: Int64) -> Capture {
        let digest = ContentDigest(over: [sha256])
        var faces: [Face: FaceImage] = [:]
        for face in Face.allCases {
            faces[face] = FaceImage(
                fileName: face == .front ? name : "\(face.rawValue).jpg",
                size: face == .front ? size : 1,
                digest: FileDigest(rawValue: sha256),
                format: .jpeg,
                edge: 2048
            )
        }
        return Capture(
            siteID: "bench",
            siteName: "bench",
            stationID: name,
            stationName: name,
            label: name,
            collectionLabel: "bench",
            pose: Pose(translation: Vector3(x: 0, y: 0, z: 0), eulerRotation: EulerAngles(x: 0, y: 0, z: 0)),
            scale: Vector3(x: 1, y: 1, z: 1),
            time: nil,
            faces: faces,
            metadata: [:],
            digest: digest,
            ids: ExternalIDs(prefix: "", siteID: "bench", stationID: name, time: nil, digest: digest)
        )
    }

    private func client() -> CDFClient {
        CDFClient(
            settings: CDFSettings(
                host: cdf,
                project: "sandbox",
                credentials: .init(
                    tokenURL: cdf + "/oauth2/token",
                    clientID: "sandbox",
                    secret: { "sandbox" },
                    scopes: []
                ),
                // The sandbox reads and hashes all parts again before it confirms the whole.
                requestTimeout: .seconds(1200),
                stallTimeout: .seconds(1200)
            ),
            logger: Logger(label: "send-large")
        )
    }

    private func context(_ ledger: ItemLedger, _ client: CDFClient) -> DeliveryContext {
        let logger = Logger(label: "send-large")
        return DeliveryContext(
            ledger: ledger,
            client: client,
            link: Link(
                client: client,
                model: .image360(space: "sandbox"),
                dataSet: nil,
                timeSource: TimeSource(),
                listeners: [],
                logger: logger
            ),
            board: TransferBoard(),
            timeSource: TimeSource(),
            logger: logger,
            changed: { _ in },
            lookAgain: { _ in }
        )
    }

    /// Peak memory of this process, in KiB.
    private func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return Int(line?.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0
    }
}
