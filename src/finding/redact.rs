//! The last look before a report: no path, reference, message or excerpt holds a finding's value.

use super::{Finding, Outcome, Secret};
use crate::blob::Commit;
use aho_corasick::{AhoCorasick, MatchKind};
use bstr::BString;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stands for a value.
const HIDDEN: &str = "********";

/// Hides the values of an outcome's findings wherever else they stand.
pub struct Redactor(Option<AhoCorasick>);

impl Redactor {
    /// Shorter values are not looked for outside their own place: they are parts of ordinary words.
    pub(crate) const LEAST: usize = 6;

    /// For these findings' values.
    pub fn of(findings: &[Finding]) -> Self {
        Self::with(findings, &[])
    }

    /// For these findings' values, and others.
    pub fn with(findings: &[Finding], others: &[Secret]) -> Self {
        let secrets = findings.iter().map(|f| &f.secret).chain(others);
        let values: BTreeSet<&[u8]> = secrets.map(|s| s.reveal()).filter(|v| v.len() >= Self::LEAST).collect();
        if values.is_empty() {
            return Redactor(None);
        }
        Redactor(AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(values).ok())
    }

    /// Hides the values in every text of `outcome`.
    pub fn redact(&self, outcome: &mut Outcome) {
        if self.0.is_none() {
            return;
        }
        for finding in &mut outcome.findings {
            self.finding(finding);
        }
        let receipt = &mut outcome.receipt;
        for texts in [&mut receipt.asked, &mut receipt.notes] {
            texts.iter_mut().for_each(|t| self.text(t));
        }
        for stale in &mut receipt.stale {
            self.text(&mut stale.what);
            self.text(&mut stale.why);
        }
        if let Some(provenance) = &mut receipt.provenance {
            self.text(&mut provenance.uri);
            provenance.branch.iter_mut().for_each(|branch| self.text(branch));
        }
        for skip in receipt.skips.values_mut().flat_map(|s| s.first.iter_mut()) {
            self.bytes(&mut skip.place);
            self.text(&mut skip.detail);
        }
    }

    fn finding(&self, f: &mut Finding) {
        self.text(&mut f.title);
        self.excerpt(f);
        f.evidence.iter_mut().for_each(|e| self.text(e));
        // The raw path has done its work (fingerprint, allowlist, baseline); reports see the redacted one.
        f.path_redacted = [&mut f.origin.path, &mut f.origin.repo_path]
            .into_iter()
            .flatten()
            .fold(false, |any, p| self.bytes(p) | any);
        if let Some(reference) = &mut f.origin.reference {
            self.bytes(reference);
        }
        if let Some(commit) = &mut f.origin.commit
            && [&commit.author, &commit.email, &commit.summary].into_iter().any(|t| self.finds(t.as_bytes()))
        {
            let mut redacted = Commit::clone(commit);
            for text in [&mut redacted.author, &mut redacted.email, &mut redacted.summary] {
                self.text(text);
            }
            *commit = Arc::new(redacted);
        }
        if let Some(suppression) = &mut f.suppressed {
            self.text(&mut suppression.reason);
        }
    }

    /// Hides values before and behind the finding's own, which is redacted already, and moves the mark along.
    fn excerpt(&self, f: &mut Finding) {
        if !self.finds(f.excerpt.as_bytes()) {
            return;
        }
        let chars: Vec<char> = f.excerpt.chars().collect();
        let part =
            |from: usize, to: usize| chars[from.min(chars.len())..to.min(chars.len())].iter().collect::<String>();
        let (mut head, own) = (part(0, f.excerpt_mark.start), part(f.excerpt_mark.start, f.excerpt_mark.end));
        let mut tail = part(f.excerpt_mark.end, chars.len());
        self.text(&mut head);
        self.text(&mut tail);
        let start = head.chars().count();
        f.excerpt_mark = start..start + own.chars().count();
        f.excerpt = head + &own + &tail;
        self.text(&mut f.excerpt);
        f.excerpt = f.excerpt.chars().take(super::excerpt::WIDTH).collect();
    }

    fn finds(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|values| values.is_match(text))
    }

    /// Hides values in a text.
    pub fn text(&self, text: &mut String) {
        if let Some(values) = &self.0
            && values.is_match(text.as_str())
        {
            *text = values.replace_all(text, &vec![HIDDEN; values.patterns_len()]);
        }
    }

    /// Hides values in bytes; whether there was one.
    fn bytes(&self, bytes: &mut BString) -> bool {
        let Some(values) = self.0.as_ref().filter(|values| values.is_match(bytes.as_slice())) else { return false };
        *bytes = values.replace_all_bytes(bytes, &vec![HIDDEN; values.patterns_len()]).into();
        true
    }
}
