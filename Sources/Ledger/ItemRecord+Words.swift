package import Station

/// What reports, `explain` and the page say alike of an item's images.
extension ItemRecord {
    /// What to do about images that the item left behind; nil if there are none.
    package var leftBehindNote: Problem? {
        guard !leftBehind.isEmpty else { return nil }
        let shown = leftBehind.prefix(5)
        let images = shown.map { printable($0) }.joined(separator: ", ")
        let more = leftBehind.count - shown.count
        let isOne = leftBehind.count == 1
        let commands = shown.map { "`drop360 retract \(shellWord($0))`" }.joined(separator: ", ")
        let origin =
            if kind == .scan {
                "delivered of positions that the file no longer has"
            } else if scan != nil, isGone {
                "delivered of this position, which the file no longer has"
            } else {
                "delivered from here before"
            }
        let place = kind == .scan || (scan != nil && isGone) ? "" : " beside the present one"
        return Problem(
            "left-behind",
            """
            \(isOne ? "Image" : "Images") \(images)\(more > 0 ? " and \(more) more" : ""), \(origin), \
            \(isOne ? "is" : "are") still in the viewer\(place). \(isOne ? "If it" : "If one") should not be there, the operator \
            can take it out: \(commands).
            """
        )
    }

    /// What to do about visits that still have the pose that was corrected here; nil if there are none.
    package var otherPosesNote: Problem? {
        guard !visitsElsewhere.isEmpty else { return nil }
        let shown = visitsElsewhere.prefix(5).map { visit in
            let distance = "\(Self.tenths(visit.metres, 100)) m and \(Self.tenths(visit.degrees, 10))°"
            return "\(printable(visit.image)) (\(distance) away, from \(printable(visit.folder)))"
        }
        let more = visitsElsewhere.count - shown.count
        return Problem(
            "visits-keep-pose",
            """
            Other visits of this station still have the pose from before the correction: \(shown.joined(separator: ", "))\
            \(more > 0 ? " and \(more) more" : ""). The viewer shows all of them with the pose of one. To give them the pose of this one, \
            the operator can run `drop360 replace \(id) --with-visits`.
            """
        )
    }

    /// What the image's pose comes from, if not from the folder; nil otherwise.
    package var givenPoseNote: Problem? {
        guard state.digest != nil, let own = capture?.ownPose else { return nil }
        let (t, r) = (own.translation, own.eulerRotation)
        return Problem(
            "pose-given",
            """
            An operator gave this visit the pose of another one of its station. What the folder says (translation \(t.x), \(t.y), \(t.z) m; \
            euler \(r.x), \(r.y), \(r.z) rad) is not used, until it is changed there.
            """
        )
    }

    /// All that is worth knowing of the item's images.
    package var imageNotes: [Problem] { [leftBehindNote, otherPosesNote, givenPoseNote].compactMap(\.self) }

    /// What a retracted item is told; nil for others.
    package var retractedWords: String? {
        guard isRetracted else { return nil }
        // Nothing is left that could be sent again.
        if isGone { return "An operator took its image out of CDF." }
        return
            "An operator took its image out of CDF. It is not sent again until its content changes, or with `drop360 retry \(id)`."
    }

    /// Rounded to a fraction of one, without a locale.
    private static func tenths(_ value: Double, _ fraction: Double) -> String {
        "\((value * fraction).rounded() / fraction)"
    }
}
