import Foundation

// The tools that crews copy with.
extension Arrival {
    static let tools: [Arrival] = [
        Arrival(name: "cp -r") { try run("cp", "-r", $0, parent($1, $2) + "/" + last($2)) },
        Arrival(name: "mv on the same disk") { try run("mv", $0, parent($1, $2) + "/" + last($2)) },
        Arrival(name: "mv from another disk") { source, inbox, path in
            let away = "/dev/shm/drop360-\(UUID().uuidString)"
            try run("cp", "-r", source, away)
            try run("mv", away, parent(inbox, path) + "/" + last(path))
        },
        Arrival(name: "rsync") { try run("rsync", "-a", $0 + "/", makeFolder($1, $2) + "/") },
        Arrival(name: "rsync --inplace") { try run("rsync", "-a", "--inplace", $0 + "/", makeFolder($1, $2) + "/") },
        Arrival(name: "rsync --delay-updates") {
            try run("rsync", "-a", "--delay-updates", $0 + "/", makeFolder($1, $2) + "/")
        },
        Arrival(name: "rsync --partial --bwlimit") {
            try run("rsync", "-a", "--partial", "--bwlimit=64", $0 + "/", makeFolder($1, $2) + "/")
        },
        Arrival(name: "scp -r") { source, inbox, path in
            try run("scp", "-S", bridge(), "-r", source, "box:" + parent(inbox, path) + "/" + last(path))
        },
        Arrival(name: "scp -O -r (the old protocol)") { source, inbox, path in
            try run("scp", "-O", "-S", bridge(), "-r", source, "box:" + parent(inbox, path) + "/" + last(path))
        },
        Arrival(name: "sftp put -r") { source, inbox, path in
            let parent = try parent(inbox, path)
            try sftp("mkdir \(parent)/\(last(path))\nput -r \(source)/* \(parent)/\(last(path))/\n")
        },
        Arrival(name: "sftp put, rename") { source, inbox, path in
            try sftpRename("rename", source, inbox, path)
        },
        Arrival(name: "sftp put, rename by hard link") { source, inbox, path in
            try sftpRename("rename -l", source, inbox, path)
        },
        Arrival(name: "unzip") { source, inbox, path in
            let archive = source + ".zip"
            try run("zip", "-qr", archive, ".", in: source)
            try run("unzip", "-q", archive, "-d", makeFolder(inbox, path))
        },
        Arrival(name: "tar") { source, inbox, path in
            try run("tar", "-cf", source + ".tar", "-C", source, ".")
            try run("tar", "-xf", source + ".tar", "-C", makeFolder(inbox, path))
        },
        Arrival(name: "cp, names in capitals") { source, inbox, path in
            let folder = try makeFolder(inbox, path)
            for file in try files(of: source) {
                try run("cp", source + "/" + file, folder + "/" + file.uppercased())
            }
        },
    ]

    private static func last(_ path: String) -> String { (path as NSString).lastPathComponent }

    private static func sftp(_ commands: String) throws {
        try run("sftp", "-D", "/usr/lib/openssh/sftp-server", "-b", "-", input: commands)
    }

    private static func sftpRename(_ verb: String, _ source: String, _ inbox: String, _ path: String) throws {
        let folder = try makeFolder(inbox, path)
        let commands = try files(of: source).map {
            "put \(source)/\($0) \(folder)/\($0).filepart\n\(verb) \(folder)/\($0).filepart \(folder)/\($0)\n"
        }
        try sftp(commands.joined())
    }

    /// What stands in for `ssh`: scp and its server meet over a pipe.
    private static func bridge() throws -> String {
        let path = NSTemporaryDirectory() + "/drop360-bridge-\(getpid())-\(UUID().uuidString)"
        let script = """
            #!/bin/sh
            for word; do last=$word; done
            case "$last" in
            sftp) exec /usr/lib/openssh/sftp-server ;;
            *) exec sh -c "$last" ;;
            esac
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}
