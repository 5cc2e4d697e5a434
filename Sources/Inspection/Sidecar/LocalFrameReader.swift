import Station

/// Reads `frame`: the local frame that a quaternion or matrix rotates.
enum LocalFrameReader {
    /// What the sidecar says about the frame, wherever it says so.
    struct Statement {
        private var texts: [(text: JSONValue, name: String)] = []

        init(fields: inout SidecarFields, inner: inout SidecarFields) {
            add(&fields)
            add(&inner)
        }

        private mutating func add(_ fields: inout SidecarFields) {
            if let value = fields.take("frame") { texts.append((value, fields.name("frame"))) }
        }

        /// With what the object of the form itself says.
        func joined(by fields: inout SidecarFields) -> Statement {
            var statement = self
            statement.add(&fields)
            return statement
        }

        /// The one frame that is meant; nil with words where it is unknown or contradicts itself.
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

        /// Whether the frame is CDF's own, as it must be where it can't apply; words where it is not.
        func isCDF(notApplyingTo form: String, _ findings: inout SidecarFindings) -> Bool {
            guard let frame = frame(&findings) else { return false }
            if frame == .cdf { return true }
            findings.refuse(
                .frameInvalid,
                "`frame` is \(frame.rawValue), but applies to a quaternion or matrix only, not to \(form): remove it or give a "
                    + "quaternion.",
                at: texts.first?.text.offset
            )
            return false
        }

        /// The cube's rotation, where `local` rotates the frame; nil where either was refused.
        func applied(to local: Rotation?, _ findings: inout SidecarFindings) -> Rotation? {
            guard let frame = frame(&findings), let local else { return nil }
            return local * frame.fromCube
        }
    }

    static func frame(_ text: String) -> LocalFrame? {
        LocalFrame.allCases.first { SidecarKeys.folded($0.rawValue) == SidecarKeys.folded(text) }
    }
}
