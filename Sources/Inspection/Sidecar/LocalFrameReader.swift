import Station

/// Reads `frame`: the local frame that a quaternion or matrix rotates.
enum LocalFrameReader {
    /// All values of `frame` in the sidecar.
    struct Statement {
        private var texts: [(text: JSONValue, name: String)] = []

        init(fields: inout SidecarFields, inner: inout SidecarFields) {
            add(&fields)
            add(&inner)
        }

        private mutating func add(_ fields: inout SidecarFields) {
            if let value = fields.take("frame") { texts.append((value, fields.name("frame"))) }
        }

        /// Adds the value in the rotation form's own object.
        func joined(by fields: inout SidecarFields) -> Statement {
            var statement = self
            statement.add(&fields)
            return statement
        }

        /// The stated frame, CDF's by default; nil, with a problem, if it is unknown or contradictory.
        private func frame(_ findings: inout SidecarFindings) -> LocalFrame? {
            var frames: [LocalFrame] = []
            for (value, name) in texts {
                guard case .string(let text) = value.content, let frame = LocalFrameReader.frame(text) else {
                    let known = LocalFrame.allCases.map(\.rawValue).joined(separator: ", ")
                    findings.refuse(.frameInvalid, "\(name) is unknown: write one of \(known).", at: value.offset)
                    return nil
                }
                frames.append(frame)
            }
            if let first = frames.first, frames.contains(where: { $0 != first }) {
                findings.refuse(.givenTwice, "Two different values of `frame` are given: keep one.")
                return nil
            }
            return frames.first ?? .cdf
        }

        /// Whether the frame is CDF's, as it must be for forms without a frame; adds a problem if not.
        func isCDF(notApplyingTo form: String, _ findings: inout SidecarFindings) -> Bool {
            guard let frame = frame(&findings) else { return false }
            if frame == .cdf { return true }
            findings.refuse(
                .frameInvalid,
                "`frame` is \(frame.rawValue), but it applies only to a quaternion or matrix, not to \(form): remove it or give a "
                    + "quaternion.",
                at: texts.first?.text.offset
            )
            return false
        }

        /// The cube's rotation, given that `local` rotates the frame; nil if either was refused.
        func applied(to local: Rotation?, _ findings: inout SidecarFindings) -> Rotation? {
            guard let frame = frame(&findings), let local else { return nil }
            return local * frame.fromCube
        }
    }

    static func frame(_ text: String) -> LocalFrame? {
        LocalFrame.allCases.first { SidecarKeys.folded($0.rawValue) == SidecarKeys.folded(text) }
    }
}
