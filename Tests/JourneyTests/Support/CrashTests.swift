import Testing

/// What befalls a daemon and its machine.
///
/// One after the other: each of them fills two processors.
@Suite(.serialized)
enum CrashTests {}
