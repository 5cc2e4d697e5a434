import Foundation
import Glibc
import Station

/// Why no report can be written anywhere in an inbox, and what to do.
package struct ReportTrouble: Equatable {
    var inbox: String
    /// The `errno`.
    var code: Int32

    /// Whether the folder is read-only for this process: perhaps only for the service, whose unit restricts what it can write.
    private var isReadOnlyFileSystem: Bool { code == EROFS }

    /// Writes nothing, so that nothing shows in the inbox; nil where reports can be written, or where the inbox does not exist.
    static func look(at inbox: String) -> ReportTrouble? {
        guard access(inbox, W_OK | X_OK) != 0 else { return nil }
        let trouble = ReportTrouble(inbox: inbox, code: errno)
        return [EROFS, EACCES, EPERM].contains(trouble.code) ? trouble : nil
    }

    package var summary: String {
        "Reports cannot be written there (\(String(cString: strerror(code)))); they go to the state directory."
    }

    package var advice: String {
        isReadOnlyFileSystem
            ? "Let the service write there: `sudo systemctl edit drop360`, add the lines `[Service]` and `ReadWritePaths=-\(printable(inbox))`, "
                + "then `sudo systemctl restart drop360` (also if the line is there but the folder was created after the start). "
                + "If the file system is read-only for everyone, set `reports` to a folder."
            : "Give drop360's user the right to write there: `sudo chgrp drop360-crew \(shellWord(inbox))` and "
                + "`sudo chmod 2770 \(shellWord(inbox))`; or set `reports` to a folder."
    }
}
