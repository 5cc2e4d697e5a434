import Glibc
import Station

/// Why an item's files stay in the inbox.
enum ClearingObstacle: Error, Equatable {
    /// They are no longer what was delivered, or somebody has taken them: nothing more is done with them.
    case changed(String)
    /// It cannot be done now; the sentence says what happened and what to do.
    case trouble(String)

    static func failed(_ what: String, _ path: String, code: Int32) -> Self {
        let advice =
            switch code {
            case EXDEV:
                " It is on another file system, or in another `ReadWritePaths=` of the unit: name the folder above both there."
            case EEXIST, ENOTEMPTY: " There is something of this name already; nothing was overwritten. Move it away."
            case EACCES, EPERM, EROFS: " Give drop360's user the right to write there."
            case EINVAL: " This file system cannot rename without the risk of overwriting; use `after: keep`."
            default: ""
            }
        return .trouble("\(what) \(printable(path)): \(String(cString: strerror(code))).\(advice)")
    }

    var words: String {
        switch self {
        case .changed(let words), .trouble(let words): words
        }
    }
}
