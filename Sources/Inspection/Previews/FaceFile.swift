import DropFolder
package import Station

/// Where the file of one face is, and what it was when it was accepted.
package struct FaceFile: Sendable, Equatable {
    /// Directly inside the folder.
    let name: String
    /// Nil for a face that was not accepted: whatever is there now is shown.
    let accepted: FaceImage?
    /// The inbox, or the folder of rendered faces.
    let root: String
    /// Below `root`.
    let folder: String

    /// - Parameters:
    ///   - image: The face as it was accepted.
    ///   - station: The station's folder.
    ///   - rendered: Where drop360 keeps the faces that it renders.
    package init(_ image: FaceImage, of station: ItemPath, rendered: ConvertedFaces) {
        (name, accepted) = (image.fileName, image)
        if let place = image.storedIn {
            (root, folder) = (rendered.folder, place)
        } else {
            (root, folder) = (station.inbox, station.path)
        }
    }

    /// A face that inspection found and did not accept.
    package init(found name: String, in station: ItemPath) {
        (self.name, accepted, root, folder) = (name, nil, station.inbox, station.path)
    }

    /// Whether drop360 rendered it.
    var isRendered: Bool { accepted?.storedIn != nil }

    /// Whether the file is still there in the size that it had; its bytes are not read.
    ///
    /// Blocks.
    func looksUnchanged() throws(FaceRefusal) {
        try looksUnchanged(in: try open())
    }

    /// All bytes, if they are those that were accepted, or if nothing was.
    ///
    /// Blocks.
    ///
    /// - Returns: Nil if there are more than `limit`.
    func read(limit: Int64, stop: StopSignal) throws(FaceRefusal) -> FileContents? {
        let folder = try open()
        try looksUnchanged(in: folder)
        let outcome: FileContents.Outcome
        do throws(Interruption) {
            outcome = try FileContents.read(name, in: folder, limit: limit, stop: stop)
        } catch {
            switch error {
            case .unavailable(let cause): throw FaceRefusal(cause, of: self)
            case .stopped, .heavy: throw .busy
            // It vanished, or was written, between two steps.
            case .changed: throw .changed(self)
            }
        }
        switch outcome {
        case .whole(let contents):
            if let accepted, contents.digest != accepted.digest { throw .changed(self) }
            return contents
        case .tooLarge: return nil
        case .noPermission: throw FaceRefusal(.noPermission(path: name), of: self)
        case .notRegular: throw .gone(self)
        }
    }

    private func open() throws(FaceRefusal) -> OpenFolder {
        do throws(DropFolderError) {
            return try OpenFolder.at(root: root, relativePath: folder)
        } catch {
            if !isRendered, case .missing(root) = error {
                throw .unreadable(self, "The inbox is not there: check its disk or share.")
            }
            throw FaceRefusal(error, of: self)
        }
    }

    private func looksUnchanged(in folder: borrowing OpenFolder) throws(FaceRefusal) {
        let stamp: FileStamp
        do throws(DropFolderError) { stamp = try folder.stamp(of: name) } catch {
            throw FaceRefusal(error, of: self)
        }
        guard stamp.kind == .file else { throw .gone(self) }
        if let accepted, stamp.size != accepted.size { throw .changed(self) }
    }
}
