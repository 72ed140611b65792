//! The files of rules/, as build.rs embedded them.

use super::Severity;

/// An embedded file.
#[derive(Debug)]
pub(super) struct Embedded {
    /// "rules/openai.toml".
    pub(super) name: &'static str,
    /// Whose secrets its rules find.
    pub(super) provider: &'static str,
    /// Its rules.
    pub(super) rules: &'static [Head],
    /// As written.
    pub(super) whole: &'static str,
}

/// What a rule says of itself.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) severity: Severity,
    pub(super) tags: &'static [&'static str],
    pub(super) reference: Option<&'static str>,
    /// All of it but for its examples and counterexamples.
    pub(super) json: &'static str,
}

/// All of them, by name.
pub(super) static FILES: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
