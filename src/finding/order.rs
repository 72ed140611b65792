//! One order for all reports, and one finding for what is one.

use super::Finding;
use crate::blob::Kind;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// The order of findings: path, line, column, rule; then what tells two of the same place apart.
pub fn order(a: &Finding, b: &Finding) -> Ordering {
    let key = |f: &Finding| {
        let rank = f.origin.commit.as_ref().map_or(0, |c| c.rank);
        (f.line, f.column, f.rule.id.clone(), f.origin.kind, rank, f.end_line, f.end_column)
    };
    (a.origin.path.cmp(&b.origin.path))
        .then_with(|| (a.line, a.column).cmp(&(b.line, b.column)))
        .then_with(|| key(a).cmp(&key(b)))
        .then_with(|| a.origin.reference.cmp(&b.origin.reference))
        .then_with(|| a.secret.cmp(&b.secret))
}

/// Folds findings: in history (all kinds but tree, index and stream) one a (rule, secret, place), its commit the
/// earliest, occurrences the number of blobs; elsewhere each place stays, occurrences the places in the file.
pub(crate) fn fold(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| first(a).cmp(&first(b)).then_with(|| order(a, b)));
    let mut groups: HashMap<Key, Vec<Finding>> = HashMap::new();
    for finding in findings {
        groups.entry(Key::of(&finding)).or_default().push(finding);
    }
    groups
        .into_values()
        .flat_map(|group| if is_history(group[0].origin.kind) { fold_history(group) } else { count(group) })
        .collect()
}

/// Leaves out reflog lines that only repeat a message: git writes a commit's first line into them.
pub(crate) fn without_echoes(findings: &mut Vec<Finding>) {
    let of_messages = findings.iter().filter(|f| matches!(f.origin.kind, Kind::Message | Kind::Tag));
    let told: HashSet<super::Secret> = of_messages.map(|f| f.secret.clone()).collect();
    // A reference's name has no line.
    findings.retain(|f| f.origin.kind != Kind::Ref || f.line == 0 || !told.contains(&f.secret));
}

/// What makes two findings one.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    rule: String,
    secret: super::Secret,
    kind: Kind,
    path: Option<bstr::BString>,
    reference: Option<bstr::BString>,
}

impl Key {
    fn of(f: &Finding) -> Key {
        let (path, reference) = (f.origin.path.clone(), f.origin.reference.clone());
        Key { rule: f.rule.id.clone(), secret: f.secret.clone(), kind: f.origin.kind, path, reference }
    }
}

fn is_history(kind: Kind) -> bool {
    !matches!(kind, Kind::Worktree | Kind::Staged | Kind::Stdin)
}

/// Earliest first: what stood there before the history was cut off; what no commit holds last.
fn first(f: &Finding) -> (u8, bool, u64) {
    let reach = f.origin.reach as u8;
    (reach, !f.origin.is_cut_off, f.origin.commit.as_ref().map_or(u64::MAX, |c| c.rank))
}

fn fold_history(group: Vec<Finding>) -> Vec<Finding> {
    // Two places in one blob are one occurrence. What is no blob is told apart by its commit.
    let content = |f: &Finding| match f.origin.object.is_empty() {
        true => (f.origin.commit.as_ref().map(|c| c.rank), Default::default()),
        false => (None, f.origin.object.clone()),
    };
    let occurrences = group.iter().map(content).collect::<HashSet<_>>().len() as u64;
    let in_head = group.iter().any(|f| f.origin.in_head);
    // A comment counts as it stands in the newest version.
    let newest = group.iter().find(|f| f.origin.in_head).or(group.last()).and_then(|f| f.suppressed.clone());
    let confidence = group.iter().map(|f| f.confidence).max();
    group
        .into_iter()
        .next()
        .map(|mut f| {
            f.origin.in_head = in_head;
            f.occurrences = occurrences;
            f.suppressed = newest;
            f.confidence = confidence.unwrap_or(f.confidence);
            f
        })
        .into_iter()
        .collect()
}

fn count(mut group: Vec<Finding>) -> Vec<Finding> {
    group.dedup_by(|a, b| (a.line, a.column, a.end_line, a.end_column) == (b.line, b.column, b.end_line, b.end_column));
    let occurrences = group.len() as u64;
    for f in &mut group {
        f.occurrences = occurrences;
    }
    group
}
