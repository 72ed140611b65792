//! The coverage receipt in words.

use super::escape;
use crate::blob::SkipReason;
use crate::finding::{Outcome, Receipt};

/// How many failures the line names.
const NAMED: usize = 3;

/// One line: findings, what was read, what was not and why.
pub(crate) fn line(outcome: &Outcome) -> String {
    let r = &outcome.receipt;
    let mut parts = vec![findings(outcome), read(r)];
    let skipped = skipped(r, false);
    if !skipped.is_empty() {
        parts.push(format!("skipped {skipped}"));
    }
    if r.is_incomplete() {
        parts.push(format!("INCOMPLETE: {}{}", why_incomplete(r), named(r)));
    }
    parts.extend(counted(r));
    if !r.stale.is_empty() {
        parts.push(format!("{} to tidy", count(r.stale.len() as u64, "suppression")));
    }
    parts.extend(r.notes.iter().map(|n| escape::printable(n)));
    escape::printable(&format!("leakbreak: {}", parts.join("; ")))
}

/// "3 findings (2 secrets)".
pub(crate) fn findings(outcome: &Outcome) -> String {
    let active: Vec<_> = outcome.active().collect();
    let mut secrets: Vec<_> = active.iter().map(|f| (&f.rule.id, &f.secret)).collect();
    secrets.sort();
    secrets.dedup();
    match (active.len(), secrets.len()) {
        (0, _) => "no findings".into(),
        (n, s) if n == s => count(n as u64, "finding"),
        (n, s) => format!("{} of {}", count(n as u64, "finding"), count(s as u64, "secret")),
    }
}

/// "read 12 files, 3.4 MiB".
pub(crate) fn read(r: &Receipt) -> String {
    let mut parts = Vec::new();
    if r.commits + r.blobs > 0 || matches!(r.source.as_str(), "history" | "range") {
        parts.push(count(r.commits, "commit"));
        parts.push(count(r.blobs, "blob"));
    }
    if r.files > 0 || parts.is_empty() {
        parts.push(count(r.files, "file"));
    }
    format!("read {}, {} ({})", parts.join(", "), bytes(r.bytes), asked(r))
}

fn asked(r: &Receipt) -> String {
    let asked: Vec<_> = r.asked.iter().map(|a| escape::printable(a)).collect();
    if asked.is_empty() { r.source.clone() } else { format!("{} {}", r.source, asked.join(" ")) }
}

/// "2 binary, 1 symlink": of the kind asked for.
pub(crate) fn skipped(r: &Receipt, failures: bool) -> String {
    let of_kind = r.skips.iter().filter(|(reason, _)| reason.is_failure() == failures);
    of_kind.map(|(reason, n)| format!("{} {}", n.count, words(*reason))).collect::<Vec<_>>().join(", ")
}

/// What makes the run incomplete.
pub(crate) fn why_incomplete(r: &Receipt) -> String {
    let mut parts = Vec::new();
    if r.interrupted {
        parts.push("the scan was cut off".into());
    }
    if r.empty {
        parts.push("nothing was there to scan (--allow-empty if that is right)".into());
    }
    let failures = skipped(r, true);
    if !failures.is_empty() {
        parts.push(failures);
    }
    if r.strict && !skipped(r, false).is_empty() {
        parts.push(format!("{} (--strict)", skipped(r, false)));
    }
    parts.join(", ")
}

/// " (not read: ID: why, ...)": the first few failures.
fn named(r: &Receipt) -> String {
    let failures = || r.skips.iter().filter(|(reason, _)| reason.is_failure()).map(|(_, n)| n);
    let first: Vec<_> = failures().flat_map(|n| &n.first).take(NAMED).map(|s| detailed(&s.place, &s.detail)).collect();
    let all: u64 = failures().map(|n| n.count).sum();
    match all.saturating_sub(first.len() as u64) {
        _ if first.is_empty() => String::new(),
        0 => format!(" (not read: {})", first.join(", ")),
        more => format!(" (not read: {}, and {more} more)", first.join(", ")),
    }
}

/// "PLACE: why".
fn detailed(place: &bstr::BString, detail: &str) -> String {
    if detail.is_empty() { place.to_string() } else { format!("{place}: {detail}") }
}

/// What was seen and is not shown.
pub(crate) fn counted(r: &Receipt) -> Vec<String> {
    let mut parts = Vec::new();
    if r.suppressed > 0 {
        parts.push(format!("{} suppressed (--show-suppressed)", r.suppressed));
    }
    if r.unreachable_findings > 0 {
        parts.push(format!("{} that no reference leads to (--unreachable)", r.unreachable_findings));
    }
    if r.below_confidence > 0 {
        parts.push(format!("{} of lower confidence (--min-confidence)", r.below_confidence));
    }
    parts
}

/// A skip's reason in words.
pub(crate) fn words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::TooLarge => "over --max-size",
        SkipReason::Special => "special file",
        SkipReason::NestedRepository => "nested repository",
        SkipReason::LfsPointer => "LFS pointer",
        SkipReason::MissingBase => "without its old version",
        SkipReason::DecodeLimit => "beyond the decoding limit",
        SkipReason::Shallow => "shallow boundary",
        SkipReason::BrokenReference => "broken reference",
        other => other.name(),
    }
}

/// "1 file", "2 files".
pub(crate) fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = n as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{n} B") } else { format!("{size:.1} {}", UNITS[unit]) }
}
