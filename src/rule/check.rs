//! Says whether a rule makes sense. Messages name the field and what to write there, never a value.

use super::PartSpec;
use super::spec::{Length, RuleKind, RuleSpec, TokenSpec, VerifySpec};

/// How much memory a compiled pattern may take: enough for any rule by hand, too little to fill a machine.
pub(crate) const PATTERN_LIMIT: usize = 1 << 20;

/// The shortest run of token characters that detection looks at.
pub const MIN_RUN: usize = 20;
/// The longest token that a rule takes.
const MAX_LENGTH: usize = 4096;

/// What is wrong with a rule, if something is.
pub(super) fn check(spec: &RuleSpec) -> Result<(), String> {
    let rule = if is_id(&spec.id) { format!("rule {}: ", spec.id) } else { String::new() };
    checks(spec).map_err(|why| format!("{rule}{why}"))
}

fn checks(spec: &RuleSpec) -> Result<(), String> {
    if !is_id(&spec.id) {
        return Err("`id` must be lower-case words joined by `-`, provider first".into());
    }
    if spec.title.trim().is_empty() {
        return Err("`title` is empty".into());
    }
    if spec.entropy.is_some_and(|e| !(0.0..=8.0).contains(&e)) {
        return Err("`entropy` must be between 0 and 8 bits a character".into());
    }
    if let Some(glob) = spec.files.iter().find(|g| globset::Glob::new(g).is_err()) {
        let at = spec.files.iter().position(|g| g == glob).unwrap_or(0) + 1;
        return Err(format!("`files`: number {at} is not a glob"));
    }
    form(spec)?;
    if !spec.remedy.text.is_empty() && !spec.remedy.steps.is_empty() {
        return Err("`remedy`: `text` and `steps` exclude each other".into());
    }
    spec.verify.iter().try_for_each(verify).map_err(|why| format!("`verify`: {why}"))?;
    for (n, part) in spec.part.iter().enumerate() {
        check_part(part).map_err(|why| format!("part {}: {why}", n + 1))?;
    }
    for (n, example) in spec.example.iter().enumerate() {
        if example.secret.is_empty() {
            return Err(format!("example {}: `secret` is empty", n + 1));
        }
    }
    Ok(())
}

/// Whether what the rule's kind needs is there, and nothing else.
fn form(spec: &RuleSpec) -> Result<(), String> {
    if !spec.token.is_empty() && spec.pattern.is_some() {
        return Err("`token` and `pattern` exclude each other".into());
    }
    let need = |there: bool, what: &str| if there { Ok(()) } else { Err(format!("`{what}` is missing")) };
    match spec.kind() {
        RuleKind::Token | RuleKind::Contextual => {
            need(!spec.token.is_empty(), "token")?;
            spec.token.iter().try_for_each(check_token).map_err(|why| format!("`token`: {why}"))?;
            token_form(spec)
        }
        RuleKind::Pattern => need(spec.pattern.is_some(), "token` or `pattern"),
        RuleKind::PrivateKey => need(!spec.labels.is_empty(), "labels"),
        RuleKind::UrlCredentials | RuleKind::JsonWebToken | RuleKind::GenericSecret | RuleKind::GenericPassword => {
            need(spec.token.is_empty() && spec.pattern.is_none(), "kind` alone, without `token` and `pattern")
        }
    }
}

/// A secret is sent in a header of an encrypted request, to a host that stands in the rule, and nowhere else.
fn verify(spec: &VerifySpec) -> Result<(), String> {
    if spec.method != "GET" {
        return Err("`method` must be \"GET\": to ask must change nothing".into());
    }
    if spec.url.is_empty() || !spec.url.iter().all(|url| is_plain_https(url)) {
        return Err("`url` must be https://HOST/PATH, without `{secret}` and without a user".into());
    }
    let is_header = |line: &String| line.split_once(": ").is_some_and(|(name, _)| is_header_name(name));
    if !spec.header.iter().all(is_header) {
        return Err("`header` must be lines as in \"Name: value\"".into());
    }
    if !spec.status.keys().all(|code| code.len() == 3 && code.parse::<u16>().is_ok()) {
        return Err("`status` must name codes, as in { 200 = \"live\" }".into());
    }
    Ok(())
}

fn is_plain_https(url: &str) -> bool {
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && !url.contains(['{', '#']) && !host.contains('@') && url.bytes().all(|b| b.is_ascii_graphic())
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_token(token: &TokenSpec) -> Result<(), String> {
    if token.prefix.iter().any(|p| p.len() < 2 || !p.bytes().all(|b| b.is_ascii_graphic())) {
        return Err("`prefix` needs at least two printable characters".into());
    }
    if super::Alphabet::parse(&token.alphabet).is_none() {
        return Err("`alphabet` must be written as within a character class: \"A-Za-z0-9_-\"".into());
    }
    let Length::OneOf(list) = &token.length else { return length(&token.length) };
    if list.is_empty() { Err("`length` is an empty list".into()) } else { length(&token.length) }
}

/// With a prefix a token is known by itself, without one it needs evidence.
fn token_form(spec: &RuleSpec) -> Result<(), String> {
    let with_prefix = spec.token.iter().filter(|t| !t.prefix.is_empty()).count();
    match (spec.kind(), with_prefix) {
        (RuleKind::Token, n) if n == spec.token.len() => spec.token.iter().try_for_each(reachable),
        (RuleKind::Token, _) => Err("`token.prefix` is missing".into()),
        (_, 0) if spec.evidence.is_some() => Ok(()),
        (_, 0) => Err("`[rule.evidence]` is missing: a token without a prefix is known by what is around it".into()),
        _ => Err("`token`: forms with and without `prefix` are two rules".into()),
    }
}

/// Tokens are found in runs of at least [`MIN_RUN`] letters, digits, `_` and `-`.
fn reachable(token: &TokenSpec) -> Result<(), String> {
    let short = |prefix: &&String| prefix.bytes().all(is_token_byte) && prefix.len() + token.length.min() < MIN_RUN;
    match token.prefix.iter().find(short) {
        Some(_) => {
            Err(format!("`token`: under {MIN_RUN} characters with its prefix: write a `pattern` with `literals`"))
        }
        None => Ok(()),
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn length(length: &Length) -> Result<(), String> {
    if length.min() == 0 || length.min() > length.max() || length.max() > MAX_LENGTH {
        return Err(format!("`length` must be between 1 and {MAX_LENGTH}, min not above max"));
    }
    Ok(())
}

fn check_part(part: &PartSpec) -> Result<(), String> {
    if part.id.trim().is_empty() {
        return Err("`id` is empty".into());
    }
    if part.within > 200 {
        return Err("`within` must be at most 200 lines".into());
    }
    check_token(&part.token).map_err(|why| format!("`token`: {why}"))
}

/// Whether the patterns of a rule compile. Not done for the built-in ones at start: a test does it.
pub(super) fn pattern(spec: &RuleSpec) -> Result<(), String> {
    let rule = format!("rule {}: ", spec.id);
    if let Some(text) = &spec.pattern {
        let compiled = compile(text).map_err(|why| format!("{rule}`pattern` {why}"))?;
        if !compiled.capture_names().flatten().any(|name| name == "secret") {
            return Err(format!("{rule}`pattern` has no group named `secret`: write (?<secret>...)"));
        }
    }
    for text in spec.token.iter().filter_map(|t| t.format.as_ref()) {
        compile(text).map_err(|why| format!("{rule}`token.format` {why}"))?;
    }
    Ok(())
}

/// Compiles a pattern within its limit. The error does not quote it.
pub(crate) fn compile(text: &str) -> Result<regex::bytes::Regex, String> {
    let built = regex::bytes::RegexBuilder::new(text).size_limit(PATTERN_LIMIT).dfa_size_limit(PATTERN_LIMIT).build();
    built.map_err(|e| match e {
        regex::Error::CompiledTooBig(limit) => format!("is too large: compiled it must fit into {limit} bytes"),
        _ => "is not a regular expression that the regex crate knows (no look-around, no back references)".into(),
    })
}

fn is_id(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=64).contains(&text.len())
        && text.bytes().all(fine)
        && text.split('-').all(|word| !word.is_empty())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}
