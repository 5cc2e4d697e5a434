package import Station

extension Configuration {
    /// What happens to the E57 files of an inbox.
    package struct E57: Sendable, Equatable {
        /// Who makes 360° images of what is in the files.
        package enum Extraction: String, Sendable, CaseIterable {
            /// CDF: it gets the whole file and makes a revision of a 3D model from it.
            case cdf
            /// drop360: each position becomes a station; the points are not sent.
            case here
            /// Nobody: the files are left alone.
            case off
        }

        package var extract = Extraction.cdf
        /// Where CDF makes the revisions; set exactly where `extract` is `cdf`.
        package var model: ModelTarget?
        /// How much of the state directory rendered faces may take at a time (`here`).
        package var scratch = ByteSize(bytes: 2 << 30)
        /// How the spherical images are turned (`here`).
        package var azimuth = SphereAzimuth.centreX

        package init(extract: Extraction = .cdf, model: ModelTarget? = nil) {
            self.extract = extract
            self.model = model
        }
    }
}
