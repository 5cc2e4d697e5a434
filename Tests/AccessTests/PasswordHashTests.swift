import Access
import Testing

/// Hashes of passwords, also those that other tools wrote.
struct PasswordHashTests {
    /// Of "a pass: word é", by Debian's libcrypt, which `htpasswd -B` and `mkpasswd` use.
    static let bcrypt = "$2y$10$akrEVKe42vpZDrRF6hrXseob7MtI4EgYGUhncWZB.M49aCF8sCVVS"

    static let yescrypt = "$y$j75$rNCt6Q7lubGQjwr.CcxSc.$l7wTO5X6jGqTa58p3rDSCZ9IRoJX4tkptCUEBtgWn86"
    static let scrypt = "$7$BU..../....c5Wl2eiI9BIQaFbKvXiCX.$Ac/MOj2mRVpPZM6f9GMUIykHE4uWFZia6VSMozCoFi1"

    @Test(arguments: [
        bcrypt, yescrypt, scrypt, "$y$j9T$eM/kKHwuZcjRVr7Hs7pJ9/$YAyJBz89uLViC0dd.TEoF6capeMaYkUIi5wSChyb1YD",
    ])
    func `bcrypt, yescrypt and scrypt of other tools are understood`(text: String) throws {
        let hash = try PasswordHash(text)
        #expect(hash.matches("a pass: word é"))
        #expect(!hash.matches("a pass: word e") && !hash.matches("") && !hash.matches("a pass: word é\0"))
    }

    @Test func `a new hash is bcrypt, has a salt of its own, and belongs to its password alone`() throws {
        let (one, other) = (
            try #require(PasswordHash.make(of: "kråke 7")), try #require(PasswordHash.make(of: "kråke 7"))
        )
        #expect(one != other && one.text.hasPrefix("$2y$12$"))
        #expect(one.matches("kråke 7") && !one.matches("kråke 8"))
        #expect(PasswordHash.make(of: "a\0b") == nil)
    }

    @Test(
        arguments: [
            ("hunter2", .unknownKind), ("", .unknownKind), ("$", .unknownKind),
            ("$6$Sy/YCbPAOrPRvCzu$ft7PjmrhX6F1pnuoaIBxlfdKTPKPLN", .unknownKind), ("{SHA}deadbeef", .unknownKind),
            ("$apr1$abc$def", .unknownKind), ("$1$abc$def", .unknownKind),
            ("$2y$05$tcaNatjeV9LFPbch.94CVuGg7p2I9vk062pv6frdtezYbTlh5DAdC", .tooCheap),
            ("$2y$31$tcaNatjeV9LFPbch.94CVuGg7p2I9vk062pv6frdtezYbTlh5DAdC", .tooExpensive),
            ("$2y$12$short", .malformed), ("$2y$xx$tcaNatjeV9LFPbch.94CVuGg7p2I9vk062pv6frdtezYbTlh5DAdC", .malformed),
            ("$y$jFT$yKXUTRoblEP5k6ASinr.1.$l7wTO5X6jGqTa58p3rDSCZ9IRoJX4tkptCUEBtgWn86", .tooExpensive),
            ("$7$6U..../....c5Wl2eiI9BIQaFbKvXiCX.$Ac/MOj2mRVpPZM6f9GMUIykHE4uWFZia6VSMozCoFi1", .tooCheap),
            ("$y$$$l7wTO5X6jGqTa58p3rDSCZ9IRoJX4tkptCUEBtgWn86", .malformed),
        ] as [(String, PasswordHash.Unusable)]
    )
    func `what is weak, endless or unknown is refused`(text: String, reason: PasswordHash.Unusable) {
        #expect(throws: reason) { try PasswordHash(text) }
    }
}
