import Station

/// The codes of inspection's problems and notes: stable, so that scripts can match them.
package enum ProblemCode: String, CaseIterable, Sendable {
    // What the station is waiting for.
    case faceMissing = "face-missing"
    case sidecarMissing = "sidecar-missing"
    case stillWriting = "still-writing"
    case noPermission = "no-permission"
    case notConverted = "not-converted"
    case notDownloaded = "not-downloaded"

    // More problems than are reported.
    case moreProblems = "more-problems"

    // The contents of the folder.
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
    /// Refused or noted, depending on `seams`.
    case seamsWrong = "seams-wrong"
    /// The same.
    case seamsApart = "seams-apart"

    // The sidecar's text.
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

    // A position of an E57 file.
    case noPanorama = "no-panorama"
    case e57PictureSize = "e57-picture-size"
    case picturesPartial = "pictures-partial"
    case cameraFrameWrong = "camera-frame-wrong"

    // The sidecar's contents.
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

    // Notes: not a reason to refuse a station.
    case keyUnknown = "key-unknown"
    case fileUnused = "file-unused"
    case nameMangled = "name-mangled"
    case sizeUnusual = "size-unusual"
    case faceHeavy = "face-heavy"
    case imageGray = "image-gray"
    case imageUntidy = "image-untidy"
    case seamsUnclear = "seams-unclear"
    case imageTransparent = "image-transparent"
    case scaleIgnored = "scale-ignored"
    case timeUnknown = "time-unknown"
    case timeUnused = "time-unused"
    case converted
    case poseFromList = "pose-from-list"
    case imagesNone = "images-none"
    case pointsNotSent = "points-not-sent"
    case imageSkipped = "image-skipped"
    case azimuthAssumed = "azimuth-assumed"
    case cameraFrame = "camera-frame"
    case poseAssumed = "pose-assumed"
    case clockUnreferenced = "clock-unreferenced"

    /// Whether the code is only used for notes.
    package var isNote: Bool {
        switch self {
        case .keyUnknown, .fileUnused, .nameMangled, .sizeUnusual, .faceHeavy, .imageGray, .imageUntidy, .seamsUnclear,
            .imageTransparent,
            .scaleIgnored, .timeUnknown,
            .timeUnused, .converted, .poseFromList, .imagesNone, .pointsNotSent, .imageSkipped, .azimuthAssumed,
            .cameraFrame, .poseAssumed, .clockUnreferenced:
            true
        default: false
        }
    }
}

extension Problem {
    /// A problem with one of inspection's codes; `file` is made safe for display.
    init(_ code: ProblemCode, _ message: String, file: String? = nil) {
        self.init(code.rawValue, message, file: file.map { printable($0) })
    }
}
