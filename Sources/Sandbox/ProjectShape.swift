/// What a project is like beyond its name: its data models and their form, its spaces, and the ways of its file service.
///
/// Tests change it while the sandbox runs, as an administrator changes a project: `POST /sandbox/project`.
package struct ProjectShape: Equatable, Sendable {
    /// A data model for 360° images.
    package enum Model: String, CaseIterable, Sendable {
        case legacy, core
    }

    /// What differs about one property of a view.
    package struct Property: Equatable, Sendable {
        /// The types that a property can be given.
        package enum ValueType: String, CaseIterable, Sendable {
            case text, float32, float64, boolean, timestamp, file, direct

            var propertyType: PropertyType {
                switch self {
                case .text: .text
                case .float32: .float32
                case .float64: .float64
                case .boolean: .boolean
                case .timestamp: .timestamp
                case .file: .file
                case .direct: .direct(.anything)
                }
            }
        }

        /// Whether the view has it.
        package var exists: Bool
        /// Nil for the usual type; text for a property that the usual view lacks.
        package var type: ValueType?
        package var isNullable: Bool

        /// The view lacks the property.
        package static let missing = Property(exists: false, type: nil, isNullable: true)

        package static func present(_ type: ValueType? = nil, isNullable: Bool = true) -> Property {
            Property(exists: true, type: type, isNullable: isNullable)
        }
    }

    /// How the file service behaves about a node of a file that was written a moment ago.
    package struct LateFiles: Equatable, Sendable {
        /// How many requests that name a new node are refused.
        package var refusals: Int
        /// 400, 404 or 422.
        package var status = 400
        /// Whether the error says `missing`.
        package var tellsMissing = true

        package init(refusals: Int, status: Int = 400, tellsMissing: Bool = true) {
            (self.refusals, self.status, self.tellsMissing) = (refusals, status, tellsMissing)
        }
    }

    /// How the answer to a download tells the MD5 of the contents.
    package enum Digest: String, CaseIterable, Sendable {
        /// `ETag` with 32 hex digits.
        case etag
        /// `Content-MD5`, base64.
        case contentMD5
        /// `x-goog-hash: md5=`, base64.
        case googHash
    }

    package var models = Set(Model.allCases)
    /// Views that don't exist, by external id, such as `Station360`.
    package var missingViews: Set<String> = []
    /// The versions of views that aren't `v1`, by external id.
    package var versions: [String: String] = [:]
    /// The properties that differ, by view and name.
    ///
    /// A property belongs to its container, so that a new type or a new requirement holds for every view of that container.
    package var properties: [String: [String: Property]] = [:]
    /// Spaces in which nothing may be written: 403.
    package var readOnlySpaces: Set<String> = []
    /// What the client may do; nil for everything.
    package var capabilities: [Grant]?
    /// Whether a relation with a required container may point at a node whose data come with the same request.
    ///
    /// What CDF does is not known. Refused by default, so that a client that passes here is right in both cases.
    package var takesTargetsOfSameRequest = false
    /// Whether a question about views of which one does not exist is refused (400); otherwise the answer leaves that one out.
    ///
    /// What CDF does about a space that does not exist is not known.
    package var refusesUnknownViews = false
    package var lateFiles: LateFiles?
    package var digests = Set(Digest.allCases)

    package init() {}
}
