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
/// The shortest last line of a body that is cut off.
const SHORT_LINE: usize = 16;

const BEGIN: &[u8] = b"-----BEGIN ";
const OPENSSH: &[u8] = b"openssh-key-v1\0";
const PUTTY: &str = "PuTTY-User-Key-File";

/// What else a PuTTY file says, and how many lines it may have.
const PUTTY_FIELDS: &[&str] = &[
    "Comment",
    "Public-Lines",
    "Private-MAC",
    "Private-Hash",
    "Key-Derivation",
    "Argon2-Memory",
    "Argon2-Passes",
    "Argon2-Parallelism",
    "Argon2-Salt",
];
const PUTTY_LINES: usize = 400;

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
        hits.far = true;
        let limit = text.len().min(body + LARGEST);
        let dashes = memchr::memmem::find(&text[body..limit], b"-----").map_or(limit, |i| body + i);
        // In a diff the line can have a dash more.
        let dashes = dashes + usize::from(text[dashes..].starts_with(b"------"));
        let close = [b"-----END ", label, b"-----"].concat();
        let closed = text[dashes..].starts_with(&close);
        let read = Body::read(text, body..dashes, soft::line_head(text, start), closed);
        let end = if closed { dashes + close.len() } else { read.end };
        let why = if is_elided(&text[body..dashes]) { Some("its middle is left out") } else { read.fake(closed) };
        if let Some(why) = why {
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
        // The first line is short; without its end this is a word in a text.
        let head = &text[start..text.len().min(start + 128)];
        let version = &head[PUTTY.len()..];
        if !(version.starts_with(b"-2: ") || version.starts_with(b"-3: ")) || !soft::has_line_end(head) {
            return;
        }
        hits.far = true;
        let limit = text.len().min(start + LARGEST);
        let lines = SoftLines::new(text, start..limit, soft::line_head(text, start));
        let (mut kept, mut end, mut encrypted, mut private, mut left) = (Vec::new(), start, false, 0, 0usize);
        for (line, range) in lines.take(PUTTY_LINES) {
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
                Some((name, _)) if PUTTY_FIELDS.contains(&name) || kept.is_empty() => {}
                Some(_) => break,
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

/// Whether a line of dots says that there was more: the key of a manual, which nobody can use.
fn is_elided(body: &[u8]) -> bool {
    let dots = |line: &[u8]| {
        let marked = [&b"..."[..], "\u{2026}".as_bytes()].iter().any(|mark| memchr::memmem::find(line, mark).is_some());
        marked && !line.iter().any(u8::is_ascii_alphanumeric)
    };
    memchr::memmem::find(body, b"\\n...").is_some() || body.split(|b| *b == b'\n').any(dots)
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
    /// Reads the lines in `range`. Where no last line closes them, the first one that is not as long as the others is
    /// the last, or already text.
    fn read(text: &[u8], range: Range<usize>, head: &[u8], closed: bool) -> Body {
        let end = range.start;
        let mut body = Body { lines: Vec::new(), base64: String::new(), end, encrypted: false, foreign: false };
        let mut width = 0;
        for (line, place) in SoftLines::new(text, range, head).filter(|(line, _)| !line.is_empty()) {
            let len = line.len();
            if body.base64.is_empty() && body.field(&line) {
                body.lines.push(line);
            } else if !line.split_whitespace().all(soft::is_base64) {
                body.foreign = true;
                break;
            } else if !closed && len < width && len < SHORT_LINE && !line.ends_with('=') {
                break;
            } else {
                body.lines.extend(line.split_whitespace().map(str::to_owned));
                body.base64.extend(line.split_whitespace());
            }
            body.end = place.end;
            if !closed && len < width {
                break;
            }
            width = if body.base64.is_empty() { 0 } else { len };
        }
        body
    }

    /// Whether the line is a field before the body (`DEK-Info: ...`).
    fn field(&mut self, line: &str) -> bool {
        let Some((name, value)) = line.split_once(": ") else { return false };
        self.encrypted |= name == "DEK-Info" || name == "Proc-Type" && value.contains("ENCRYPTED");
        name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detector, Path, Place};
    use crate::rule::RuleSet;

    /// The lines of a block that begins as DER does and goes on at random.
    fn key(lines: usize) -> Vec<String> {
        let mut state = 7u32;
        let random = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let bytes: Vec<u8> = [0x30, 0x82].into_iter().chain(random).take(48 * lines).collect();
        let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
        let body = base64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
        [format!("{}BEGIN PRIVATE KEY-----", "-----")]
            .into_iter()
            .chain(body)
            .chain(["-----END PRIVATE KEY-----".to_owned()])
            .collect()
    }

    fn found(text: &str) -> Vec<(String, Confidence, Range<usize>)> {
        let rules = Arc::new(RuleSet::load(&[]).unwrap());
        let place = Place { kind: crate::blob::Kind::Worktree, path: Path::None };
        let all = Detector::new(rules).detect(text.as_bytes(), place);
        let value = |m: &Match| String::from_utf8_lossy(m.secret.reveal()).into_owned();
        all.iter().map(|m| (value(m), m.confidence, m.span.clone())).collect()
    }

    #[test]
    fn a_manuals_key_with_its_middle_left_out_is_none() {
        for dots in ["...", "  \u{2026}", "# [...]"] {
            let mut lines = key(5);
            assert_eq!(found(&lines.join("\n")).len(), 1);
            lines[2] = dots.to_owned();
            assert!(found(&lines.join("\n")).is_empty(), "{dots}");
        }
    }

    #[test]
    fn one_secret_however_it_is_wrapped() {
        let lines = key(5);
        let plain = lines.join("\n");
        let each =
            |before: &str, after: &str| -> String { lines.iter().map(|l| format!("{before}{l}{after}")).collect() };
        for text in [
            format!("{plain}\n"),
            lines.join("\r\n"),
            format!("KEY=\"{}\"", lines.join("\\n")),
            format!("{{\"a\": \"{{\\\"k\\\": \\\"{}\\\"}}\"}}", lines.join("\\\\n")),
            each("    ", "\n"),
            each("# ", "\n"),
            each(" * ", "\n"),
            each("+", "\n"),
            each("-", "\n"),
            each("  b\"", "\\n\"\n"),
            each("    \"", "\\n\" +\n"),
            each("  \"", "\",\n"),
            each("$k .= '", "' . \"\\n\";\n"),
            each("\"", "\\n\" \\\n"),
            format!("export KEY='{}'", lines.join(" ")),
            format!("{}\n{}\n{}\n", lines[0], lines[1..6].concat(), lines[6]),
        ] {
            let all = found(&text);
            assert_eq!(all.len(), 1, "{text}");
            let (value, confidence, span) = &all[0];
            assert_eq!((value.replace('\n', ""), *confidence), (lines.concat(), Confidence::High), "{text}");
            assert!(text[span.clone()].starts_with(&lines[0]) && text[span.clone()].ends_with(&lines[6]), "{text}");
        }
    }

    #[test]
    fn cut_off_it_still_counts() {
        let lines = key(5);
        let (value, confidence, span) = found(&format!("{}\nand so on", lines[..4].join("\n"))).remove(0);
        assert_eq!((value, confidence), (lines[..4].join("\n"), Confidence::Medium));
        assert_eq!(span, 0..lines[..4].join("\n").len());
        assert_eq!(found(&format!("{}\n{}\n", lines[0], &lines[1][..30])), []);
    }
}
