import Access
import Testing

/// Addresses of proxies and of those who log in.
struct AddressRangeTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "::ffff:127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
        ("10.0.0.0/8", "10.255.3.4", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/8", "10.9.9.9", true),
        ("10.0.0.0/9", "10.128.0.1", false), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false),
        ("fd00::/8", "10.0.0.1", false), ("::1", "::1", true), ("::1", "127.0.0.1", false), ("10.0.0.1", "", false),
        ("10.0.0.1", "10.0.0.1.evil", false), ("10.0.0.1/31", "10.0.0.0", true),
    ])
    func `an address is in a range or not`(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "localhost", "10.0.0", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "fd00::/129", "10.0.0.1/8/8",
    ])
    func `other texts are not ranges`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `one customer of a provider is one client, whatever its address`() {
        #expect(AddressRange.client("2001:db8:1:2:3::4") == AddressRange.client("2001:db8:1:2:ffff::1"))
        #expect(AddressRange.client("2001:db8:1:2::1") != AddressRange.client("2001:db8:1:3::1"))
        #expect(AddressRange.client("::ffff:10.0.0.7") == "10.0.0.7" && AddressRange.client("10.0.0.7") == "10.0.0.7")
    }
}
