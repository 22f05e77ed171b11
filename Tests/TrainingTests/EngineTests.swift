import Testing

/// Suites that run plans: one after another, since the engine and its thread count are shared.
@Suite(.serialized) enum EngineTests {}
