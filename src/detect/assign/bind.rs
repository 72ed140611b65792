//! What a name is bound to: the forms in which languages and files give a name its value.
//!
//! One name, one value: the forms are tried from the most telling to the least. Where this ends: it looks at most a few
//! hundred bytes ahead, and it does not judge what it finds.

use super::call::{argument, last_argument, looks_up, sets_for_user};
use super::context::Syntax;
use super::literal::{Literal, bare, byte, inside, is_quote, quoted, solid, solid_over_lines};
use super::pair::{element, inner_field, pair, sibling};
use std::ops::Range;

/// How a value is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `name = value`, `name: value`, `name => value`.
    Assigned,
    /// `name == value`.
    Compared,
    /// `name(value)`, `setName(value)`.
    Called,
    /// `call("name", value)`.
    Argument,
    /// An argument of a call that is known to take a password there.
    Placed,
    /// An argument of a command or directive that is known to take a password there.
    Given,
    /// `lookup("name") or value`.
    Fallback,
    /// `--name value`.
    Flag,
    /// `<name>value</name>`.
    Element,
    /// `name="..." value="..."`.
    Pair,
    /// `name=value` within a query, a connection string, a string of code.
    Inside,
    /// `name value`.
    Word,
    /// `the name is value`.
    Spoken,
}

/// A value and how it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) literal: Literal,
    pub(super) form: Form,
}

/// What `name` is bound to.
pub(super) fn bound(text: &[u8], name: &Range<usize>, syntax: Syntax) -> Option<Bound> {
    let dashes = text[..name.start].iter().rev().take(2).take_while(|b| **b == b'-').count();
    let first = name.start - dashes;
    let before = first.checked_sub(1).map_or(0, |i| text[i]);
    let is_quoted = is_quote(before) && byte(text, name.end) == before;
    if before == b'<' && dashes == 0 {
        return element(text, name.end);
    }
    if before == b'>' && text[name.end..].starts_with(b"</") {
        return sibling(text, name.end);
    }
    if let Some(bound) = pair(text, first - usize::from(is_quoted), name.end + usize::from(is_quoted), syntax) {
        return Some(bound);
    }
    let is_flag = dashes > 0 && (before == 0 || before.is_ascii_whitespace() || is_quote(before) || before == b'[');
    if text[..first].ends_with(b"${") {
        return expanded(text, name.end);
    }
    if is_quoted && let Some(literal) = header_before(text, first - 1) {
        return Some(Bound { literal, form: Form::Argument });
    }
    if let Some(literal) = sent(text, name.end) {
        return Some(Bound { literal, form: Form::Assigned });
    }
    if is_quoted {
        return behind_quotes(text, first - 1, name.end + 1, syntax);
    }
    if is_flag && let Some(literal) = flag(text, name.end) {
        return Some(Bound { literal, form: Form::Flag });
    }
    if before != b':'
        && let Some(quote) = enclosing(text, first, syntax)
        && let Some(at) = separator(text, name.end)
    {
        // The string ends here, and code goes on: `"password: " + x`.
        if ends_string(text, at, quote) {
            return None;
        }
        if let Some(literal) = inside_or_quoted(text, at) {
            return (!is_message(text, at, &literal)).then_some(Bound { literal, form: Form::Inside });
        }
    }
    plain(text, name, syntax)
}

/// A name that stands in quotes: a key, an index, an argument.
fn behind_quotes(text: &[u8], open: usize, end: usize, syntax: Syntax) -> Option<Bound> {
    let mut at = end;
    while matches!(byte(text, at), b']' | b')') && at < end + 2 {
        at += 1;
    }
    let closed = at > end;
    at = solid(text, at);
    if let Some(literal) = fallback(text, at).filter(|_| closed) {
        return Some(Bound { literal, form: Form::Fallback });
    }
    if byte(text, at) == b',' && !closed {
        return argument(text, open, at + 1);
    }
    let (at, form) = operator(text, at)?;
    if form == Form::Called {
        return None;
    }
    if let Some(literal) = inner_field(text, at) {
        return Some(Bound { literal, form: Form::Pair });
    }
    // A key in quotes is bound to a quoted value; only YAML and its kin leave its quotes out.
    let literal = quoted(text, at)
        .or_else(|| quoted_below(text, at))
        .or_else(|| (syntax == Syntax::Yaml && !closed).then(|| bare(text, at, syntax))?)?;
    Some(Bound { literal, form })
}

/// A name without quotes.
fn plain(text: &[u8], name: &Range<usize>, syntax: Syntax) -> Option<Bound> {
    let mut at = name.end;
    // `password[64]`, `$config['password']` without its end, `$ENV{password}`.
    if matches!(byte(text, at), b'[' | b'}') {
        let close = text[at..].iter().take(8).position(|b| matches!(b, b']' | b'}'))?;
        at += close + 1;
    }
    at = solid(text, at);
    if let Some(literal) = fallback(text, at) {
        return Some(Bound { literal, form: Form::Fallback });
    }
    if let Some((next, form)) = operator(text, at).filter(|(_, form)| *form != Form::Called || at == name.end) {
        // `arn:aws:secretsmanager:...:secret:name`: a name between two colons is a part of a path.
        let path = next == at + 1 && text[at] == b':' && name.start > 0 && text[name.start - 1] == b':';
        if path && !matches!(byte(text, next), b' ' | b'"' | b'\'') {
            return None;
        }
        if form == Form::Called && looks_up(&text[name.clone()]) {
            return None;
        }
        if form == Form::Called && sets_for_user(&text[name.clone()]) {
            return last_argument(text, next).map(|literal| Bound { literal, form: Form::Argument });
        }
        if let Some(literal) = quoted(text, next).or_else(|| quoted_below(text, next)) {
            return Some(Bound { literal, form });
        }
        if form == Form::Called {
            return None;
        }
        if let Some(literal) = ternary(text, next).or_else(|| default_below(text, next, syntax)) {
            return Some(Bound { literal, form: Form::Assigned });
        }
        if let Some(literal) = typed(text, at, syntax) {
            return Some(Bound { literal, form: Form::Assigned });
        }
        if form == Form::Assigned
            && text[at] == b'='
            && at == name.end
            && matches!(syntax, Syntax::Lines | Syntax::Unknown)
            && let Some(literal) = in_row(text, name.start, next)
        {
            return Some(Bound { literal, form });
        }
        if form == Form::Assigned && may_be_bare(text, name.start, syntax) {
            // `NAME=value` within YAML is a command's.
            let shell = syntax == Syntax::Yaml && text[at] == b'=';
            let syntax = if shell { Syntax::Shell } else { syntax };
            return bare(text, next, syntax).map(|literal| Bound { literal, form });
        }
        return None;
    }
    if let Some(literal) = typed(text, at, syntax) {
        return Some(Bound { literal, form: Form::Assigned });
    }
    // `IDENTIFIED WITH mysql_native_password BY 'secret'`
    if text[at..].starts_with(b"BY '") {
        return quoted(text, at + 3).map(|literal| Bound { literal, form: Form::Given });
    }
    spoken(text, at, syntax).or_else(|| word(text, name, at, syntax))
}

/// Where the value stands behind the operator at `at`.
fn operator(text: &[u8], at: usize) -> Option<(usize, Form)> {
    let rest = text.get(at..)?;
    let assigned: [&[u8]; 9] = [b":=", b"=>", b"?=", b"||=", b"+=", b".=", b"<-", b".~", b"?? ="];
    let compared: [&[u8]; 5] = [b"===", b"!==", b"==", b"!=", b".equals("];
    if let Some(op) = compared.iter().find(|op| rest.starts_with(op)) {
        return Some((at + op.len(), Form::Compared));
    }
    if let Some(op) = assigned.iter().find(|op| rest.starts_with(op)) {
        return Some((at + op.len(), Form::Assigned));
    }
    match rest {
        [b':', b':', ..] => None,
        [b'=' | b':', ..] => Some((at + 1, Form::Assigned)),
        [b'{', b'"', ..] => Some((at + 1, Form::Assigned)),
        [b'(', ..] => Some((at + 1, Form::Called)),
        // A full-width colon.
        [0xef, 0xbc, 0x9a, ..] => Some((at + 3, Form::Assigned)),
        _ => None,
    }
}

/// `=` or `:` and nothing else, for values within strings.
fn separator(text: &[u8], at: usize) -> Option<usize> {
    let at = solid(text, at);
    (matches!(byte(text, at), b'=' | b':') && !matches!(byte(text, at + 1), b'=' | b':')).then_some(at + 1)
}

fn inside_or_quoted(text: &[u8], at: usize) -> Option<Literal> {
    let at = scheme(text, solid(text, at));
    quoted(text, at).or_else(|| inside(text, at))
}

/// Behind an authentication scheme: `Bearer `.
pub(super) fn scheme(text: &[u8], at: usize) -> usize {
    const SCHEMES: [&[u8]; 7] = [b"Bearer ", b"bearer ", b"Token ", b"token ", b"ApiKey ", b"Bot ", b"Basic "];
    let rest = text.get(at..).unwrap_or_default();
    SCHEMES.iter().find(|s| rest.starts_with(s)).map_or(at, |s| at + s.len())
}

/// `${NAME:-value}`, `${name:value}`: the default of an expansion.
fn expanded(text: &[u8], at: usize) -> Option<Bound> {
    let rest = text.get(at..)?.strip_prefix(b":")?;
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"=")).unwrap_or(rest);
    let start = text.len() - rest.len();
    let end = start + rest.iter().take(200).position(|b| *b == b'}')?;
    (end > start).then_some(Bound { literal: Literal { span: start..end, quoted: true }, form: Form::Fallback })
}

/// A literal that stands alone on the line below.
fn quoted_below(text: &[u8], at: usize) -> Option<Literal> {
    let end = solid(text, at);
    matches!(byte(text, end), b'\n' | b'\r').then(|| quoted(text, solid_over_lines(text, end)))?
}

/// `setValue("value", forHTTPHeaderField: "name")`: the value stands before the name whose quote opens at `open`.
fn header_before(text: &[u8], open: usize) -> Option<Literal> {
    let base = open.saturating_sub(400);
    let head = text[base..open].trim_ascii_end().strip_suffix(b"forHTTPHeaderField:")?.trim_ascii_end();
    let head = head.strip_suffix(b",")?.trim_ascii_end().strip_suffix(b"\"")?;
    let start = memchr::memrchr(b'"', head)? + 1;
    Some(Literal { span: scheme(text, base + start)..base + head.len(), quoted: true })
}

/// What an expect script sends when it is asked: `expect "password:"`, then `send "value\r"`.
fn sent(text: &[u8], at: usize) -> Option<Literal> {
    let rest = text.get(at..(at + 80).min(text.len()))?;
    let prompt = rest.iter().take(8).position(|b| *b == b'"')?;
    let answer = &rest[prompt + 1..];
    let send = &answer[memchr::memmem::find(answer, b"send")
        .or_else(|| memchr::memmem::find(answer, b"write"))
        .filter(|at| *at < 32)?
        + 4..];
    // Nothing but brackets, line ends and an object's name stands between.
    let gap = &answer[..answer.len() - send.len() - 4];
    if gap.iter().any(|b| !(b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"){._".contains(b))) {
        return None;
    }
    let open = at + rest.len() - send.len() + memchr::memchr(b'"', send)?;
    let mut literal = quoted(text, open)?;
    while text[literal.span.clone()].ends_with(b"\\r") || text[literal.span.clone()].ends_with(b"\\n") {
        literal.span.end -= 2;
    }
    Some(literal)
}

/// `name: type = "value"`, `name type = "value"`.
fn typed(text: &[u8], at: usize, syntax: Syntax) -> Option<Literal> {
    if !matches!(syntax, Syntax::Code | Syntax::Unknown) {
        return None;
    }
    let rest = &text[at..(at + 64).min(text.len())];
    let part = |b: &u8| b.is_ascii_alphanumeric() || b" _:<>[]&'?.|*,!".contains(b);
    // Markup goes on with attributes: `Password</label> <span class="..."`.
    if matches!(byte(text, at), b'\'' | b'<' | b'>') {
        return None;
    }
    let equals = rest.iter().position(|b| *b == b'=').filter(|&i| i > 0 && rest[..i].iter().all(part))?;
    // A comma outside of brackets begins the next parameter: `key: str, model: str = "..."`.
    let depth = |end: usize| rest[..end].iter().filter(|b| matches!(b, b'<' | b'[')).count();
    if rest[..equals].iter().position(|b| *b == b',').is_some_and(|comma| depth(comma) == 0) {
        return None;
    }
    if matches!(byte(rest, equals + 1), b'=' | b'>') {
        return None;
    }
    quoted(text, at + equals + 1)
}

/// What a look-up falls back to: `|| "value"`, `or "value"`, `.unwrap_or("value")`, `| default "value"`.
fn fallback(text: &[u8], at: usize) -> Option<Literal> {
    #[rustfmt::skip]
    const OPERATORS: [&[u8]; 11] = [
        b"||", b"??", b"?:", b"or ", b".unwrap_or(", b".orElse(", b".getOrElse(", b".or_else(", b"//", b"| default", b"|default",
    ];
    let rest = text.get(at..)?;
    let op = OPERATORS.iter().find(|op| rest.starts_with(op))?;
    quoted(text, at + op.len())
}

fn flag(text: &[u8], at: usize) -> Option<Literal> {
    let next = byte(text, at);
    let at = if matches!(next, b'=' | b':') { at + 1 } else { solid(text, at) };
    let spaced = matches!(next, b' ' | b'\t') && !matches!(byte(text, at), b'=' | b':');
    if next != b'=' && next != b':' && !spaced {
        return None;
    }
    quoted(text, at).or_else(|| bare(text, at, Syntax::Shell).filter(|l| byte(text, l.span.start) != b'-'))
}

/// Whether the string that `quote` began ends behind `at`, with code after it.
fn ends_string(text: &[u8], at: usize, quote: u8) -> bool {
    let end = solid(text, at);
    quote != 0
        && byte(text, end) == quote
        && matches!(
            byte(text, solid(text, end + 1)),
            0 | b'\n' | b'\r' | b'+' | b',' | b')' | b'.' | b';' | b']' | b'}' | b'>'
        )
}

/// `"pwd: expected bytes, got str"`: the name begins a sentence.
fn is_message(text: &[u8], at: usize, literal: &Literal) -> bool {
    !literal.quoted
        && text[at - 1] == b':'
        && text[literal.span.clone()].iter().all(u8::is_ascii_lowercase)
        && matches!(byte(text, literal.span.end), b' ' | b',')
}

/// What encloses the name where it stands within a query or a connection string (0), or a string of code (its quote).
fn enclosing(text: &[u8], first: usize, syntax: Syntax) -> Option<u8> {
    let line = &text[first.saturating_sub(512)..first];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..];
    if let [.., b'?' | b'&' | b';'] = line.trim_ascii_end() {
        return (syntax != Syntax::Code || !line.ends_with(b"; ")).then_some(0);
    }
    if !matches!(syntax, Syntax::Code | Syntax::Data | Syntax::Markup | Syntax::Yaml | Syntax::Shell | Syntax::Unknown)
        || line.len() >= 500
    {
        return None;
    }
    let (mut open, mut skip) = (0u8, false);
    for &b in line {
        match b {
            _ if skip => skip = false,
            b'\\' => skip = true,
            b'"' | b'\'' | b'`' if open == 0 => open = b,
            b if b == open => open = 0,
            _ => {}
        }
    }
    (open != 0).then_some(open)
}

/// Whether a bare value may follow: in files of lines always; elsewhere where the name begins its line.
fn may_be_bare(text: &[u8], first: usize, syntax: Syntax) -> bool {
    match syntax {
        Syntax::Yaml | Syntax::Lines | Syntax::Shell | Syntax::Prose => true,
        Syntax::Code | Syntax::Data | Syntax::Markup => false,
        Syntax::Unknown => {
            let line = &text[first.saturating_sub(80)..first];
            let line = line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..].trim_ascii();
            matches!(line, b"" | b"export" | b"-" | b"set" | b"ENV" | b"+" | b"#" | b"//")
        }
    }
}

/// `production ? "secret" : ""`: what is assigned under a condition that is a name.
fn ternary(text: &[u8], at: usize) -> Option<Literal> {
    let at = solid(text, at);
    let rest = text.get(at..(at + 48).min(text.len()))?;
    let name = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"_.!$".contains(b))).filter(|len| *len > 0)?;
    let mark = solid(text, at + name);
    let literal = (byte(text, mark) == b'?').then(|| quoted(text, mark + 1))??;
    (byte(text, solid(text, literal.span.end + 1)) == b':').then_some(literal)
}

/// CloudFormation's parameters: `DbPassword:`, and `Default: secret` among the lines below that are indented more.
fn default_below(text: &[u8], at: usize, syntax: Syntax) -> Option<Literal> {
    let end = solid(text, at);
    if syntax != Syntax::Yaml || !matches!(byte(text, end), b'\n' | b'\r') {
        return None;
    }
    let window = &text[end..(end + 300).min(text.len())];
    let stop = memchr::memmem::find(window, b"\n\n").unwrap_or(window.len());
    let field = memchr::memmem::find(&window[..stop], b" Default:")?;
    // It is a parameter's own, and of this one.
    memchr::memmem::find(&window[..stop], b" Type:")?;
    let nested = window[..field].split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty());
    let known = |line: &[u8]| {
        [
            &b"Type:"[..],
            b"NoEcho:",
            b"Description:",
            b"MinLength:",
            b"MaxLength:",
            b"AllowedPattern:",
            b"ConstraintDescription:",
        ]
        .iter()
        .any(|f| line.trim_ascii_start().starts_with(f))
    };
    let from = end + field + " Default:".len();
    nested.into_iter().all(known).then(|| quoted(text, from).or_else(|| bare(text, from, syntax)))?
}

/// One of several settings on a line: `host=a user=b password=secret`, `username=a,password=secret,uid=1`.
fn in_row(text: &[u8], first: usize, at: usize) -> Option<Literal> {
    let line = &text[first.saturating_sub(400)..first];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..];
    let (&last, head) = line.split_last()?;
    if !head.contains(&b'=') || !matches!(last, b' ' | b'\t' | b',') {
        return None;
    }
    let mut literal = bare(text, at, Syntax::Shell).filter(|literal| literal.span.start == at)?;
    if last == b','
        && let Some(comma) = memchr::memchr(b',', &text[literal.span.clone()])
    {
        literal.span.end = literal.span.start + comma;
    }
    (!literal.span.is_empty()).then_some(literal)
}

/// Whether a line names a user before it comes to the password: `Login ops / Passwort ...`.
fn tells_login(head: &[u8]) -> bool {
    let lower = head.to_ascii_lowercase();
    [&b"login "[..], b"user ", b"benutzer ", b"usuario ", b"utilisateur ", b"account "]
        .iter()
        .any(|word| memchr::memmem::find(&lower, word).is_some())
}

/// `the password is value`.
fn spoken(text: &[u8], at: usize, syntax: Syntax) -> Option<Bound> {
    let (at, syntax) = (behind_owner(text, at), if syntax == Syntax::Prose { syntax } else { Syntax::Unknown });
    const VERBS: [&[u8]; 6] = [b"is", b"ist", b"est", b"es", b"lautet", "é".as_bytes()];
    let rest = text.get(at..)?;
    let verb = VERBS.iter().find(|v| rest.starts_with(v) && matches!(byte(rest, v.len()), b' ' | b':'))?;
    let at = at + verb.len();
    let at = solid(text, at + usize::from(byte(text, at) == b':'));
    let literal = quoted(text, at).or_else(|| bare(text, at, syntax))?;
    Some(Bound { literal, form: Form::Spoken })
}

/// Behind whose it is: `password for sftp.example.net is ...`.
fn behind_owner(text: &[u8], at: usize) -> usize {
    let rest = &text[at.min(text.len())..(at + 80).min(text.len())];
    let Some(word) = ["for ", "of ", "on ", "at "].iter().find(|word| rest.starts_with(word.as_bytes())) else {
        return at;
    };
    let owner = rest[word.len()..].iter().position(|b| *b == b' ');
    owner.map_or(at, |len| at + word.len() + len + 1)
}

/// `name value`: a quoted literal anywhere, a bare word in files of directives.
fn word(text: &[u8], name: &Range<usize>, at: usize, syntax: Syntax) -> Option<Bound> {
    if !matches!(byte(text, name.end), b' ' | b'\t') {
        return None;
    }
    if let Some(literal) = quoted(text, at) {
        return (is_quote(byte(text, literal.span.start - 1)) && literal.span.start == at + 1)
            .then_some(Bound { literal, form: Form::Word });
    }
    if !matches!(syntax, Syntax::Lines | Syntax::Shell | Syntax::Unknown | Syntax::Prose) {
        return None;
    }
    let start = memchr::memrchr(b'\n', &text[name.start.saturating_sub(120)..name.start])
        .map_or(name.start.saturating_sub(120), |i| name.start.saturating_sub(120) + i + 1);
    let head = text[start..name.start].trim_ascii();
    let declares =
        matches!(head, b"ENV" | b"ARG" | b"setx" | b"SETX" | b"setenv" | b"set -x" | b"set -gx" | b"set -Ux");
    let single = name.end + 1 == at && head.is_empty();
    let directive = syntax == Syntax::Lines && head.split(|b| *b == b' ').count() <= 4
        || matches!(syntax, Syntax::Shell | Syntax::Unknown) && single;
    let netrc = memchr::memmem::find(head, b"login ").is_some() || memchr::memmem::find(head, b"machine ").is_some();
    let after_login =
        head.is_empty() && memchr::memmem::find(&text[start.saturating_sub(80)..start], b"login ").is_some();
    let told = !directive && tells_login(head) && {
        let value = bare(text, at, Syntax::Prose)?;
        text[value.span.clone()].iter().any(u8::is_ascii_digit)
    };
    if told {
        return bare(text, at, Syntax::Prose).map(|literal| Bound { literal, form: Form::Word });
    }
    if !(declares || directive || netrc || after_login) {
        return None;
    }
    // Routers write how it is encoded before the password: 0 is not at all.
    let at = if [&b"0 "[..], b"7 "].iter().any(|kind| text[at..].starts_with(kind)) { at + 2 } else { at };
    let at = if text[at..].starts_with(b"ascii-text ") { at + "ascii-text ".len() } else { at };
    let literal = bare(text, at, Syntax::Shell)?;
    let last = matches!(byte(text, solid(text, literal.span.end)), 0 | b'\n' | b'\r');
    (last || netrc).then_some(Bound { literal, form: Form::Word })
}
