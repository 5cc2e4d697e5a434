import DropFolder
import Station

/// Why a face cannot be shown.
package enum FaceRefusal: Error, Equatable {
    /// No plain file of that name is in the folder any more.
    case gone(FaceFile)
    /// The file has other bytes than those that were accepted, or is being written.
    case changed(FaceFile)
    /// The decoder refuses its bytes, with this message.
    case undecodable(FaceFile, String)
    /// It takes more memory or time than there is for showing it.
    case tooLarge(FaceFile)
    /// The disk, the share or the permissions do not allow it at the moment.
    case unreadable(FaceFile, String)
    /// The folder's disk or share hangs.
    case unanswered
    /// A large station is being inspected, and there is no memory for both.
    case crowded(FaceFile)
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

    init(_ refusal: ImageRefusal, of file: FaceFile) {
        switch refusal {
        case .memory, .work: self = .tooLarge(file)
        case .truncated: self = .undecodable(file, "it ends in the middle of the picture")
        case .damaged(let why): self = .undecodable(file, why)
        case .colour(let what), .coding(let what): self = .undecodable(file, "it is \(what)")
        }
    }

    /// A sentence or two, in plain words.
    package var words: String {
        switch self {
        case .gone(let file) where file.isRendered:
            "drop360 rendered this face itself and deleted it after the delivery. See it in CDF's viewer."
        case .gone(let file) where file.accepted == nil:
            "\(printable(file.name)) is no longer in the folder."
        case .gone(let file):
            "\(printable(file.name)) is no longer in the folder. What was delivered stays in CDF."
        case .changed(let file) where file.accepted == nil:
            "\(printable(file.name)) is being changed. drop360 inspects the folder again when it is quiet."
        case .changed(let file):
            "\(printable(file.name)) has changed since it was accepted, so it is not shown."
        case .undecodable(let file, let why):
            "\(printable(file.name)) can\(file.accepted == nil ? "not" : " no longer") be decoded (\(printable(why, limit: 120)))."
        case .tooLarge(let file):
            "\(printable(file.name)) is too large to be shown here. Its delivery does not depend on that."
        case .unreadable(let file, let advice):
            "\(printable(file.name)) cannot be read at the moment. \(advice)"
        case .unanswered:
            "The folder does not answer: its disk or network share hangs. Its pictures are shown here once it is back."
        case .crowded(let file):
            """
            \(printable(file.name)) is large, and the memory for such pictures is needed for an inspection at the moment. \
            Reload the page in a minute.
            """
        case .busy: "drop360 is busy with other pictures. Reload the page in a moment."
        }
    }
}
