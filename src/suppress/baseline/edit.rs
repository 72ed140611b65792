//! New baselines of old ones.

use super::{Baseline, Entry, Terms};
use crate::finding::{Finding, Stale, SuppressedBy};

impl Baseline {
    /// This baseline and the findings: those that nothing else silences and that are not in it yet, or no longer
    /// count, get these terms. What is known keeps its own, so that the same findings make the same file again.
    #[must_use]
    pub fn create(self, findings: &[Finding], terms: &Terms) -> Baseline {
        let open = |f: &&Finding| f.suppressed.as_ref().is_none_or(|s| s.by == SuppressedBy::Baseline);
        let found = findings.iter().filter(open).map(|finding| Entry::of(finding, terms.clone())).collect();
        self.with(Baseline { entries: found, today: String::new() })
    }

    /// This baseline and the entries of another; of two for one finding, this one's if it still counts.
    #[must_use]
    pub fn with(mut self, other: Baseline) -> Baseline {
        let today = std::mem::take(&mut self.today);
        self.entries.retain(|entry| !entry.terms.are_over(&today) || other.find(&entry.fingerprint).is_none());
        // A stable sort keeps this one's before the other's, and of equals the first is kept.
        self.entries.extend(other.entries);
        self.entries.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        self.entries.dedup_by(|later, kept| later.fingerprint == kept.fingerprint);
        Baseline { entries: self.entries, today }
    }

    /// This baseline without the entries that expired or match none of the findings, which are those of a whole scan;
    /// entries of a file that moved follow it. Also what became of whom. `still_there` is as for [`Baseline::mark`].
    #[must_use]
    pub fn prune(&self, findings: &[Finding], still_there: &dyn Fn(&[u8]) -> bool) -> (Baseline, Vec<Stale>) {
        let review = self.review(findings, still_there);
        let mut kept = Vec::new();
        for (i, entry) in self.entries.iter().enumerate().filter(|(i, _)| self.counts(*i)) {
            if review.matched[i] {
                kept.push(entry.clone());
            }
            if let Some((path, fingerprint)) = review.moves.of(i) {
                kept.push(Entry { path: path.clone(), fingerprint: fingerprint.clone(), ..entry.clone() });
            }
        }
        (
            Baseline { entries: Vec::new(), today: self.today.clone() }.with(Baseline::of(kept)),
            self.notes(&review, true),
        )
    }

    /// A baseline of these entries, in any order.
    pub(crate) fn of(entries: Vec<Entry>) -> Baseline {
        Baseline::default().with(Baseline { entries, today: String::new() })
    }
}

impl Entry {
    /// The entry of a finding.
    pub(crate) fn of(finding: &Finding, terms: Terms) -> Entry {
        Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.id.clone(),
            path: finding.origin.repo_path.clone().unwrap_or_default(),
            terms,
        }
    }
}
