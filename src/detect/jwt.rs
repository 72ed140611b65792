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
    let Some(header) = decode(&text[start..run_end]) else { return 0 };
    let Some(algorithm) = field(&header, "alg") else { return 0 };
    let encrypted = field(&header, "enc").is_some();
    let (payload, after) = part(text, run_end, PAYLOAD);
    if payload.is_empty() && !encrypted {
        return 0;
    }
    let (signature, end) = part(text, after, if encrypted { PAYLOAD } else { SIGNATURE });
    let (span, verdict) = if encrypted {
        let (_, end) = part(text, end, PAYLOAD);
        let (tag, end) = part(text, end, SIGNATURE);
        let verdict = if tag.is_empty() { Err("it is cut off") } else { Ok((Confidence::Medium, "it has five parts")) };
        (start..end, verdict)
    } else {
        (start..end, judge(&algorithm, decode(payload).as_deref(), signature))
    };
    match verdict {
        Err(why) => {
            hits.refuse(rule, span.clone(), || why.to_owned());
            hits.claims.push(span.clone());
        }
        Ok((confidence, why)) => hits.matches.push(Match {
            rule: rule.clone(),
            title: None,
            secret: Secret::new(&text[span.clone()]),
            span: span.clone(),
            confidence: confidence.min(rule.spec.confidence.unwrap_or(Confidence::High)),
            evidence: vec![Evidence::plain("its header decodes to JSON with an algorithm"), Evidence::plain(why)],
        }),
    }
    span.end
}

/// The part behind the full stop at `at`, perhaps empty, and where it ends; nothing where there is no full stop.
fn part(text: &[u8], at: usize, max: usize) -> (&[u8], usize) {
    let rest = text.get(at..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b".") else { return (&[], at) };
    let len = rest.iter().take(max).take_while(|b| super::tokens::is_token_byte(**b)).count();
    (&rest[..len], at + 1 + len)
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

type Verdict = Result<(Confidence, &'static str), &'static str>;

fn judge(algorithm: &str, payload: Option<&str>, signature: &[u8]) -> Verdict {
    let Some(payload) = payload else { return Ok((Confidence::Low, "its payload is no JSON")) };
    match of_payload(payload) {
        Some(verdict) => verdict,
        None => Ok(of_signature(algorithm, signature)),
    }
}

/// What a payload of documentation, of tests or of the public says.
fn of_payload(payload: &str) -> Option<Verdict> {
    let is = |name: &str, value: &str| field(payload, name).is_some_and(|v| v == value);
    if is("sub", "1234567890") || is("iat", "1516239022") || is("iss", "joe") || is("name", "John Doe") {
        return Some(Err("it is the token of the documentation"));
    }
    if is("iss", "supabase-demo") || is("role", "anon") {
        return Some(Ok((Confidence::Low, "it is a public one (role anon, or a demo's)")));
    }
    let test = ["foo", "some", "hello", "test"].iter().any(|name| field(payload, name).is_some());
    test.then_some(Ok((Confidence::Low, "its payload is a test's")))
}

/// Whether a signature is as long as its algorithm makes it.
fn of_signature(algorithm: &str, signature: &[u8]) -> (Confidence, &'static str) {
    if signature.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return (Confidence::Low, "it has no signature");
    }
    let expected = match algorithm {
        "HS256" => Some(43),
        "HS384" => Some(64),
        "HS512" | "ES256" | "ES256K" | "EdDSA" => Some(86),
        "ES384" => Some(128),
        "ES512" => Some(176),
        _ => None,
    };
    if expected.is_some_and(|n| n != signature.len()) || signature.len() < 43 {
        return (Confidence::Low, "its signature is not as long as its algorithm's");
    }
    (Confidence::Medium, "its signature is as long as its algorithm's")
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
        assert_eq!(judge("HS256", None, &[b'x'; 43]).map(|(c, _)| c), Ok(Confidence::Low));
    }

    #[test]
    fn encrypted_ones_have_five_parts() {
        let header = BASE64URL.encode("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}").replace('=', "");
        let text = format!(
            "t={header}..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ,"
        );
        let rules = crate::rule::RuleSet::load(&[]).unwrap();
        let rule = rules.get("json-web-token").unwrap();
        let mut hits = Hits::matches();
        assert_eq!(look(rule, text.as_bytes(), 2, 2 + header.len(), &mut hits), text.len() - 1);
        assert_eq!(hits.matches[0].confidence, Confidence::Medium);
        look(rule, &text.as_bytes()[..text.len() - 30], 2, 2 + header.len(), &mut hits);
        assert_eq!(hits.matches.len(), 1, "cut off");
    }
}
