//! Comments that silence a finding on their line or the next one.
//!
//! `leakbreak:allow` silences every finding, `leakbreak:allow RULE[, RULE]` those of the named rules (by id, in any
//! case; a rule that does not exist silences nothing), and ` -- ` begins the reason. Beside something it counts for
//! its own line; alone on a line, with nothing but a comment's punctuation around it, for the next line. Of a token
//! over several lines (a PEM block) any line counts, or the one above the first.
//!
//! Other tools' spellings (`gitleaks:allow`, `betterleaks:allow`, `trufflehog:ignore`, `pragma: allowlist secret`)
//! count for their own line, and `pragma: allowlist nextline secret` for the next, as they do there. `nosec` and the
//! like say nothing of secrets and count for nothing.
//!
//! There is no grammar of any language here: a comment is what has these words in it. What they silence is always
//! shown as silenced, and --no-inline looks past them.

mod directive;

use crate::blob::LineIndex;
use crate::finding::{Secret, SuppressedBy, Suppression};
use directive::{Directive, Stands};
use std::collections::HashMap;
use std::ops::Range;

/// More comments on one line than anybody writes; what is beyond counts for nothing, so that a hostile text is read
/// in linear time.
const MAX_ON_A_LINE: usize = 64;
/// A text with more secrets than this gets no reasons: each would have to be held against each.
const MAX_SECRETS: usize = 1000;
/// What a report shows of a reason, in characters.
const REASON_LENGTH: usize = 200;
/// Stands for a secret within a reason.
const MASK: &[u8] = b"********";

/// What the comments of a text say; empty and free where none does.
#[derive(Debug, Default)]
pub struct Inline {
    /// Sorted by the line that they cover.
    comments: Vec<Comment>,
    /// What a reason must not show; None: no reason is shown.
    secrets: Option<Vec<(Range<usize>, Secret)>>,
}

#[derive(Debug)]
struct Comment {
    /// The line that it silences.
    covers: u64,
    directive: Directive,
}

impl Inline {
    /// Reads the comments of a text. Their reasons may hold anything, also a secret, and are left out of verdicts
    /// until [`Inline::with_reasons`] says what must not be shown.
    pub fn read(text: &[u8], lines: &LineIndex) -> Inline {
        let mut comments: Vec<Comment> =
            directive::all(text, lines).map(|(line, directive)| Comment { covers: line, directive }).collect();
        comments.sort_by_key(|comment| comment.directive.at);
        cover(&mut comments);
        comments.sort_by_key(|comment| (comment.covers, comment.directive.at));
        let (mut line, mut on_line) = (0, 0);
        comments.retain(|comment| {
            on_line = if comment.covers == line { on_line + 1 } else { 1 };
            line = comment.covers;
            on_line <= MAX_ON_A_LINE
        });
        Inline { comments, secrets: None }
    }

    /// Whether no comment says anything.
    pub fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    /// Gives the verdicts the reasons that were written. `secrets`: all that was found in the text, of any rule and
    /// confidence, with its place; reasons show them redacted.
    #[must_use]
    pub fn with_reasons<'a>(mut self, secrets: impl IntoIterator<Item = (Range<usize>, &'a Secret)>) -> Inline {
        if !self.is_empty() {
            let secrets: Vec<_> = secrets.into_iter().take(MAX_SECRETS + 1).map(|(at, s)| (at, s.clone())).collect();
            self.secrets = (secrets.len() <= MAX_SECRETS).then_some(secrets);
        }
        self
    }

    /// The comment that silences a finding of `rule` whose token stands from line `first` to `last`.
    pub fn verdict(&self, rule: &str, first: u64, last: u64) -> Option<Suppression> {
        let from = self.comments.partition_point(|comment| comment.covers < first);
        let near = self.comments[from..].iter().take_while(|comment| comment.covers <= last);
        let mut fit = near.filter(|comment| comment.silences(rule, first));
        let comment = fit.next()?;
        let reason = self.reason(comment).unwrap_or_else(|| comment.words().to_owned());
        Some(Suppression { by: SuppressedBy::Inline, reason })
    }

    fn reason(&self, comment: &Comment) -> Option<String> {
        let (at, reason) = comment.directive.reason.as_ref()?;
        let secrets = self.secrets.as_ref()?;
        let mut reason = reason.reveal().to_vec();
        for (span, _) in secrets {
            let overlap = span.start.max(*at)..span.end.min(*at + reason.len());
            if let Some(part) = overlap.start.checked_sub(*at).zip(overlap.end.checked_sub(*at))
                && let Some(bytes) = reason.get_mut(part.0..part.1)
            {
                bytes.fill(b'*');
            }
        }
        for (_, secret) in secrets.iter().filter(|(_, secret)| !secret.reveal().is_empty()) {
            reason = bstr::ByteSlice::replace(&reason[..], secret.reveal(), MASK);
        }
        let text = String::from_utf8_lossy(&reason);
        Some(text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_LENGTH).collect())
    }
}

impl Comment {
    fn silences(&self, rule: &str, first: u64) -> bool {
        let place = self.directive.stands == Stands::Beside || self.covers == first;
        let rules = &self.directive.rules;
        place && (rules.is_empty() || rules.iter().any(|r| r.eq_ignore_ascii_case(rule)))
    }

    /// Where it stands, for a report of a comment without a reason.
    fn words(&self) -> String {
        let place = match self.directive.stands {
            Stands::Beside => "beside it",
            Stands::Above => "on the line above",
        };
        format!("{} {place}", self.directive.spelling)
    }
}

/// Lets the comments that stand alone cover the next line: where several stand one below the other, the line below
/// the last. They are in the order of the text.
fn cover(comments: &mut [Comment]) {
    let mut covered: HashMap<u64, u64> = HashMap::new();
    for comment in comments.iter_mut().rev().filter(|comment| comment.directive.stands == Stands::Above) {
        let line = comment.covers;
        let below = covered.get(&(line + 1)).copied().unwrap_or(line + 1);
        comment.covers = *covered.entry(line).or_insert(below);
    }
}

#[cfg(test)]
mod tests;
