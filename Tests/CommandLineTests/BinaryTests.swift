import Testing

/// Suites that start the program: one after another, so that its threads do not wait for each other.
@Suite(.serialized) enum BinaryTests {}
