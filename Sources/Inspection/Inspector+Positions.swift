package import DropFolder
import E57
import Meters
import Station

extension Inspector {
    /// Lists the positions of an E57 file, on the thread for files; reads no picture.
    ///
    /// If the calling task is cancelled, the obstacle is ``ScanListing/Obstacle/changed``.
    package func positions(of snapshot: FileSnapshot) async -> ScanListing {
        await checkFile(stop: StopSignal()) { _ in ScanListing.read(snapshot) } ?? ScanListing(obstacle: .changed)
    }

    /// Inspects one position of an E57 file like a dropped folder, in the heavy lane.
    ///
    /// Accepted faces are in the store, each in ``FaceImage/storedIn``; of a position that is refused nothing is kept. The verdict is
    /// ``Verdict/changed`` if the file is no longer that of the snapshot, or the calling task is cancelled.
    ///
    /// - Parameters:
    ///   - number: As ``ScanListing/Position/number``.
    ///   - rules: Of the file's inbox.
    package func inspect(
        position number: Int,
        of snapshot: FileSnapshot,
        rules: InspectionRules,
        scan: ScanRules
    ) async -> InspectionReport {
        let report = await inHeavyLane { stop in
            let begun = ContinuousClock.now
            defer { meters.duration.record(.position, since: begun) }
            do throws(PositionStop) {
                let file = try snapshot.opened()
                return try PositionInspection.report(
                    on: number,
                    in: file,
                    snapshot,
                    rules: rules,
                    scan: scan,
                    stop: stop,
                    poseLists: poseLists,
                    lastPositions: lastPositions
                )
            } catch {
                return InspectionReport(path: snapshot.item.path, snapshotStamp: snapshot.stamp, verdict: error.verdict)
            }
        }
        return report
            ?? InspectionReport(path: snapshot.item.path, snapshotStamp: snapshot.stamp, verdict: .changed)
    }
}

extension ScanListing {
    /// Lists the positions of a file that was found; blocks.
    static func read(_ snapshot: FileSnapshot) -> ScanListing {
        do throws(PositionStop) {
            return read(try snapshot.opened())
        } catch {
            return ScanListing(error)
        }
    }
}

extension FileSnapshot {
    /// Opens the file, if it still is this one; blocks.
    fileprivate func opened() throws(PositionStop) -> E57File {
        let file: RegularFile
        do throws(DropFolderError) {
            file = try RegularFile(at: item)
        } catch {
            throw .interrupted(Interruption(error))
        }
        guard file.stamp.sameContent(as: fileStamp) else { throw .interrupted(.changed) }
        do throws(E57Error) {
            return try E57File(file)
        } catch {
            throw PositionStop(error, of: nil)
        }
    }
}

extension PositionInspection {
    /// Finds the position in the open file, and inspects it.
    fileprivate static func report(
        on number: Int,
        in file: borrowing E57File,
        _ snapshot: FileSnapshot,
        rules: InspectionRules,
        scan: ScanRules,
        stop: StopSignal,
        poseLists: PoseListCache,
        lastPositions: LastPositions
    ) throws(PositionStop) -> InspectionReport {
        let positions: [E57Position]
        do throws(E57Error) {
            positions = try lastPositions.positions(of: snapshot) { () throws(E57Error) in
                E57Positions(try file.contents()).positions
            }
        } catch {
            throw PositionStop(error, of: nil)
        }
        // The same file always has the same positions.
        guard let source = positions.first(where: { $0.number == number }) else {
            throw .interrupted(.changed)
        }
        var inspection = PositionInspection(
            source,
            of: snapshot,
            rules: rules,
            scan: scan,
            stop: stop,
            poseLists: poseLists
        )
        return inspection.report(reading: file)
    }
}
