import ArgumentParser
import CDF
import ConfigFile
import Foundation
import Ledger
import Logging
import Settings
import Station
import Status

struct AdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Take over images that are in CDF already, so that their folders are not sent again.",
        discussion: """
            Nothing is changed in CDF. Names what the viewer cannot show there. Exit codes: 0 all images are adopted and nothing is wrong, \
            1 something could not be matched or is broken, 69 CDF could not be reached, 78 configuration.
            """
    )

    @Option(help: ArgumentHelp("The external id of the collection.", valueName: "id"))
    var collection: String

    @Option(help: ArgumentHelp("The space of the collection, instead of the configuration's.", valueName: "space"))
    var space: String?

    @Flag(help: "Only print what would be adopted.")
    var dryRun = false

    @Flag(help: "Download the faces and compare them, whatever digests the store reports.")
    var verifyBytes = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Option(
        help: ArgumentHelp("The configuration file (default \(LedgerOptions.defaultConfiguration)).", valueName: "file")
    )
    var config: String?

    func run() async throws {
        do {
            try await adopt()
        } catch {
            Self.showProgress("")
            throw Exit.code(for: error)
        }
    }

    private func adopt() async throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration = try Configuration.load(
            path: config ?? LedgerOptions.defaultConfiguration,
            environment: environment
        )
        let ledger = try openLedger(configuration)
        let logger = Logger(label: "drop360") { _ in SwiftLogNoOpLogHandler() }
        let client = CDFClient(settings: try configuration.cdfSettings(environment: environment), logger: logger)
        let outcome: AdoptionReport
        do {
            outcome = try await adopt(configuration, ledger, client)
        } catch {
            // The error that stopped the work is what counts.
            try? await client.shutdown()
            throw error
        }
        // Connections that do not close in order end with the process.
        try? await client.shutdown()
        try ledger?.close()
        Self.showProgress("")
        show(json ? String(decoding: try JSONEncoder.facts.encode(outcome), as: UTF8.self) : outcome.text)
        guard outcome.isClean else { throw Exit.refused }
    }

    /// Nil where a dry run finds none: then nothing was delivered.
    private func openLedger(_ configuration: Configuration) throws -> ItemLedger? {
        let directory = configuration.state
        let isThere = FileManager.default.fileExists(atPath: directory + "/ledger.sqlite")
        if !isThere, dryRun { return nil }
        // The first start of the daemon makes it; whoever adopts does so before that.
        let isFirst = !isThere && ItemLedger.isInUse(directory: directory) == false
        return try ItemLedger(directory: directory, exclusively: isFirst) { Exit.printNotice("\($0)") }
    }

    private func adopt(
        _ configuration: Configuration,
        _ ledger: ItemLedger?,
        _ client: CDFClient
    ) async throws -> AdoptionReport {
        let delivered = try await ledger?.deliveredModel()
        let node = NodeReference(space: space ?? configuration.target.space, externalId: collection)
        let (model, standing) = try await read(node, configuration.modelChoice, delivered, client)
        let rule = PoseDriftRule()
        var report = AdoptionReport(
            collection: collection,
            space: node.space,
            model: model.name,
            dryRun: dryRun,
            images: standing.images.count,
            faults: standing.faults(of: node, model.reading, beyond: rule.metres, rule.degrees)
        )
        guard !standing.images.isEmpty else { return report }
        let found = try await AdoptableFolder.all(in: configuration, progress: Self.showProgress)
        found.errors.forEach(Exit.printNotice)
        report.unread = found.errors
        report.scans = found.scans
        let recording = AdoptionRecording(
            ledger: ledger,
            state: configuration.state,
            model: model,
            standing: standing,
            rule: rule,
            isTrial: dryRun
        )
        var matching = FolderMatching(found.folders)
        let users = standing.fileUsers
        let batch = CDFClient.downloadsPerCall / Face.allCases.count
        for start in stride(from: 0, to: standing.images.count, by: batch) {
            let part = start..<min(start + batch, standing.images.count)
            Self.showProgress("\(part.upperBound) of \(standing.images.count) images compared")
            var adoptable: [StandingImage] = []
            for index in part {
                let image = standing.images[index]
                if let words = standing.hindrance(toImage: index, users, in: configuration.target.space) {
                    report.unmatched.append(.init(image: image.node.externalId, folder: nil, message: words))
                } else {
                    adoptable.append(image)
                }
            }
            // No two of them share a file.
            let told = try await client.storedBytes(of: adoptable.flatMap(\.files.values), whole: verifyBytes)
            for image in adoptable {
                let stored = image.files.compactMapValues { told[$0] }
                if let lost = image.files.sorted(by: { $0.key < $1.key }).first(where: { stored[$0.key] == nil }) {
                    let words = "CDF does not give out the bytes of '\(printable(lost.value.externalID))'."
                    report.unmatched.append(.init(image: image.node.externalId, folder: nil, message: words))
                    continue
                }
                switch await matching.folder(of: image, stored) {
                case .none(let words):
                    report.unmatched.append(.init(image: image.node.externalId, folder: nil, message: words))
                case .folder(let folder, let proof):
                    try await recording.record(folder, image, proof, in: &report)
                }
            }
        }
        return report
    }

    /// The collection, by the one of the allowed models that it is of.
    private func read(
        _ collection: NodeReference,
        _ choice: ModelChoice,
        _ delivered: String?,
        _ client: CDFClient
    ) async throws -> (any WireModel, StandingCollection) {
        let present = try await choice.present(in: client, delivered: delivered).models
        var best: (any WireModel, StandingCollection)?
        for model in present {
            let standing = try await client.standing(collection, model.reading, progress: Self.showProgress)
            if standing.state == .present { return (model, standing) }
            if best == nil || !standing.images.isEmpty { best = (model, standing) }
        }
        if let best { return best }
        // Says which schema is missing.
        let chosen = try await choice.resolved(by: client, delivered: delivered)
        return (chosen.model, try await client.standing(collection, chosen.model.reading, progress: Self.showProgress))
    }

    /// Replaces the last line of a terminal; nothing elsewhere.
    private static func showProgress(_ words: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        put("\r\u{1b}[K" + words, to: STDERR_FILENO)
    }
}
