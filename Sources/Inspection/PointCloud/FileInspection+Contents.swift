import E57
import Station

extension FileInspection {
    /// How many positions the file describes, as far as that matters; what is wrong goes into `findings`.
    func positions(_ stop: StopSignal, _ findings: inout FileFindings) throws(Interruption) -> Int { 0 }
}
