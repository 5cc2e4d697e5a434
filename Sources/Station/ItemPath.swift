/// Where an item is: an inbox, and a folder or file below it.
///
/// Two separate strings could be swapped by mistake; an `ItemPath` cannot.
package struct ItemPath: Hashable, Sendable, Codable {
    /// The inbox's absolute path, as the configuration gives it.
    package var inbox: String
    /// Below the inbox, without a leading slash.
    ///
    /// Empty for the inbox itself; ends in a slash if nothing on the disk has exactly this name.
    package var path: String

    package init(inbox: String, path: String) {
        self.inbox = inbox
        self.path = path
    }

    /// The whole path.
    package var absolute: String { inbox + "/" + path }
}
