//! A rule as written in TOML.

/// A rule as written.
#[derive(Clone, Debug, Default)]
pub struct RuleSpec {}
