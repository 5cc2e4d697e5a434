import Logging
import Station

// Whether inotify can be believed where the file system's name does not say so.
extension Scanner {
    /// Writes a probe into the inbox, where that is allowed; inotify has some seconds to tell of it.
    mutating func sendProbe(to index: Int) {
        guard roots[index].settings.detection == .auto, roots[index].settings.mayProbe else { return }
        // The watch comes with the first listing: without it nothing would be told.
        guard let id = roots[index].node, let node = tree[id] else { return }
        do throws(LookFailure) { _ = try open(id, node) } catch { return }
        guard tree[id]?.watch != nil, let probe = ProbeFile(in: roots[index].settings.root) else { return }
        roots[index].probe = probe
        appointments.set(.probe(index), at: .now + ScanIntervals.probe)
    }

    mutating func hearProbe(of index: Int) {
        guard let probe = roots[index].probe else { return }
        probe.remove()
        roots[index].probe = nil
        appointments.cancel(.probe(index))
    }

    mutating func missProbe(of index: Int) {
        guard let probe = roots[index].probe else { return }
        probe.remove()
        roots[index].probe = nil
        roots[index].isDeaf = true
        logger.warning(
            "inotify does not tell of what happens in the inbox; it is listed every few seconds instead.",
            metadata: ["inbox.root": "\(printable(roots[index].settings.root))"]
        )
        clear(index)
        checkRoot(index)
    }
}
