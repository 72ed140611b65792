//! json: one document, `{"version", "findings", "receipt"}`; and the objects that the other machine formats share.
//! The schema is versioned: fields are added, never renamed.

use super::{Options, escape};
use crate::blob::SkipReason;
use crate::finding::{Finding, Outcome, Receipt, SkipCount};
use base64::Engine;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use std::io::{self, Write};

/// The version of the schema.
pub(crate) const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<FindingObject<'a>>,
    receipt: ReceiptObject<'a>,
}

/// Writes the document, with a line end.
pub(crate) fn write(outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let findings = super::shown(outcome, options).map(|f| FindingObject::new(f, options)).collect();
    let document = Document { version: SCHEMA, findings, receipt: ReceiptObject::new(outcome, &outcome.receipt) };
    write_value(&document, out)
}

/// Writes one value on one line, unsafe characters escaped.
pub(crate) fn write_value(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut buffer, Safe(CompactFormatter)))?;
    buffer.push(b'\n');
    out.write_all(&buffer)
}

/// A finding as DESIGN has it.
#[derive(Serialize)]
pub(crate) struct FindingObject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    rule: &'a str,
    title: &'a str,
    severity: &'static str,
    confidence: &'static str,
    path: Option<String>,
    path_base64: Option<String>,
    r#ref: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    end_line: Option<u64>,
    end_column: Option<u64>,
    secret: Option<String>,
    redacted: String,
    fingerprint: &'a str,
    excerpt: &'a str,
    evidence: &'a [String],
    commit: Option<CommitObject<'a>>,
    in_head: bool,
    occurrences: u64,
    origin: &'static str,
    suppressed: Option<SuppressedObject<'a>>,
    remediation: String,
    verified: Option<VerifiedObject<'a>>,
}

#[derive(Serialize)]
struct CommitObject<'a> {
    id: &'a str,
    author: &'a str,
    email: &'a str,
    date: &'a str,
    summary: &'a str,
}

/// What a provider said, here and in SARIF.
#[derive(Serialize)]
pub(crate) struct VerifiedObject<'a> {
    status: &'static str,
    host: &'a str,
    detail: &'a str,
}

impl<'a> VerifiedObject<'a> {
    /// The object for a finding, if somebody was asked.
    pub(crate) fn new(f: &'a Finding) -> Option<Self> {
        f.verified.as_ref().map(|v| VerifiedObject { status: v.status.name(), host: &v.host, detail: &v.detail })
    }
}

#[derive(Serialize)]
struct SuppressedObject<'a> {
    by: &'static str,
    reason: &'a str,
}

impl<'a> FindingObject<'a> {
    /// The object for one finding.
    pub(crate) fn new(f: &'a Finding, options: Options) -> Self {
        let place = |n: u64| (f.line > 0).then_some(n);
        let exact = f.origin.path.as_ref().filter(|p| std::str::from_utf8(p).is_err() && !f.path_redacted);
        FindingObject {
            kind: "finding",
            rule: &f.rule.id,
            title: &f.title,
            severity: f.rule.severity.name(),
            confidence: f.confidence.name(),
            path: f.origin.path.as_ref().map(|p| p.to_string()),
            path_base64: exact.map(|p| base64::engine::general_purpose::STANDARD.encode(p.as_slice())),
            r#ref: f.origin.reference.as_ref().map(|r| r.to_string()),
            line: place(f.line),
            column: place(f.column),
            end_line: place(f.end_line),
            end_column: place(f.end_column),
            secret: options.reveal.then(|| String::from_utf8_lossy(f.secret.reveal()).into_owned()),
            redacted: f.redacted(),
            fingerprint: f.fingerprint.as_str(),
            excerpt: &f.excerpt,
            evidence: &f.evidence,
            commit: f.origin.commit.as_deref().map(|c| CommitObject {
                id: &c.id,
                author: &c.author,
                email: &c.email,
                date: &c.date,
                summary: &c.summary,
            }),
            in_head: f.origin.in_head,
            occurrences: f.occurrences,
            origin: f.origin.kind.name(),
            suppressed: f.suppressed.as_ref().map(|s| SuppressedObject { by: s.by.name(), reason: &s.reason }),
            remediation: super::remediation(f),
            verified: VerifiedObject::new(f),
        }
    }
}

/// The coverage receipt.
#[derive(Serialize)]
pub(crate) struct ReceiptObject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    source: &'a str,
    asked: &'a [String],
    complete: bool,
    findings: usize,
    suppressed: u64,
    below_confidence: u64,
    unreachable_findings: u64,
    read: ReadObject,
    skipped: Vec<SkipObject<'a>>,
    stale: Vec<StaleObject<'a>>,
    notes: &'a [String],
    empty: bool,
    interrupted: bool,
}

#[derive(Serialize)]
struct ReadObject {
    files: u64,
    commits: u64,
    blobs: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct SkipObject<'a> {
    reason: &'static str,
    kind: &'static str,
    count: u64,
    places: Vec<PlaceObject<'a>>,
}

#[derive(Serialize)]
struct PlaceObject<'a> {
    place: String,
    detail: &'a str,
}

#[derive(Serialize)]
struct StaleObject<'a> {
    what: &'a str,
    why: &'a str,
}

impl<'a> ReceiptObject<'a> {
    /// The object for a receipt of an outcome: its own, or one that was made fit for a document.
    pub(crate) fn new(outcome: &Outcome, r: &'a Receipt) -> Self {
        ReceiptObject {
            kind: "receipt",
            version: SCHEMA,
            source: &r.source,
            asked: &r.asked,
            complete: !r.is_incomplete(),
            findings: outcome.active().count(),
            suppressed: r.suppressed,
            below_confidence: r.below_confidence,
            unreachable_findings: r.unreachable_findings,
            read: ReadObject { files: r.files, commits: r.commits, blobs: r.blobs, bytes: r.bytes },
            skipped: r.skips.iter().map(|(reason, count)| SkipObject::new(*reason, count)).collect(),
            stale: r.stale.iter().map(|s| StaleObject { what: &s.what, why: &s.why }).collect(),
            notes: &r.notes,
            empty: r.empty,
            interrupted: r.interrupted,
        }
    }
}

impl<'a> SkipObject<'a> {
    fn new(reason: SkipReason, count: &'a SkipCount) -> Self {
        let places = count.first.iter().map(|s| PlaceObject { place: s.place.to_string(), detail: &s.detail });
        let kind = if reason.is_failure() { "failure" } else { "policy" };
        SkipObject { reason: reason.name(), kind, count: count.count, places: places.collect() }
    }
}

/// JSON in which every unsafe character is escaped, for whoever shows it on a terminal or in a log.
struct Safe(CompactFormatter);

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = next_unsafe(rest) {
            let Some(c) = rest[at..].chars().next() else { break };
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }
}

/// The next character to escape: an unsafe one, or the bracket of an old workflow command.
fn next_unsafe(text: &str) -> Option<usize> {
    let odd = text.char_indices().find(|(_, c)| escape::is_unsafe(*c)).map(|(at, _)| at);
    let command = text.find("##[").map(|at| at + 2);
    [odd, command].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_are_escaped_and_read_back() {
        let text = "a\u{202e}b\u{1b}c##[x]\u{e0001}";
        let mut out = Vec::new();
        write_value(&text, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown.trim_end(), r###""a\u202eb\u001bc##\u005bx]\udb40\udc01""###);
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }
}
