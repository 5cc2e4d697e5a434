extension Configuration {
    /// What is written in the project.
    package struct Target: Sendable, Equatable {
        /// The family of views that stations are written to.
        package enum Model: String, Sendable, CaseIterable {
            /// The one that the project has.
            case auto
            /// `cdf_360_image_schema`, version `v1`.
            case image360
            /// The core data model: `cdf_cdm`, version `v1`.
            case core
        }

        /// The family of views that stations are written to.
        package var model = Model.auto
        /// The space of every instance; it follows CDF's rule for names and is not a reserved one.
        package var space: String
        /// Put in front of every external id; at most 100 bytes, no control characters, by default empty.
        package var externalIDPrefix = ""
    }

    /// How much is sent at a time.
    package struct Upload: Sendable, Equatable {
        /// Files that are sent at the same time, 1 to 64.
        package var concurrency = 6
        /// The most that all uploads together may take, in bytes per second; nil for no limit.
        package var bandwidth: ByteRate?
        /// Which rate applies when; nil for no timetable.
        package var timetable: Timetable?
    }

    /// An address to listen on.
    package struct Listen: Sendable, Equatable {
        /// A name or an address; an IPv6 address without its brackets.
        package var host: String
        /// 0 lets the system choose.
        package var port: Int

        /// As it is written in the file: `127.0.0.1:3600`, `[::1]:3600`.
        package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

        /// Whether only this machine can connect.
        package var isLoopback: Bool {
            let host = host.lowercased()
            if host == "localhost" || host == "::1" { return true }
            // Four numbers: `127.evil.example` is a name.
            return host.wholeMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
        }
    }

    /// The Prometheus endpoint.
    package struct Metrics: Sendable, Equatable {
        package var listen = Listen(host: "127.0.0.1", port: 9360)
        /// Further names under which it is asked.
        package var names: [String] = []
    }

    /// What goes to the log.
    package struct Logger: Sendable, Equatable {
        /// The words are those of swift-log.
        package enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        /// Lines below this level are not written.
        package var level = Level.info
    }
}
