//! Findings for the tests of whichever room needs some.

use crate::blob::{Commit, Kind, Origin};
use crate::finding::{Finding, Fingerprint, Secret};
use crate::rule::{Confidence, Rule, RuleSpec, Severity, Spec};
use std::sync::Arc;

/// A finding in a file of a tree, on line 1.
pub(crate) fn finding(rule: &str, secret: &str, path: &[u8]) -> Finding {
    let secret = Secret::new(secret);
    Finding {
        rule: Arc::new(Rule {
            id: rule.into(),
            provider: "Somebody".into(),
            title: rule.into(),
            severity: Severity::High,
            tags: Vec::new(),
            reference: None,
            spec: Spec::written(RuleSpec::default()),
        }),
        title: rule.into(),
        confidence: Confidence::High,
        origin: Origin::file(Kind::Worktree, path),
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        fingerprint: Fingerprint::of(rule, &secret, path),
        secret,
        excerpt: String::new(),
        excerpt_mark: 0..0,
        evidence: Vec::new(),
        occurrences: 1,
        path_redacted: false,
        suppressed: None,
        verified: None,
    }
}

/// The same on another line.
pub(crate) fn at_line(mut finding: Finding, line: u64) -> Finding {
    (finding.line, finding.end_line) = (line, line);
    finding
}

/// The same in a history, first held by the commit with this id.
pub(crate) fn in_commit(mut finding: Finding, id: &str) -> Finding {
    finding.origin.kind = Kind::History;
    finding.origin.commit = Some(Arc::new(Commit {
        id: id.into(),
        author: "Ann".into(),
        email: "ann@example.org".into(),
        date: "2026-01-01T00:00:00Z".into(),
        summary: "x".into(),
        rank: 0,
    }));
    finding
}
