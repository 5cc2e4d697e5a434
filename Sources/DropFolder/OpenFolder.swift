import Glibc

/// A folder held open by its descriptor; it is never written to.
///
/// Every step goes from a descriptor to a name without following symbolic links, so that no path leaves the inbox, even if
/// folders are swapped in the meantime. All calls block: use them on a separate thread.
package struct OpenFolder: ~Copyable {
    package let descriptor: Int32
    /// For messages only.
    package let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens an inbox root or another folder that the operator configured; links are followed here, since the operator set them.
    package init(root path: String) throws(DropFolderError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw DropFolderError(errno: errno, path: path) }
        self.init(descriptor: descriptor, path: path)
    }

    /// Whether `name` is a single name; in a path, links would be followed.
    static func isSingleName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// Opens the folder `name` directly inside this one; a symbolic link is treated as missing.
    package func folder(_ name: String) throws(DropFolderError) -> OpenFolder {
        let inner = path + "/" + name
        guard Self.isSingleName(name) else { throw .missing(path: inner) }
        let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard child >= 0 else { throw DropFolderError(errno: errno, path: inner) }
        return OpenFolder(descriptor: child, path: inner)
    }

    /// Opens the folder at `relativePath` below `root`, component by component; the empty path is the root itself.
    package static func at(root: String, relativePath: String) throws(DropFolderError) -> OpenFolder {
        var folder = try OpenFolder(root: root)
        for component in relativePath.split(separator: "/") {
            folder = try folder.folder(String(component))
        }
        return folder
    }

    /// The stamp of the folder itself.
    package func stamp() throws(DropFolderError) -> FileStamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DropFolderError(errno: errno, path: path) }
        return FileStamp(status)
    }

    /// The current stamp of `name`, without following links.
    package func stamp(of name: String) throws(DropFolderError) -> FileStamp {
        guard Self.isSingleName(name) else { throw .missing(path: path + "/" + name) }
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw DropFolderError(errno: errno, path: path + "/" + name)
        }
        return FileStamp(status)
    }

    /// Lists the folder, sorted by name; names that disappear in the meantime are omitted.
    ///
    /// - Parameters:
    ///   - rules: Decide the role of each name.
    ///   - isSkipped: Called for each entry before it is stored, so that a folder with a hundred thousand
    ///     subfolders needs no memory for those that the caller already knows.
    package func entries(
        ignoring rules: IgnoreRules,
        skipping isSkipped: (_ name: String, FileStamp) -> Bool = { _, _ in false }
    ) throws(DropFolderError) -> [FolderEntry] {
        let stream = try openStream()
        defer { closedir(stream) }
        var found: [FolderEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let (name, valid) = Self.name(of: entry)
            guard name != ".", name != ".." else { continue }
            var status = stat()
            let result = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
                }
            }
            guard result == 0 else {
                if errno == ENOENT { continue }
                throw DropFolderError(errno: errno, path: path + "/" + name)
            }
            let stamp = FileStamp(status)
            if valid, isSkipped(name, stamp) { continue }
            found.append(
                FolderEntry(
                    name: name,
                    stamp: stamp,
                    role: rules.role(of: name, kind: stamp.kind),
                    nameIsUTF8: valid,
                    linkTarget: stamp.kind == .symlink ? linkTarget(of: entry) : nil
                )
            )
        }
        guard errno == 0 else { throw DropFolderError(errno: errno, path: path) }
        return found.sorted { $0.name < $1.name }
    }

    /// A stream for readdir; the caller closes it.
    private func openStream() throws(DropFolderError) -> OpaquePointer {
        // A second descriptor, since closedir closes it.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw DropFolderError(errno: errno, path: path) }
        if let stream = fdopendir(copy) { return stream }
        let error = DropFolderError(errno: errno, path: path)
        close(copy)
        throw error
    }

    /// The names in the folder that are wanted, sorted, without a `stat` of each; those that are not UTF-8 are omitted.
    package func names(where isWanted: (String) -> Bool) throws(DropFolderError) -> [String] {
        let stream = try openStream()
        defer { closedir(stream) }
        var found: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let (name, valid) = Self.name(of: entry)
            if valid, isWanted(name) { found.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw DropFolderError(errno: errno, path: path) }
        return found.sorted()
    }

    /// The names of the wanted subfolders, sorted; those that are not UTF-8 are omitted.
    func folderNames(where isWanted: (String) -> Bool) throws(DropFolderError) -> [String] {
        let stream = try openStream()
        defer { closedir(stream) }
        var found: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let type = Int(entry.pointee.d_type)
            if type == DT_DIR || type == DT_UNKNOWN {
                let (name, valid) = Self.name(of: entry)
                // Not every file system reports the kind in a listing.
                if valid, name != ".", name != "..", isWanted(name),
                    type == DT_DIR || Self.isFolder(name, in: descriptor)
                {
                    found.append(name)
                }
            }
            errno = 0
        }
        guard errno == 0 else { throw DropFolderError(errno: errno, path: path) }
        return found.sorted()
    }

    private static func isFolder(_ name: String, in descriptor: Int32) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && FileStamp(status).kind == .folder
    }

    /// The same folder with a separate descriptor.
    func reopened() throws(DropFolderError) -> OpenFolder {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw DropFolderError(errno: errno, path: path) }
        return OpenFolder(descriptor: copy, path: path)
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> (String, valid: Bool) {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes in
                if let name = String(validatingCString: bytes) { return (name, true) }
                return (EscapedName(UnsafeBufferPointer(start: bytes, count: strlen(bytes))).text, false)
            }
        }
    }

    /// A link's target, read but not followed; nil if it can no longer be read.
    private func linkTarget(of entry: UnsafeMutablePointer<dirent>) -> String? {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                var target = [CChar](repeating: 0, count: Int(PATH_MAX))
                let length = readlinkat(descriptor, name, &target, target.count)
                return length < 0
                    ? nil : String(decoding: target.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
        }
    }
}
