import Station

extension FileInspection {
    /// How many positions the file describes that become stations; what is wrong goes into `findings`, and so does what is left out.
    func positions(_ findings: inout FileFindings) throws(Interruption) -> Int {
        guard rules.extraction == .here else { return 0 }
        let listing = ScanListing.read(snapshot)
        switch listing.obstacle {
        case .changed: throw .changed
        case .unavailable(let error): throw Interruption(error)
        case nil: break
        }
        findings.note(listing.notes)
        findings.refuse(listing.problems, mayBeUnfinished: false)
        // Of a refused file nothing is sent at all.
        if findings.problems.isEmpty {
            findings.note(.pointsNotSent, "Only the panoramas of this file are delivered: its points are not sent.")
        }
        return listing.positions.count
    }
}
