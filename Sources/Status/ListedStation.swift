package import Ledger
package import Station

/// One row of the table of stations.
package struct ListedStation: Sendable, Equatable {
    package var summary: StationSummary
    /// How many files its present content has; 0 if it has none.
    package var files: Int
    /// How many of them are in CDF.
    package var sentFiles: Int
    /// Of a scan: how many positions are in each state.
    package var positions: [ItemState.Name: Int]
    /// What is being done with it now, in words; nil if nothing, or nothing that takes long.
    package var progress: String?

    package init(
        _ summary: StationSummary,
        files: Int = 0,
        sentFiles: Int = 0,
        positions: [ItemState.Name: Int] = [:],
        progress: String? = nil
    ) {
        self.summary = summary
        self.files = files
        self.sentFiles = sentFiles
        self.positions = positions
        self.progress = progress
    }

    package init(_ item: ListedItem, progress: [String: String] = [:]) {
        self.init(
            StationSummary(item.record),
            files: item.files,
            sentFiles: item.sentFiles,
            positions: item.positions,
            progress: progress[item.record.path]
        )
    }
}

extension DaemonStatus {
    /// What is under way with large files and with stations that are sent, in words, by path.
    package var progress: [String: String] {
        var words: [String: String] = [:]
        for check in checks ?? [] { words[check.path] = "checking, \(check.percent) %" }
        for transfer in transfers where transfer.total > 0 {
            let percent = Int(Double(max(0, transfer.sent)) / Double(transfer.total) * 100)
            words[transfer.path] = "\(percent) % sent"
        }
        if let reading { words[reading.path] = "reading position \(reading.position) of \(reading.count)" }
        return words
    }
}
