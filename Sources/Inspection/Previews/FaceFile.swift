import DropFolder
package import Station

/// Where the file of one accepted face is, and what it was when it was accepted.
package struct FaceFile: Sendable, Equatable {
    package let image: FaceImage
    /// The inbox, or the folder of rendered faces.
    let root: String
    /// Below `root`.
    let folder: String

    /// - Parameters:
    ///   - image: The face as it was accepted.
    ///   - station: The station's folder.
    ///   - rendered: Where drop360 keeps the faces that it renders.
    package init(_ image: FaceImage, of station: ItemPath, rendered: ConvertedFaces) {
        self.image = image
        if let place = image.storedIn {
            (root, folder) = (rendered.folder, place)
        } else {
            (root, folder) = (station.inbox, station.path)
        }
    }

    /// Whether the file is still there in the size that it had; its bytes are not read.
    ///
    /// Blocks.
    package func looksUnchanged() throws(FaceRefusal) {
        try looksUnchanged(in: try open())
    }

    /// All bytes, if they are those that were accepted.
    ///
    /// Blocks.
    func read(stop: StopSignal) throws(FaceRefusal) -> [UInt8] {
        let folder = try open()
        try looksUnchanged(in: folder)
        let outcome: FileContents.Outcome
        do throws(Interruption) {
            outcome = try FileContents.read(image.fileName, in: folder, limit: image.size, stop: stop)
        } catch {
            switch error {
            case .unavailable(let cause): throw FaceRefusal(cause, of: self)
            case .stopped, .heavy: throw .busy
            // It vanished, or was written, between two steps.
            case .changed: throw .changed(self)
            }
        }
        switch outcome {
        case .whole(let contents) where contents.digest == image.digest: return contents.bytes
        case .whole, .tooLarge: throw .changed(self)
        case .noPermission: throw FaceRefusal(.noPermission(path: image.fileName), of: self)
        case .notRegular: throw .gone(self)
        }
    }

    private func open() throws(FaceRefusal) -> OpenFolder {
        do throws(DropFolderError) {
            return try OpenFolder.at(root: root, relativePath: folder)
        } catch {
            if image.storedIn == nil, case .missing(root) = error {
                throw .unreadable(self, "The inbox is not there: check its disk or share.")
            }
            throw FaceRefusal(error, of: self)
        }
    }

    private func looksUnchanged(in folder: borrowing OpenFolder) throws(FaceRefusal) {
        let stamp: FileStamp
        do throws(DropFolderError) { stamp = try folder.stamp(of: image.fileName) } catch {
            throw FaceRefusal(error, of: self)
        }
        guard stamp.kind == .file else { throw .gone(self) }
        guard stamp.size == image.size else { throw .changed(self) }
    }
}
