//! JSON Web Tokens: three parts in base64url, the first of which decodes to a JSON object that names an algorithm.

use super::hits::Hits;
use super::{Evidence, Match};
use crate::finding::Secret;
use crate::rule::{Confidence, Rule};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::sync::Arc;

/// What a JSON object begins with in base64: `{"`, `{ "`, `{\n `, `{\n\t`, `{\r\n`.
pub(super) const PREFIXES: &[&[u8]] = &[b"eyJ", b"eyAi", b"ewog", b"ewoJ", b"ew0K"];

/// The longest header, payload and signature that are read.
const HEADER: usize = 2048;
const PAYLOAD: usize = 16 * 1024;
const SIGNATURE: usize = 2048;

/// Trailing bits need not be zero: some writers leave them.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Looks at a token that starts at `start`, in the run that ends at `run_end`; gives its end, or 0.
pub(super) fn look(rule: &Arc<Rule>, text: &[u8], start: usize, run_end: usize, hits: &mut Hits) -> usize {
    if text.get(run_end) != Some(&b'.') || run_end - start > HEADER {
        return 0;
    }
    let header = &text[start..run_end];
    let Some(payload) = next_part(text, start + header.len(), PAYLOAD) else { return 0 };
    let after = start + header.len() + 1 + payload.len();
    let signature = next_part(text, after, SIGNATURE).unwrap_or_default();
    let end = if text.get(after) == Some(&b'.') { after + 1 + signature.len() } else { after };
    let Some(algorithm) = decode(header).and_then(|json| field(&json, "alg")) else { return 0 };
    let span = start..end;
    match judge(&algorithm, decode(payload).as_deref(), signature) {
        Err(why) => hits.refuse(rule, span, || why.to_owned()),
        Ok((confidence, why)) => hits.matches.push(Match {
            rule: rule.clone(),
            title: None,
            secret: Secret::new(&text[span.clone()]),
            span,
            confidence: confidence.min(rule.spec.confidence.unwrap_or(Confidence::High)),
            evidence: vec![Evidence::plain("its header decodes to JSON with an algorithm"), Evidence::plain(why)],
        }),
    }
    end
}

fn part(text: &[u8], from: usize, max: usize) -> Option<&[u8]> {
    let rest = text.get(from..)?;
    let len = rest.iter().take(max + 1).take_while(|b| super::tokens::is_token_byte(**b)).count();
    (1..=max).contains(&len).then(|| &rest[..len])
}

/// The part behind the full stop at `at`.
fn next_part(text: &[u8], at: usize, max: usize) -> Option<&[u8]> {
    if text.get(at) == Some(&b'.') { part(text, at + 1, max) } else { None }
}

fn decode(part: &[u8]) -> Option<String> {
    let json = String::from_utf8(BASE64URL.decode(part).ok()?).ok()?;
    let trimmed = json.trim();
    (trimmed.starts_with('{') && trimmed.ends_with('}')).then_some(json)
}

/// The text or the bare word of a field, wherever it stands in the object.
fn field(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    Some(match value.strip_prefix('"') {
        Some(text) => text.split('"').next()?.to_owned(),
        None => value.split([',', '}', ']']).next()?.trim().to_owned(),
    })
}

fn judge(algorithm: &str, payload: Option<&str>, signature: &[u8]) -> Result<(Confidence, &'static str), &'static str> {
    if let Some(payload) = payload {
        let is = |name: &str, value: &str| field(payload, name).is_some_and(|v| v == value);
        if is("sub", "1234567890") || is("iat", "1516239022") || is("iss", "joe") || is("name", "John Doe") {
            return Err("it is the token of the documentation");
        }
        if is("iss", "supabase-demo") || is("role", "anon") {
            return Ok((Confidence::Low, "it is a public one (role anon, or a demo's)"));
        }
        if ["foo", "some", "hello", "test"].iter().any(|name| field(payload, name).is_some()) {
            return Ok((Confidence::Low, "its payload is a test's"));
        }
    }
    if signature.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return Ok((Confidence::Low, "it has no signature"));
    }
    let (_, bits) = algorithm.split_at_checked(2).unwrap_or_default();
    let expected = match (algorithm.get(..2), bits) {
        (Some("HS"), "256") => Some(43),
        (Some("HS"), "384") => Some(64),
        (Some("HS"), "512") | (Some("ES"), "256") | (Some("Ed"), _) => Some(86),
        (Some("ES"), "384") => Some(128),
        (Some("ES"), "512") => Some(176),
        _ => None,
    };
    if expected.is_some_and(|n| n != signature.len()) || signature.len() < 22 {
        return Ok((Confidence::Low, "its signature is not as long as its algorithm's"));
    }
    Ok((Confidence::Medium, "its signature is as long as its algorithm's"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_flat_json() {
        let json = "{ \"alg\" : \"HS256\", \"n\": 12}";
        assert_eq!((field(json, "alg").as_deref(), field(json, "n").as_deref()), (Some("HS256"), Some("12")));
        assert_eq!(field(json, "typ"), None);
    }

    #[test]
    fn signatures_have_their_algorithm_s_length() {
        let of = |alg: &str, n: usize| judge(alg, Some("{\"sub\":\"u1\"}"), &vec![b'x'; n]).map(|(c, _)| c);
        assert_eq!(of("HS256", 43), Ok(Confidence::Medium));
        assert_eq!(of("HS256", 42), Ok(Confidence::Low));
        assert_eq!(of("RS256", 342), Ok(Confidence::Medium));
        assert_eq!(of("none", 0), Ok(Confidence::Low));
        assert!(judge("HS256", Some("{\"sub\":\"1234567890\"}"), b"x").is_err());
    }
}
