//! Files that moved: an entry whose file is gone covers the same secret at one other path.

use super::{Baseline, file_name};
use crate::finding::{Finding, Fingerprint, SuppressedBy};
use bstr::BString;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

impl Baseline {
    /// For each entry where its file moved to: the path, and the fingerprint of the finding there. Of several paths
    /// it is one that is still there, then one with the same file name, then the first; and each path answers for one
    /// entry.
    pub(super) fn moved(
        &self,
        findings: &[Finding],
        still_there: &dyn Fn(&[u8]) -> bool,
    ) -> Vec<Option<(BString, Fingerprint)>> {
        let mut moved = vec![None; self.entries.len()];
        let gone = self.gone(still_there);
        let wishes = if gone.is_empty() { Vec::new() } else { self.wishes(findings, &gone, still_there) };
        let mut taken: HashSet<&Fingerprint> = HashSet::new();
        for Wish { entry, path, fingerprint, .. } in &wishes {
            if moved[*entry].is_none() && taken.insert(fingerprint) {
                moved[*entry] = Some(((*path).clone(), (*fingerprint).clone()));
            }
        }
        moved
    }

    /// The paths of entries that are gone, by rule.
    fn gone(&self, still_there: &dyn Fn(&[u8]) -> bool) -> BTreeMap<&str, BTreeSet<&BString>> {
        let mut known: HashMap<&BString, bool> = HashMap::new();
        let mut gone: BTreeMap<&str, BTreeSet<&BString>> = BTreeMap::new();
        for (i, entry) in self.entries.iter().enumerate() {
            let path = &entry.path;
            if self.counts(i) && !path.is_empty() && !*known.entry(path).or_insert_with(|| still_there(path)) {
                gone.entry(&entry.rule).or_default().insert(path);
            }
        }
        gone
    }

    /// Every path that could be where an entry's file moved to, the likeliest first. The secret is compared by what
    /// its fingerprint would be at the old path: the baseline knows no more of it.
    fn wishes<'a>(
        &self,
        findings: &'a [Finding],
        gone: &BTreeMap<&str, BTreeSet<&BString>>,
        still_there: &dyn Fn(&[u8]) -> bool,
    ) -> Vec<Wish<'a>> {
        let mut wishes = Vec::new();
        let mut seen = HashSet::new();
        for finding in findings.iter().filter(|finding| self.wants(finding)) {
            let Some(path) = finding.origin.repo_path.as_ref().filter(|path| !path.is_empty()) else { continue };
            let Some(old_paths) = gone.get(finding.rule.id.as_str()) else { continue };
            if !seen.insert(&finding.fingerprint) {
                continue;
            }
            let is_gone = !still_there(path);
            for old in old_paths {
                let fingerprint = Fingerprint::of(&finding.rule.id, &finding.secret, old);
                if let Some(entry) = self.find(&fingerprint).filter(|i| self.counts(*i)) {
                    let is_renamed = file_name(old) != file_name(path);
                    wishes.push(Wish { is_gone, is_renamed, entry, path, fingerprint: &finding.fingerprint });
                }
            }
        }
        wishes.sort();
        wishes
    }

    /// Whether a finding is open to be covered: nothing else silences it, and no entry of its own.
    fn wants(&self, finding: &Finding) -> bool {
        let open = finding.suppressed.as_ref().is_none_or(|s| s.by == SuppressedBy::Baseline);
        open && !self.find(&finding.fingerprint).is_some_and(|i| self.counts(i))
    }
}

/// An entry could have moved to this path. The order of the fields is the order of likelihood.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Wish<'a> {
    is_gone: bool,
    is_renamed: bool,
    entry: usize,
    path: &'a BString,
    fingerprint: &'a Fingerprint,
}
