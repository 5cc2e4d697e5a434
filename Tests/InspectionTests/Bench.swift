import TestSupport

/// The older name of ``StationFolder``.
typealias Bench = StationFolder
