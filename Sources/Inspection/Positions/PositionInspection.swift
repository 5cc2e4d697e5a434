import Crypto
import DropFolder
import E57
import Foundation
import Station

/// Makes one position of an E57 file into a station's folder in the state directory, and has that inspected like any station.
///
/// Blocks: runs on a thread of the inspector, one position at a time.
struct PositionInspection {
    let source: E57Position
    let snapshot: FileSnapshot
    let rules: InspectionRules
    let scan: ScanRules
    let stop: StopSignal
    let poseLists: PoseListCache
    private(set) var notes: [Problem] = []

    init(
        _ source: E57Position,
        of snapshot: FileSnapshot,
        rules: InspectionRules,
        scan: ScanRules,
        stop: StopSignal,
        poseLists: PoseListCache
    ) {
        (self.source, self.snapshot, self.rules, self.scan) = (source, snapshot, rules, scan)
        (self.stop, self.poseLists) = (stop, poseLists)
    }

    /// The name of the folder that holds the position's faces: the same for the same file, whenever it is asked for.
    var place: String {
        let digest = ContentDigest(over: [
            "position", snapshot.item.inbox, snapshot.item.path, snapshot.stamp.rawValue, "\(source.number)",
        ])
        return String(digest.rawValue.prefix(32))
    }

    /// Where the position is made; never the name of a place.
    var workshop: String { place + ".work" }

    /// Makes the station out of the open file and has it inspected.
    mutating func report(reading file: borrowing E57File) -> InspectionReport {
        defer { scan.store.discard(workshop) }
        do throws(PositionStop) {
            try checkNames()
            try store { try scan.store.begin(workshop) }
            let made: MadeStation
            switch source.pictures {
            case .sphere(let picture): made = try makeSphere(picture, file)
            case .pinholes(let pictures): made = try makeCube(pictures, file)
            }
            // All pictures have been read.
            try compareStamps(of: file)
            try writePose(made)
            return try finished(try inspect(made), made)
        } catch {
            return report(of: error)
        }
    }

    private func report(of reason: PositionStop) -> InspectionReport {
        var verdict = reason.verdict
        switch reason {
        case .refused: scan.store.discard(place)
        case .notStored(let words):
            // Nobody counts some faces of six, and the disk may be full.
            scan.store.discard(place)
            let message =
                "The faces of \(source.shown) could not be written to the state directory (\(words)); drop360 tries again in a few minutes."
            verdict = .incomplete([Problem(.notConverted, message)])
        case .interrupted: break
        }
        return InspectionReport(path: path, snapshotStamp: snapshot.stamp, verdict: verdict, notes: notes)
    }

    /// Throws where the file is no longer that of the snapshot.
    private func compareStamps(of file: borrowing E57File) throws(PositionStop) {
        let now: FileStamp
        do throws(DropFolderError) { now = try file.file.currentStamp() } catch {
            throw .interrupted(Interruption(error))
        }
        guard now.sameContent(as: snapshot.fileStamp) else { throw .interrupted(.changed) }
    }

    /// The item's path: nothing on the disk has it.
    private var path: String { "\(snapshot.item.path)/\(source.stationID)/" }

    mutating func note(_ code: ProblemCode, _ message: String) { notes.append(Problem(code, message)) }

    /// Turns any failure to write into the state directory into a reason to wait.
    func store(_ write: () throws -> Void) throws(PositionStop) {
        do { try write() } catch { throw .notStored(error.localizedDescription) }
    }

    /// Reads a picture, unless the caller has stopped.
    func bytes(of picture: E57View, in file: borrowing E57File) throws(PositionStop) -> [UInt8] {
        guard !stop.isSet else { throw .interrupted(.stopped) }
        let subject = subject(of: picture)
        guard picture.picture.blob.length > 0 else {
            throw .refused(.imageEmpty, "\(subject) is empty. Export the E57 file again.")
        }
        guard picture.picture.blob.length <= UInt64(StationInspection.faceByteLimit) else {
            throw .refused(
                .imageTooHeavy,
                "\(subject) has \(picture.picture.blob.length) bytes; the limit is \(StationInspection.faceByteLimit >> 20) MiB. Export the E57 "
                    + "file with smaller images."
            )
        }
        do throws(E57Error) {
            return try file.read(picture.picture.blob, limit: StationInspection.faceByteLimit)
        } catch {
            throw PositionStop(error, of: subject)
        }
    }

    /// Begins a sentence.
    func subject(of picture: E57View) -> String {
        let words = "\(picture.words) of \(source.shown)"
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Judges the folder by the rules for any station.
    private func inspect(_ made: MadeStation) throws(PositionStop) -> InspectionReport {
        let folder: FolderSnapshot
        do throws(DropFolderError) {
            folder = try FolderSnapshot.take(inbox: scan.store.folder, path: workshop, ignoring: IgnoreRules())
        } catch {
            throw .notStored(error.summary)
        }
        var own = rules
        own.ignore = IgnoreRules()
        own.faces = nil
        own.equirect = made.isSphere ? .convert(scan.store.keeping(in: place)) : .refuse
        if let offset = scan.sidecar.offset { own.offset = offset }
        var inspection = StationInspection(folder, rules: own, stop: stop, poseLists: poseLists, lane: .heavy)
        guard let report = inspection.report() else { throw .interrupted(.heavy) }
        return report
    }

    /// The station's report as the position's: its words, and the faces in their place.
    private mutating func finished(_ report: InspectionReport, _ made: MadeStation) throws(PositionStop)
        -> InspectionReport
    {
        var result = report
        (result.path, result.snapshotStamp) = (path, snapshot.stamp)
        let words = PositionWords(source: source, names: made.names, sidecar: snapshot.sidecarName)
        // What the seams of a cube show, the position's own note says.
        let known = ProblemCode.seamsUnclear.rawValue
        result.notes = notes + report.notes.filter { made.isSphere || $0.code != known }.map(words.translated)
        result.mayBeUnfinished = false
        switch report.verdict {
        case .accepted(var capture):
            if !made.isSphere {
                let names = capture.faces.values.map(\.fileName)
                try store { try scan.store.move(names, from: workshop, to: place) }
                for face in capture.faces.keys { capture.faces[face]?.storedIn = place }
            }
            result.verdict = .accepted(capture)
        case .rejected(let problems):
            scan.store.discard(place)
            result.verdict = .rejected(problems.map(words.translated))
        case .incomplete(let problems):
            // Some faces may have been written.
            scan.store.discard(place)
            result.verdict = .incomplete(problems.map(words.translated))
        // The folder is drop360's own: something is wrong with the state directory.
        case .partOf, .unavailable: throw .notStored("it does not respond")
        case .changed: break
        }
        return result
    }
}

/// A position's folder as it was made.
struct MadeStation {
    /// Takes directions of the image cube to the file's frame.
    var rotation: Rotation
    /// Metres, in the file's frame.
    var translation: Vector3
    /// One panorama, to be rendered; otherwise six faces.
    var isSphere: Bool
    /// What each file of the folder shows, for messages: `image 7 (Cube front)`.
    var names: [String: String]
}

extension FileSnapshot {
    /// The name of the file's optional sidecar, which may be missing.
    var sidecarName: String { sidecar?.name ?? name + ".json" }
}
