package import Foundation
package import Station

extension Configuration {
    /// One folder that crews drop stations in.
    package struct Inbox: Sendable, Equatable {
        /// Absolute and normalised: no `//`, no `.` or `..`, no slash at the end.
        ///
        /// Symbolic links in it are not resolved.
        package var path: String
        /// The site of stations whose sidecar names none; nil to take the parent folder's name.
        package var site: Site?
        /// What happens to a station's folder once it is registered.
        package var after = AfterSuccess.keep
        /// Where the reports for the crew are written.
        package var reports = ReportDestination.beside
        /// How long a folder must have been unchanged before it is inspected.
        package var settle = Duration.seconds(2)
        /// How changes are noticed.
        package var detection = Detection.auto
        /// Patterns of names to ignore, in addition to the junk that drop360 knows.
        package var ignore: [String] = []
        /// The zone of capture times that are written without one; nil to refuse such times.
        package var timeZone: NamedTimeZone?
        /// Subtracted from every translation, in metres: the origin of the site in its national grid.
        package var offset = Vector3(x: 0, y: 0, z: 0)
        /// The smallest width of a face, in pixels.
        package var minFace = 512
        /// The largest width of a face, in pixels; not less than `minFace`.
        package var maxFace = 16384
        /// How long a station may stay incomplete before it is reported to its crew.
        package var reportAfter = Duration.seconds(15 * 60)
        /// What to do with a station in another place than at its first visit.
        package var poseDrift = PoseDrift.reject
        /// What to do with an image beyond those that the viewer loads of one collection.
        package var collections = Collections.viewerLimit
        /// Which file holds which face, where names do not show it; nil for words and letters.
        package var faces: FaceScheme?
        /// How pose lists are read, where their headers do not show it.
        package var poses = PoseListRule()
        /// What to do where the edges of neighbouring faces do not meet.
        package var seams = SeamRule.warn
        /// What to do with one equirectangular picture instead of six faces.
        package var equirect = Equirect.refuse
        /// What happens to E57 files; nil to leave them alone.
        package var e57: E57?
    }

    /// What happens to a station's folder once it is registered.
    package enum AfterSuccess: Sendable, Equatable {
        /// Nothing.
        case keep
        /// It is moved below this folder: absolute, normalised, in no inbox.
        case move(String)
        /// Its files are deleted when this time has passed.
        case delete(after: Duration)
    }

    /// What to do with a station whose pose differs from the one of its first visit.
    package enum PoseDrift: String, Sendable, CaseIterable {
        case reject
        case accept
    }

    /// What to do with an image beyond those that the viewer loads of one collection.
    package enum Collections: String, Sendable, CaseIterable {
        /// It is refused.
        case viewerLimit = "viewer-limit"
        /// It is delivered all the same.
        case largeIsFine = "large-is-fine"
    }

    /// What to do with one equirectangular picture instead of six faces.
    package enum Equirect: String, Sendable, CaseIterable {
        case refuse
        /// Six faces are rendered from it.
        case convert
    }

    /// A time zone, and how the operator wrote it.
    package struct NamedTimeZone: Sendable, Equatable {
        /// As written: `Europe/Oslo`, `UTC` or `+02:00`.
        package let name: String
        /// The zone itself.
        package let zone: TimeZone

        /// Reads a name of the time zone database, `UTC`, `Z`, or an offset of the form `±hh:mm`; nil for anything else.
        package init?(_ name: String) {
            guard let zone = Self.zone(named: name) else { return nil }
            self.name = name
            self.zone = zone
        }

        private static func zone(named name: String) -> TimeZone? {
            if name == "UTC" || name == "Z" { return TimeZone(secondsFromGMT: 0) }
            if let match = name.wholeMatch(of: /([+-])(\d\d):(\d\d)/) {
                guard let hours = Int(match.2), let minutes = Int(match.3), hours <= 14, minutes < 60 else {
                    return nil
                }
                let seconds = hours * 3600 + minutes * 60
                return TimeZone(secondsFromGMT: match.1 == "-" ? -seconds : seconds)
            }
            // Foundation also takes abbreviations; some of them (CST, IST) stand for several zones.
            guard name.contains("/") else { return nil }
            return TimeZone(identifier: name)
        }
    }
}
