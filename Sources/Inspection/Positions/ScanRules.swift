import Station

/// What is needed to make stations of the positions of one E57 file, besides the rules of its inbox.
package struct ScanRules: Sendable {
    /// What `NAME.e57.json` says; empty where there is none.
    package var sidecar: ScanSidecar
    /// Where faces are kept until they are delivered.
    ///
    /// A check uses a folder of its own, which it removes.
    package var store: ConvertedFaces

    package init(sidecar: ScanSidecar = ScanSidecar(), store: ConvertedFaces) {
        self.sidecar = sidecar
        self.store = store
    }
}
