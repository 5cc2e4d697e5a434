import Status
import Testing

/// What the overview says of what is being sent.
struct SendingTests {
    @Test(
        arguments: [
            (nil, "1.2 GB to send."), (0, "1.2 GB to send."),
            (2_000_000, "1.2 GB to send, at 2.0 MB/s: 10 minutes to go."),
        ] as [(Double?, String)]
    )
    func `amount, rate and time are said as far as they are known`(rate: Double?, words: String) {
        #expect(DaemonStatus.Sending(bytes: 1_200_000_000, bytesPerSecond: rate).words == words)
    }
}
