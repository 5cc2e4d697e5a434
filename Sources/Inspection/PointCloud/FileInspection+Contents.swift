import Station

extension FileInspection {
    /// Says what does not become of the file; how many positions it describes is still to be read.
    func positions(_ findings: inout FileFindings) -> Int {
        if rules.extraction == .here {
            findings.note(.pointsNotSent, "Only the panoramas of this file are delivered: its points are not sent.")
        }
        return 0
    }
}
