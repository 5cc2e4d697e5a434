import DropFolder
import Inspection
import Ledger
import Station

/// Finds the positions of scans in their files, by the inspector.
struct PositionLister: Sendable {
    private let inspector: Inspector
    private let rules: [String: InspectionRules]
    private let faces: ConvertedFaces

    /// - Parameters:
    ///   - inspector: The one that inspects folders, too: its heavy lane is for one at a time.
    ///   - rules: Of each inbox.
    ///   - faces: Where the faces of positions are kept until they are delivered.
    init(inspector: Inspector, rules: [String: InspectionRules], faces: ConvertedFaces) {
        self.inspector = inspector
        self.rules = rules
        self.faces = faces
    }

    /// The file as it was accepted, with what its sidecar says.
    private enum File: Sendable {
        case accepted(FileSnapshot, ScanSidecar)
        case other(PositionListing)
    }

    func list(_ scan: ItemRecord) async -> PositionListing {
        guard let own = rules[scan.inbox] else { return .changed }
        let file = await inspector.checkFile(stop: StopSignal()) { _ in Self.open(scan, own) }
        switch file {
        case nil: return .changed
        case .other(let listing): return listing
        case .accepted(let snapshot, let sidecar):
            let listing = await inspector.positions(of: snapshot)
            switch listing.obstacle {
            case .changed: return .changed
            case .unavailable(let error): return .unavailable(error)
            case nil: break
            }
            guard listing.problems.isEmpty else { return .refused(listing.problems) }
            let scanRules = ScanRules(sidecar: sidecar, store: faces)
            let names = Self.singleNames(of: listing.positions)
            return .positions(
                zip(listing.positions, names).map { position, name in
                    ListedPosition(number: position.number, name: name) { [inspector] in
                        await inspector.inspect(
                            position: position.number,
                            of: snapshot,
                            rules: own,
                            scan: scanRules
                        )
                    }
                }
            )
        }
    }

    /// Blocks.
    private static func open(_ scan: ItemRecord, _ rules: InspectionRules) -> File {
        let snapshot: FileSnapshot
        do throws(DropFolderError) {
            snapshot = try FileSnapshot.take(scan.location, ignoring: rules.ignore)
        } catch {
            switch error {
            // The watcher will say what is there now.
            case .missing, .notRegular: return .other(.changed)
            case .noPermission, .unavailable: return .other(.unavailable(error))
            }
        }
        guard scan.lastSight == .stamp(snapshot.stamp) else { return .other(.changed) }
        switch ScanSidecar.read(of: snapshot) {
        case .read(let sidecar): return .accepted(snapshot, sidecar)
        case .changed: return .other(.changed)
        case .refused(let problems): return .other(.refused(problems))
        case .unavailable(let error): return .other(.unavailable(error))
        }
    }

    /// The station ids as single names of folders, each another.
    static func singleNames(of positions: [ScanListing.Position]) -> [String] {
        var taken: Set<String> = []
        return positions.map { position in
            var name = position.stationID.replacing("/", with: "_")
            if name.isEmpty || !taken.insert(name).inserted {
                name += "~\(position.number)"
                taken.insert(name)
            }
            return name
        }
    }
}
