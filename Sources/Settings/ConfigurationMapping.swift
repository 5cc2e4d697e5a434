package import CDF
package import ConfigFile
import DropFolder
package import Foundation
package import Inbox
package import Inspection
import Station

/// Converts the values of the configuration file to the types of the targets that use them.
extension Configuration {
    /// - Throws: `SecretError` or `UnusableSetting`, if something outside the file is missing or cannot be used.
    package func cdfSettings(environment: [String: String]) throws -> CDFSettings {
        let authentication = cognite.authentication
        var certificate: (@Sendable () -> ClientCertificate)?
        var secret: @Sendable () -> String = { "" }
        if let first = try clientCertificate(environment: environment) {
            // As with the secret below.
            certificate = { (try? self.clientCertificate(environment: environment)) ?? first }
        } else {
            let first = try clientSecret(environment: environment)
            // A replaced secret file is read for the next token; one that is unreadable just then
            // must not deprive the running daemon of the secret that it started with.
            secret = { ((try? self.clientSecret(environment: environment)) ?? first).reveal() }
        }
        return CDFSettings(
            host: cognite.host,
            project: cognite.project,
            credentials: .init(
                tokenURL: authentication.tokenURL,
                clientID: authentication.clientID,
                secret: secret,
                certificate: certificate,
                scopes: authentication.scopes,
                audience: authentication.audience,
                resource: authentication.resource,
                minimumLifetime: authentication.minimumTTL
            ),
            application: Release.application,
            connection: try connectionSettings(environment: environment),
            requestTimeout: cognite.timeout,
            concurrency: upload.concurrency
        )
    }

    /// The lower of `bandwidth` and the timetable's present rate, in bytes per second.
    package var budget: TransferBudget {
        let (bandwidth, timetable) = (upload.bandwidth?.bytesPerSecond, upload.timetable)
        guard bandwidth != nil || timetable != nil else { return .unlimited }
        return TransferBudget { [calendar = Self.localTime] now in
            let timed = timetable?.rate(at: now, calendar: calendar)?.bytesPerSecond
            return [bandwidth, timed].compactMap(\.self).min()
        }
    }

    /// When the limit of ``budget`` changes next, and to what (bytes per second; nil for none); nil where it stays as it is.
    package func nextLimit(after now: Date) -> (at: Date, bytesPerSecond: Int64?)? {
        let present = budget.limit(at: now)
        return upload.timetable?.changes(after: now, calendar: Self.localTime)
            .map { ($0.at, [upload.bandwidth, $0.rate].compactMap { $0?.bytesPerSecond }.min()) }
            .first { $0.1 != present }
    }

    /// The times of a timetable are meant in it.
    private static var localTime: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        return calendar
    }

    /// How stations are written to the project.
    package var modelChoice: ModelChoice {
        switch target.model {
        case .auto: .auto(space: target.space)
        case .image360: .image360(space: target.space)
        case .core: .core(space: target.space)
        }
    }
}

extension Configuration.Inbox {
    package var settings: InboxSettings {
        InboxSettings(
            root: path,
            settle: settle,
            detection: detection,
            ignore: IgnoreRules(patterns: ignore),
            // If not even reports may be written, nothing is.
            mayProbe: reports == .beside,
            fileEndings: extraction.map { FileRules($0, inspection: InspectionRules()).endings } ?? []
        )
    }

    /// What becomes of E57 files; nil where they are left alone.
    private var extraction: FileRules.Extraction? {
        guard let e57 else { return nil }
        switch e57.extract {
        case .cdf: return e57.model.map { .cdf($0) }
        case .here: return .here
        case .off: return nil
        }
    }

    /// How E57 files of this inbox are checked; nil where they are left alone.
    ///
    /// - Parameters:
    ///   - externalIDPrefix: The prefix of every id.
    ///   - now: The clock.
    package func fileRules(externalIDPrefix: String, now: @escaping @Sendable () -> Date) -> FileRules? {
        extraction.map { FileRules($0, inspection: inspectionRules(externalIDPrefix: externalIDPrefix, now: now)) }
    }

    /// How stations of this inbox are inspected; the same for the daemon and for `drop360 check`.
    ///
    /// - Parameters:
    ///   - externalIDPrefix: The prefix of every id.
    ///   - converted: Where rendered faces are kept; nil to discard them.
    ///   - now: The clock.
    package func inspectionRules(
        externalIDPrefix: String,
        converted: ConvertedFaces? = nil,
        now: @escaping @Sendable () -> Date
    ) -> InspectionRules {
        var rules = InspectionRules()
        rules.externalIDPrefix = externalIDPrefix
        rules.site = site
        rules.faces = faces
        rules.poses = poses
        rules.minFace = minFace
        rules.maxFace = maxFace
        rules.timeZone = timeZone?.zone
        rules.offset = offset
        rules.ignore = IgnoreRules(patterns: ignore)
        rules.now = now
        rules.equirect = equirect == .convert ? .convert(converted) : .refuse
        rules.seams = seams
        if let e57 { rules.azimuth = e57.azimuth }
        rules.fileEndings = settings.fileEndings
        return rules
    }
}
