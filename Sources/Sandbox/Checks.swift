/// Refuses with a 400 unless `condition` holds.
func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(APIError) {
    guard condition else { throw .badRequest(message()) }
}

extension JSON {
    /// The objects in the member `items`; refuses other shapes and counts.
    func items(_ counts: ClosedRange<Int>, in member: String = "items") throws(APIError) -> [JSON] {
        guard let items = self[member]?.array else { throw .badRequest("'\(member)' must be an array") }
        try check(
            counts.contains(items.count),
            "'\(member)' must have between \(counts.lowerBound) and "
                + "\(counts.upperBound) elements, has \(items.count)"
        )
        for item in items {
            try check(item.object != nil, "'\(member)' must contain objects, but contains a \(item.kind)")
        }
        return items
    }

    /// The text member `key`, of at most `limit` characters; nil if it is absent or null.
    func text(_ key: String, limit: Int) throws(APIError) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.string else { throw .badRequest("'\(key)' must be a string, is a \(value.kind)") }
        try check(text.utf16.count <= limit, "'\(key)' must have at most \(limit) characters")
        return text
    }

    func requiredText(_ key: String, limit: Int) throws(APIError) -> String {
        guard let text = try text(key, limit: limit), !text.isEmpty else {
            throw .badRequest("'\(key)' must be a non-empty string")
        }
        return text
    }

    func integer(_ key: String) throws(APIError) -> Int64? {
        guard let value = self[key] else { return nil }
        guard let integer = value.int else { throw .badRequest("'\(key)' must be an integer, is a \(value.kind)") }
        return integer
    }

    func flag(_ key: String, default fallback: Bool = false) throws(APIError) -> Bool {
        guard let value = self[key] else { return fallback }
        guard let flag = value.bool else { throw .badRequest("'\(key)' must be a boolean, is a \(value.kind)") }
        return flag
    }

    /// The member `limit` of a list request.
    func limit(default fallback: Int, max limit: Int) throws(APIError) -> Int {
        guard let value = try integer("limit") else { return fallback }
        try check(value >= 1 && value <= Int64(limit), "'limit' must be between 1 and \(limit)")
        return Int(value)
    }

    /// The pair of space and externalId that this object is.
    func instanceID() throws(APIError) -> InstanceID {
        guard let space = self["space"]?.string, let externalID = self["externalId"]?.string else {
            throw .badRequest("Expected an object with 'space' and 'externalId', got a \(kind)")
        }
        return InstanceID(space: space, externalID: externalID)
    }
}

/// The limits of one kind of `metadata`.
struct MetadataLimits {
    var pairs: Int
    var keyBytes: Int
    var valueBytes: Int
    var totalBytes: Int

    static let file = MetadataLimits(pairs: 256, keyBytes: 128, valueBytes: 10_240, totalBytes: 10_240)
    static let threeD = MetadataLimits(pairs: 16, keyBytes: 32, valueBytes: 512, totalBytes: 10_240)

    func check(_ metadata: JSON) throws(APIError) {
        guard let members = metadata.object else {
            throw .badRequest("'metadata' must be an object, is a \(metadata.kind)")
        }
        try Sandbox.check(members.count <= pairs, "'metadata' must have at most \(pairs) pairs")
        var total = 0
        for (key, value) in members {
            guard let text = value.string else {
                throw .badRequest("The value of metadata '\(key)' must be a string, is a \(value.kind)")
            }
            try Sandbox.check(key.utf8.count <= keyBytes, "A metadata key has more than \(keyBytes) bytes")
            try Sandbox.check(text.utf8.count <= valueBytes, "The metadata '\(key)' has more than \(valueBytes) bytes")
            total += key.utf8.count + text.utf8.count
        }
        try Sandbox.check(total <= totalBytes, "'metadata' has more than \(totalBytes) bytes")
    }
}

/// Returns one page of `all`, and the cursor of the next one.
func page<Element>(_ all: [Element], limit: Int, cursor: String?) throws(APIError) -> (page: [Element], next: String?) {
    var start = 0
    if let cursor {
        guard cursor.hasPrefix("after-"), let offset = Int(cursor.dropFirst(6)), offset >= 0 else {
            throw .badRequest("Invalid cursor")
        }
        start = min(offset, all.count)
    }
    let end = min(start + limit, all.count)
    return (Array(all[start..<end]), end < all.count ? "after-\(end)" : nil)
}
