import Delivery

// What `cognite.files` says about every file.
extension HealthCheck {
    /// What has no effect under the project's model; nothing where all has.
    static func fileSettings(_ project: PreparedProject) -> [Finding] {
        guard let words = project.ineffectiveFileSettings else { return [] }
        return [
            Finding(
                "files",
                .warning,
                words,
                advice:
                    "Restrict who may see the images by the space's own capabilities; delete the keys if you deliver no E57 files."
            )
        ]
    }
}
