import Station

/// The nine numbers that an image has under both models, by the same names: metres, radians, and a scale without unit.
enum Transformation {
    static let translation = ["translationX", "translationY", "translationZ"]
    static let rotation = ["eulerRotationX", "eulerRotationY", "eulerRotationZ"]
    static let scale = ["scaleX", "scaleY", "scaleZ"]

    /// What a view of images must have for them.
    static let expectation = Dictionary(
        uniqueKeysWithValues: (translation + rotation + scale).map { ($0, ViewExpectation.Form.number) }
    )
}

extension Capture {
    /// What its image has in place of ``Transformation``.
    var transformation: [String: WireValue] {
        let numbers = [
            pose.translation.x, pose.translation.y, pose.translation.z, pose.eulerRotation.x, pose.eulerRotation.y,
            pose.eulerRotation.z, scale.x, scale.y, scale.z,
        ]
        let names = Transformation.translation + Transformation.rotation + Transformation.scale
        return Dictionary(uniqueKeysWithValues: zip(names, numbers.map(WireValue.number)))
    }
}
