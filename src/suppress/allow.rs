//! The allowlist of a configuration: by path glob, value, fingerprint, rule; all that are given must fit.

use crate::finding::{Finding, Stale, Suppression};
use crate::{Result, config::AllowSpec};

/// Compiled `[[allow]]` entries.
#[derive(Debug, Default)]
pub struct Allowlist {}

impl Allowlist {
    /// Compiles the entries. `known_rules`: ids, to name the nearest one for an unknown one.
    ///
    /// # Errors
    /// A glob or regular expression that does not compile, an unknown rule, an entry with no condition.
    pub fn new(entries: &[AllowSpec], known_rules: &[&str]) -> Result<Allowlist> {
        let _ = (entries, known_rules);
        Ok(Allowlist {})
    }

    /// The entry that silences this finding, if any. Remembers which entries were used.
    pub fn verdict(&self, finding: &Finding) -> Option<Suppression> {
        let _ = finding;
        None
    }

    /// Entries that matched nothing, for the receipt.
    pub fn unused(&self) -> Vec<Stale> {
        Vec::new()
    }
}
