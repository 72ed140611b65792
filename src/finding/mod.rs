//! What comes out: findings with their fingerprints, and the outcome of a run.

mod excerpt;
mod fingerprint;
mod order;
mod outcome;
mod redact;
mod secret;
#[cfg(test)]
pub(crate) mod testing;
mod verified;

pub(crate) use excerpt::{Excerpt, hide_random};
pub use fingerprint::Fingerprint;
pub use order::order;
pub(crate) use order::{fold, without_echoes};
pub use outcome::{Outcome, Receipt, SkipCount, Stale};
pub use redact::Redactor;
pub use secret::Secret;
pub use verified::Verified;

use crate::blob::Origin;
use crate::rule::{Confidence, Rule};
use std::sync::Arc;

/// A secret at a place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that owns it.
    pub rule: Arc<Rule>,
    /// What it is, for people; usually the rule's title.
    pub title: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// Where the blob comes from.
    pub origin: Origin,
    /// First line of the token, from 1; 0 where the place has no lines (a reference's name).
    pub line: u64,
    /// First column, from 1, in characters.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column behind the last character.
    pub end_column: u64,
    /// The value.
    pub secret: Secret,
    /// Its name that survives moved lines.
    pub fingerprint: Fingerprint,
    /// The token's line (at most 200 characters) with every secret in it redacted.
    pub excerpt: String,
    /// Character range of this finding's redacted token within `excerpt`, for a caret.
    pub excerpt_mark: std::ops::Range<usize>,
    /// Why, in short phrases, strongest first.
    pub evidence: Vec<String>,
    /// In history the number of blobs, elsewhere the number of places in the file.
    pub occurrences: u64,
    /// Whether the path was shown redacted: then its exact bytes are not given either.
    pub path_redacted: bool,
    /// Who silenced it, if anybody.
    pub suppressed: Option<Suppression>,
    /// What the provider said, if it was asked.
    pub verified: Option<Verified>,
}

/// Why a finding is silenced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// By what.
    pub by: SuppressedBy,
    /// The reason given, or a word on where the comment stands.
    pub reason: String,
}

/// What silenced a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// A comment in the file.
    Inline,
    /// An `[[allow]]` of a configuration.
    Allowlist,
    /// The baseline.
    Baseline,
}

impl SuppressedBy {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            SuppressedBy::Inline => "inline",
            SuppressedBy::Allowlist => "allowlist",
            SuppressedBy::Baseline => "baseline",
        }
    }
}

impl Finding {
    /// The redacted value.
    pub fn redacted(&self) -> String {
        self.secret.redacted()
    }
}
