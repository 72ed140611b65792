//! Files that moved: an entry whose file is gone covers the same secret at one other path.

use super::{Baseline, file_name};
use crate::finding::{Finding, Fingerprint, SuppressedBy};
use bstr::BString;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many pairs of an old and a new place are compared: some seconds. Only a tree that was moved as a whole, or a
/// baseline made to be slow, comes near it. (A test can wait for fewer.)
const MAX_PAIRS: usize = if cfg!(test) { 1 << 8 } else { 1 << 21 };

/// Where the files of entries moved to.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// By entry: the new path, and what the finding there is known by.
    to: HashMap<usize, (BString, Fingerprint)>,
    /// The other way round.
    from: HashMap<Fingerprint, usize>,
    /// Whether there were more pairs than are compared.
    pub(super) are_cut_off: bool,
}

impl Moves {
    /// Where the entry's file moved to: the path, and the fingerprint of the finding there.
    pub(super) fn of(&self, entry: usize) -> Option<&(BString, Fingerprint)> {
        self.to.get(&entry)
    }

    /// The entry that covers the finding.
    pub(super) fn entry(&self, finding: &Finding) -> Option<usize> {
        self.from.get(&finding.fingerprint).copied()
    }
}

/// The paths of entries that are gone, by rule and file name.
type Gone<'a> = HashMap<&'a str, BTreeMap<&'a [u8], BTreeSet<&'a BString>>>;

impl Baseline {
    /// Looks for the files of entries that moved. Of several paths it is one that is still there, then one with the
    /// same file name, then the first; and each path answers for one entry.
    pub(super) fn moves(&self, findings: &[Finding], still_there: &dyn Fn(&[u8]) -> bool) -> Moves {
        let mut seen = HashSet::new();
        let open: Vec<&Finding> = findings.iter().filter(|f| self.wants(f) && seen.insert(&f.fingerprint)).collect();
        let gone = self.gone(&open, still_there);
        let mut moves = Moves::default();
        let mut wishes = self.wishes(&open, &gone, still_there, &mut moves.are_cut_off);
        wishes.sort();
        for Wish { entry, path, fingerprint, .. } in wishes {
            if !moves.to.contains_key(&entry) && !moves.from.contains_key(fingerprint) {
                moves.to.insert(entry, (path.clone(), fingerprint.clone()));
                moves.from.insert(fingerprint.clone(), entry);
            }
        }
        moves
    }

    /// Whether a finding is open to be covered: nothing else silences it, and no entry of its own.
    fn wants(&self, finding: &Finding) -> bool {
        let open = finding.suppressed.as_ref().is_none_or(|s| s.by == SuppressedBy::Baseline);
        let has_path = finding.origin.repo_path.as_ref().is_some_and(|path| !path.is_empty());
        open && has_path && !self.find(&finding.fingerprint).is_some_and(|i| self.counts(i))
    }

    fn gone(&self, open: &[&Finding], still_there: &dyn Fn(&[u8]) -> bool) -> Gone<'_> {
        let rules: HashSet<&str> = open.iter().map(|finding| finding.rule.id.as_str()).collect();
        let mut known: HashMap<&BString, bool> = HashMap::new();
        let mut gone = Gone::new();
        for (i, entry) in self.entries.iter().enumerate() {
            let (path, rule) = (&entry.path, entry.rule.as_str());
            let concerns = self.counts(i) && !path.is_empty() && rules.contains(rule);
            if concerns && !*known.entry(path).or_insert_with(|| still_there(path)) {
                gone.entry(rule).or_default().entry(file_name(path)).or_default().insert(path);
            }
        }
        gone
    }

    /// Every path that could be where an entry's file moved to. The secret is compared by what its fingerprint would
    /// be at the old path: the baseline knows no more of it. Files that kept their name are compared first.
    fn wishes<'a>(
        &self,
        open: &[&'a Finding],
        gone: &Gone<'_>,
        still_there: &dyn Fn(&[u8]) -> bool,
        are_cut_off: &mut bool,
    ) -> Vec<Wish<'a>> {
        let mut pairs: Vec<(&'a Finding, &'a BString, &BString)> = Vec::new();
        for is_renamed in [false, true] {
            for finding in open {
                let (Some(path), Some(names)) = (&finding.origin.repo_path, gone.get(finding.rule.id.as_str())) else {
                    continue;
                };
                let own = names.get(file_name(path)).filter(|_| !is_renamed);
                let others = names.values().filter(|_| is_renamed);
                let old = own.into_iter().chain(others).flatten();
                pairs.extend(old.take(MAX_PAIRS + 1 - pairs.len()).map(|old| (*finding, path, *old)));
            }
        }
        *are_cut_off = pairs.len() > MAX_PAIRS;
        let wish = |(finding, path, old): (&'a Finding, &'a BString, &BString)| {
            let there = Fingerprint::of(&finding.rule.id, &finding.secret, old);
            let entry = self.find(&there).filter(|i| self.counts(*i))?;
            let (is_gone, is_renamed) = (!still_there(path), file_name(old) != file_name(path));
            Some(Wish { is_gone, is_renamed, entry, path, fingerprint: &finding.fingerprint })
        };
        pairs.into_iter().take(MAX_PAIRS).filter_map(wish).collect()
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
