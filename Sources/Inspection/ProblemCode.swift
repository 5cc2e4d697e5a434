import Station

/// Every word that inspection may put in front of a problem or note: stable, so that scripts can match it.
package enum ProblemCode: String, CaseIterable, Sendable {
    // What the station still waits for.
    case faceMissing = "face-missing"
    case sidecarMissing = "sidecar-missing"
    case stillWriting = "still-writing"
    case noPermission = "no-permission"
    case notConverted = "not-converted"
    case notDownloaded = "not-downloaded"

    // Any of the below, over and over.
    case moreProblems = "more-problems"

    // What stands in the folder.
    case notAFile = "not-a-file"
    case nameNotUTF8 = "name-not-utf8"
    case nameUnprintable = "name-unprintable"
    case nameBackslash = "name-backslash"
    case looseFiles = "loose-files"
    case archive
    case linkedFolder = "linked-folder"
    case faceAmbiguous = "face-ambiguous"
    case faceNamesUnknown = "face-names-unknown"
    case equirectangular
    case panoramaPartial = "panorama-partial"
    case facesPreset = "faces-preset"
    case facesInvalid = "faces-invalid"

    // The images.
    case imageEmpty = "image-empty"
    case imageTruncated = "image-truncated"
    case imageDamaged = "image-damaged"
    case misNamed = "mis-named"
    case imageFormat = "image-format"
    case imageColour = "image-colour"
    case imageCoding = "image-coding"
    case imageTurned = "image-turned"
    case imageTooHeavy = "image-too-heavy"
    case notSquare = "not-square"
    case faceTooSmall = "face-too-small"
    case faceTooLarge = "face-too-large"
    case sizesDiffer = "sizes-differ"
    case faceRepeated = "face-repeated"
    /// Refused or noted, as `seams` says.
    case seamsWrong = "seams-wrong"
    /// The same.
    case seamsApart = "seams-apart"

    // The sidecar as a text.
    case sidecarEmpty = "sidecar-empty"
    case sidecarTooLarge = "sidecar-too-large"
    case sidecarEncoding = "sidecar-encoding"
    case sidecarTruncated = "sidecar-truncated"
    case sidecarSyntax = "sidecar-syntax"
    case sidecarTooDeep = "sidecar-too-deep"
    case sidecarShape = "sidecar-shape"
    case sidecarAmbiguous = "sidecar-ambiguous"
    case keyDuplicate = "key-duplicate"
    case notANumber = "not-a-number"
    case numberInText = "number-in-text"
    case valueInvalid = "value-invalid"

    // The pose list.
    case poseListAmbiguous = "pose-list-ambiguous"
    case poseListInvalid = "pose-list-invalid"

    // A point cloud.
    case e57Format = "e57-format"
    case e57Truncated = "e57-truncated"
    case e57Length = "e57-length"
    case e57Damaged = "e57-damaged"

    // What the sidecar states.
    case givenTwice = "given-twice"
    case translationMissing = "translation-missing"
    case translationTooFar = "translation-too-far"
    case unitUnknown = "unit-unknown"
    case rotationMissing = "rotation-missing"
    case rotationAmbiguous = "rotation-ambiguous"
    case rotationInvalid = "rotation-invalid"
    case looksLikeDegrees = "looks-like-degrees"
    case angleImplausible = "angle-implausible"
    case quaternionUnnamed = "quaternion-unnamed"
    case quaternionNotUnit = "quaternion-not-unit"
    case matrixNotRotation = "matrix-not-rotation"
    case matrixMirrored = "matrix-mirrored"
    case frameInvalid = "frame-invalid"
    case scaleInvalid = "scale-invalid"
    case timeInvalid = "time-invalid"
    case timeZoneMissing = "time-zone-missing"
    case timeImplausible = "time-implausible"
    case idInvalid = "id-invalid"
    case idTooLong = "id-too-long"
    case metadataInvalid = "metadata-invalid"
    case metadataTooLarge = "metadata-too-large"

    // Notes: nothing is refused for these.
    case keyUnknown = "key-unknown"
    case fileUnused = "file-unused"
    case nameMangled = "name-mangled"
    case sizeUnusual = "size-unusual"
    case imageGray = "image-gray"
    case imageUntidy = "image-untidy"
    case seamsUnclear = "seams-unclear"
    case imageTransparent = "image-transparent"
    case scaleIgnored = "scale-ignored"
    case timeUnknown = "time-unknown"
    case timeUnused = "time-unused"
    case converted
    case poseFromList = "pose-from-list"

    /// Whether the code stands only before notes.
    package var isNote: Bool {
        switch self {
        case .keyUnknown, .fileUnused, .nameMangled, .sizeUnusual, .imageGray, .imageUntidy, .seamsUnclear,
            .imageTransparent,
            .scaleIgnored, .timeUnknown,
            .timeUnused, .converted, .poseFromList:
            true
        default: false
        }
    }
}

extension Problem {
    /// A problem under one of inspection's codes; `file` is made fit for showing.
    init(_ code: ProblemCode, _ message: String, file: String? = nil) {
        self.init(code.rawValue, message, file: file.map { printable($0) })
    }
}
