//! Private keys: a block between two lines that name it (PEM, OpenSSH, PGP), or PuTTY's file. In files, in one line
//! with escaped line ends, in quotes, comments and diffs. The block is the secret, with plain line ends.

use super::hits::Hits;
use super::soft::{self, SoftLines};
use super::{Evidence, Match, entropy};
use crate::finding::Secret;
use crate::rule::{Confidence, Rule};
use base64::Engine;
use std::ops::Range;
use std::sync::Arc;

/// The largest block: an RSA key of 16,384 bits takes 13 KB.
const LARGEST: usize = 64 * 1024;
/// The fewest characters of a body: an Ed25519 key in PKCS#8 has 64.
const SMALLEST: usize = 40;
const SMALLEST_CUT: usize = 100;

const BEGIN: &[u8] = b"-----BEGIN ";
const OPENSSH: &[u8] = b"openssh-key-v1\0";
const PUTTY: &str = "PuTTY-User-Key-File";

/// The rules for private keys by their labels.
#[derive(Debug, Default)]
pub(super) struct Blocks(Vec<(String, Arc<Rule>)>);

impl Blocks {
    /// Adds a rule; gives the literals that lead to it.
    pub(super) fn add(&mut self, rule: &Arc<Rule>) -> Vec<Vec<u8>> {
        let labels = &rule.spec.labels;
        self.0.extend(labels.iter().map(|label| (label.clone(), rule.clone())));
        let literal = |label: &String| if label == PUTTY { PUTTY.as_bytes().to_vec() } else { BEGIN.to_vec() };
        labels.iter().map(literal).collect()
    }

    fn of(&self, label: &[u8]) -> Option<&Arc<Rule>> {
        self.0.iter().find(|(known, _)| known.as_bytes() == label).map(|(_, rule)| rule)
    }

    /// Looks at the block that begins at `start`.
    pub(super) fn look(&self, text: &[u8], start: usize, hits: &mut Hits) {
        if text[start..].starts_with(BEGIN) { self.pem(text, start, hits) } else { self.putty(text, start, hits) }
    }

    fn pem(&self, text: &[u8], start: usize, hits: &mut Hits) {
        let Some((label, body)) = label(text, start) else { return };
        let Some(rule) = self.of(label) else { return };
        let limit = text.len().min(body + LARGEST);
        let dashes = memchr::memmem::find(&text[body..limit], b"-----").map_or(limit, |i| body + i);
        let close = [b"-----END ", label, b"-----"].concat();
        let closed = text[dashes..].starts_with(&close);
        let read = Body::read(text, body..dashes, soft::line_head(text, start));
        let end = if closed { dashes + close.len() } else { read.end };
        if let Some(why) = read.fake(closed) {
            hits.refuse(rule, start..end, || why.to_owned());
            return;
        }
        let (confidence, why) = read.confidence(label, closed);
        let label = String::from_utf8_lossy(label);
        let mut block = format!("-----BEGIN {label}-----\n{}", read.lines.join("\n"));
        if closed {
            block.push_str(&format!("\n-----END {label}-----"));
        }
        push(rule, start..end, block, confidence, why, hits);
    }

    fn putty(&self, text: &[u8], start: usize, hits: &mut Hits) {
        let Some(rule) = self.of(PUTTY.as_bytes()) else { return };
        let limit = text.len().min(start + LARGEST);
        let mut lines = SoftLines::new(text, start..limit, soft::line_head(text, start));
        let (mut kept, mut end, mut encrypted, mut private, mut left) = (Vec::new(), start, false, 0, 0usize);
        while let Some((line, range)) = lines.next() {
            if line.is_empty() {
                continue;
            }
            match line.split_once(": ") {
                _ if left > 0 && soft::is_base64(&line) => {
                    left -= 1;
                    private += line.len();
                }
                Some(("Encryption", how)) => encrypted = how != "none",
                Some(("Private-Lines", n)) => left = n.parse().unwrap_or(0).min(1000),
                Some(_) => {}
                None if soft::is_base64(&line) => {}
                None => break,
            }
            end = range.end;
            kept.push(line.clone());
            if line.starts_with("Private-MAC") {
                break;
            }
        }
        if private < SMALLEST {
            hits.refuse(rule, start..end, || "no private lines follow".into());
            return;
        }
        let (confidence, why) = match encrypted {
            true => (Confidence::Low, "it is encrypted with a passphrase"),
            false => (Confidence::High, "it is not encrypted"),
        };
        push(rule, start..end, kept.join("\n"), confidence, why, hits);
    }
}

fn push(rule: &Arc<Rule>, span: Range<usize>, block: String, confidence: Confidence, why: &str, hits: &mut Hits) {
    hits.matches.push(Match {
        rule: rule.clone(),
        title: None,
        span,
        secret: Secret::new(block),
        confidence: confidence.min(rule.spec.confidence.unwrap_or(Confidence::High)),
        evidence: vec![Evidence::plain("a key stands between its first and its last line"), Evidence::plain(why)],
    });
}

/// The label of the header at `start`, and where the header ends.
fn label(text: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(start + BEGIN.len()..)?;
    let rest = &rest[..rest.len().min(64)];
    let len = memchr::memmem::find(rest, b"-----")?;
    Some((&rest[..len], start + BEGIN.len() + len + 5))
}

/// What stands between the two lines.
struct Body {
    /// Its lines without what the surrounding adds: header fields, an empty line behind them, base64.
    lines: Vec<String>,
    /// The base64 alone.
    base64: String,
    /// Where the last of them ends.
    end: usize,
    encrypted: bool,
    /// Something stands between the lines that belongs to no key.
    foreign: bool,
}

impl Body {
    fn read(text: &[u8], range: Range<usize>, head: &[u8]) -> Body {
        let end = range.start;
        let mut body = Body { lines: Vec::new(), base64: String::new(), end, encrypted: false, foreign: false };
        for (line, place) in SoftLines::new(text, range, head) {
            if line.is_empty() {
                continue;
            }
            let field =
                line.split_once(": ").filter(|(name, _)| name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'));
            if let (Some((name, value)), true) = (field, body.base64.is_empty()) {
                body.encrypted |= name == "DEK-Info" || name == "Proc-Type" && value.contains("ENCRYPTED");
                body.lines.push(line);
            } else if line.split_whitespace().all(soft::is_base64) {
                for word in line.split_whitespace() {
                    body.base64.push_str(word);
                    body.lines.push(word.to_owned());
                }
            } else {
                body.foreign = true;
                break;
            }
            body.end = place.end;
        }
        body
    }

    /// Why it is no key.
    fn fake(&self, closed: bool) -> Option<&'static str> {
        let least = if closed { SMALLEST } else { SMALLEST_CUT };
        if self.base64.len() < least {
            return Some("no key follows its first line");
        }
        if closed && self.foreign {
            return Some("something else than a key stands between its lines");
        }
        let random = entropy::shannon(self.base64.as_bytes());
        (random < 4.0).then_some("it is not random enough")
    }

    fn confidence(&self, label: &[u8], closed: bool) -> (Confidence, &'static str) {
        let head = self.base64.split('=').next().unwrap_or_default();
        let head = &head[..head.len().min(64) / 4 * 4];
        let bytes = base64::engine::general_purpose::STANDARD.decode(head).unwrap_or_default();
        let openssh = bytes.starts_with(OPENSSH);
        if self.encrypted
            || label.starts_with(b"ENCRYPTED")
            || bytes.strip_prefix(OPENSSH).is_some_and(|rest| !rest.starts_with(b"\0\0\0\x04none"))
        {
            return (Confidence::Low, "it is encrypted with a passphrase");
        }
        let begins = match bytes.first() {
            _ if openssh => true,
            Some(first) if label.starts_with(b"PGP") => first & 0x80 != 0,
            Some(first) => *first == 0x30,
            None => false,
        };
        match (begins, closed) {
            (true, true) => (Confidence::High, "its content begins like such a key"),
            (true, false) => (Confidence::Medium, "it is cut off, but begins like such a key"),
            (false, _) => (Confidence::Low, "its content does not begin like such a key"),
        }
    }
}
