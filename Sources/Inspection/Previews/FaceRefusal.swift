import DropFolder
import Station

/// Why a face of an accepted station cannot be shown.
package enum FaceRefusal: Error, Equatable {
    /// No plain file of that name is in the folder any more.
    case gone(FaceFile)
    /// The file has other bytes than those that were accepted.
    case changed(FaceFile)
    /// Its bytes are the accepted ones, and yet the decoder refuses them, with this message.
    case undecodable(FaceFile, String)
    /// The disk, the share or the permissions do not allow it at the moment.
    case unreadable(FaceFile, String)
    /// Too many faces are being prepared, or drop360 is stopping.
    case busy

    init(_ error: DropFolderError, of file: FaceFile) {
        switch error {
        case .missing, .notRegular: self = .gone(file)
        case .noPermission:
            self = .unreadable(file, "drop360 has no permission to read it. \(error.advice ?? "")")
        case .unavailable: self = .unreadable(file, error.advice ?? "Try again later.")
        }
    }

    /// A sentence or two, in plain words.
    package var words: String {
        switch self {
        case .gone(let file) where file.image.storedIn != nil:
            "drop360 rendered this face itself and deleted it after the delivery. See it in CDF's viewer."
        case .gone(let file):
            "\(printable(file.image.fileName)) is no longer in the folder. What was delivered stays in CDF."
        case .changed(let file):
            "\(printable(file.image.fileName)) has changed since it was accepted, so it is not shown."
        case .undecodable(let file, let why):
            "\(printable(file.image.fileName)) can no longer be decoded (\(printable(why, limit: 120)))."
        case .unreadable(let file, let advice):
            "\(printable(file.image.fileName)) cannot be read at the moment. \(advice)"
        case .busy: "drop360 is busy with other pictures. Reload the page in a moment."
        }
    }
}
