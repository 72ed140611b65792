//! gitleaks: `.gitleaksignore`, and its JSON report, which is its baseline too.

use super::{Foreign, Known, KnownSecret, text};
use crate::finding::{Secret, Stale};
use serde_json::Value as Json;

/// Reads lines `COMMIT:PATH:RULE:LINE` and `PATH:RULE:LINE`. None if no line is one.
pub(super) fn ignore_file(text: &str, name: &str) -> Option<Foreign> {
    let mut foreign = Foreign::default();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match place(line, name, i + 1) {
            Some(known) => foreign.known.push(known),
            None => foreign.lost.push(Stale {
                what: format!("{name}: line {}", i + 1),
                why: "it has neither the form COMMIT:PATH:RULE:LINE nor PATH:RULE:LINE".into(),
            }),
        }
    }
    (foreign.lost.is_empty() || !foreign.known.is_empty()).then_some(foreign)
}

fn place(line: &str, name: &str, number: usize) -> Option<Known> {
    // A path can hold colons, so the line is read from its end.
    let (rest, line) = line.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let line = line.parse().ok()?;
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
        _ => (None, rest),
    };
    (!path.is_empty() && !rule.is_empty()).then(|| Known { commit, ..Known::new(name, number, rule, path, line) })
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Reads the findings of a report.
pub(super) fn report(findings: &[Json], name: &str) -> Foreign {
    let mut foreign = Foreign::default();
    for (i, finding) in findings.iter().enumerate() {
        match reported(finding, name, i + 1) {
            Some(known) => foreign.known.push(known),
            None => foreign
                .lost
                .push(Stale { what: format!("{name}: entry {}", i + 1), why: "it has no File and StartLine".into() }),
        }
    }
    foreign
}

fn reported(finding: &Json, name: &str, number: usize) -> Option<Known> {
    let line = finding.get("StartLine")?.as_u64()?;
    let path = text(finding, "File").filter(|path| !path.is_empty())?;
    let known = Known::new(name, number, text(finding, "RuleID").unwrap_or("finding"), path, line);
    let commit = text(finding, "Commit").filter(|id| is_commit(id)).map(str::to_ascii_lowercase);
    // With --redact the report holds this word, or the value's beginning and dots.
    let value = text(finding, "Secret").filter(|s| !s.is_empty() && *s != "REDACTED" && !s.ends_with("..."));
    let secret = value.map_or(KnownSecret::Place, |value| KnownSecret::Value(Secret::new(value)));
    Some(Known { commit, secret, ..known })
}
