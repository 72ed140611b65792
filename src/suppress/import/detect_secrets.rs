//! detect-secrets: `.secrets.baseline`, where each file has its findings by the SHA-1 of their values.

use super::{Foreign, Known, KnownSecret, text};
use crate::finding::Stale;
use serde_json::Value as Json;

/// Reads it. None if the document is something else.
pub(super) fn baseline(json: &Json, name: &str) -> Option<Foreign> {
    let mut foreign = Foreign::default();
    let mut number = 0;
    for (path, findings) in json.get("results")?.as_object()? {
        for finding in findings.as_array()? {
            number += 1;
            match known(finding, path, name, number) {
                Some(known) => foreign.known.push(known),
                None => foreign.lost.push(Stale {
                    what: format!("{name}: entry {number}"),
                    why: "it has no hashed_secret that is a SHA-1, or no line_number".into(),
                }),
            }
        }
    }
    Some(foreign)
}

fn known(finding: &Json, path: &str, name: &str, number: usize) -> Option<Known> {
    let title = text(finding, "type").unwrap_or("finding");
    // Older versions do not say the line in every entry; only a place needs it.
    let line = finding.get("line_number").and_then(Json::as_u64);
    let known = Known::new(name, number, title, path, line.unwrap_or(0));
    let reason = match finding.get("is_secret").and_then(Json::as_bool) {
        Some(true) => format!("{}, audited there as a secret", known.reason),
        Some(false) => format!("{}, audited there as no secret", known.reason),
        None => known.reason.clone(),
    };
    // Of a private key its first line was hashed, which is the same for every key.
    let secret = if title == "Private Key" {
        line.map(|_| KnownSecret::Place)?
    } else {
        KnownSecret::Hash(sha1(text(finding, "hashed_secret")?)?)
    };
    Some(Known { secret, reason, ..known })
}

/// Reads 40 hexadecimal digits.
fn sha1(text: &str) -> Option<[u8; 20]> {
    let mut hash = [0; 20];
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(hash)
}
