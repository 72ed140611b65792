//! The files of rules/, as build.rs embedded them.

/// An embedded file.
#[derive(Debug)]
pub(super) struct Embedded {
    /// "rules/openai.toml".
    pub(super) name: &'static str,
    /// As JSON, without examples and counterexamples.
    pub(super) heads: &'static str,
    /// As written.
    pub(super) whole: &'static str,
}

/// All of them, by name.
pub(super) static FILES: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
