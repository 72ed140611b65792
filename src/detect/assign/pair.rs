//! Values that stand in a field or an element of their own, beside the name: XML, name and value fields, defaults.

use super::bind::{Bound, Form};
use super::context::Syntax;
use super::literal::{Literal, bare, byte, is_quote, quoted, solid, solid_over_lines};

/// How far a value field may stand from its name field.
const PAIR: usize = 160;

/// `<name>value</name>`, also with attributes.
pub(super) fn element(text: &[u8], at: usize) -> Option<Bound> {
    let close = text.get(at..)?.iter().take(240).position(|b| matches!(b, b'>' | b'<'))?;
    if text[at + close] != b'>' || byte(text, (at + close).saturating_sub(1)) == b'/' {
        return None;
    }
    // `<Password><Value>secret</Value>`
    let inner = solid_over_lines(text, at + close + 1);
    let inner = if text[inner..].starts_with(b"<Value>") { inner + "<Value>".len() } else { at + close + 1 };
    content(text, inner).map(|literal| Bound { literal, form: Form::Element })
}

/// The text of an element, on one line.
fn content(text: &[u8], start: usize) -> Option<Literal> {
    let rest = text.get(start..(start + 400).min(text.len()))?;
    let end = rest.iter().position(|&b| b == b'<')?;
    if !rest[end..].starts_with(b"</") {
        return None;
    }
    let value = rest[..end].trim_ascii();
    let lead = rest[..end].len() - rest[..end].trim_ascii_start().len();
    (!value.is_empty() && !value.contains(&b'\n'))
        .then(|| Literal { span: start + lead..start + lead + value.len(), quoted: true })
}

/// A name that is itself the value of a name field, with a value field beside it.
pub(super) fn pair(text: &[u8], first: usize, end: usize, syntax: Syntax) -> Option<Bound> {
    let keyword: &[u8] = match field_before(text, first)? {
        Field::Name => b"value",
        Field::Variable => b"default",
    };
    if byte(text, end) == b'>' {
        let literal = content(text, end + 1).or_else(|| {
            let inner = text.get(end + 1..)?.trim_ascii_start().strip_prefix(b"<value>")?;
            content(text, text.len() - inner.len())
        })?;
        return Some(Bound { literal, form: Form::Pair });
    }
    // `<string name="api_secret" translatable="false">value</string>`
    if syntax == Syntax::Markup
        && let Some(close) = text[end..].iter().take(60).position(|b| matches!(b, b'>' | b'<' | b'/'))
        && text[end + close] == b'>'
        && memchr::memmem::find(&text[end..end + close], keyword).is_none()
        && let Some(literal) = content(text, end + close + 1)
    {
        return Some(Bound { literal, form: Form::Pair });
    }
    let window = &text[end..(end + PAIR).min(text.len())];
    let stop = window.iter().position(|b| matches!(b, b'}' | b'>')).unwrap_or(window.len());
    let at = window[..stop].windows(keyword.len()).position(|w| w.eq_ignore_ascii_case(keyword))?;
    let mut after = end + at + keyword.len();
    after += usize::from(is_quote(byte(text, after)));
    after = solid(text, after);
    if !matches!(byte(text, after), b'=' | b':') {
        return None;
    }
    let literal = quoted(text, after + 1).or_else(|| bare(text, after + 1, syntax))?;
    Some(Bound { literal, form: Form::Pair })
}

enum Field {
    Name,
    Variable,
}

/// Whether what stands before `at` makes it the value of a name field.
fn field_before(text: &[u8], at: usize) -> Option<Field> {
    let head = text[at.saturating_sub(32)..at].trim_ascii_end();
    if head.ends_with(b"variable") {
        return Some(Field::Variable);
    }
    let head = head.strip_suffix(b":").or_else(|| head.strip_suffix(b"="))?.trim_ascii_end();
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
    let names: [&[u8]; 6] = [b"name", b"key", b"id", b"header", b"parameter", b"variable"];
    names
        .iter()
        .any(|n| head.len() >= n.len() && head[head.len() - n.len()..].eq_ignore_ascii_case(n))
        .then_some(Field::Name)
}

/// `<key>name</key> <string>value</string>`, `<td>name</td><td>value</td>`: the element behind the name's own.
pub(super) fn sibling(text: &[u8], at: usize) -> Option<Bound> {
    let close = at + text[at..].iter().take(40).position(|b| *b == b'>')?;
    let open = solid_over_lines(text, close + 1);
    let rest = text.get(open..)?.strip_prefix(b"<")?;
    if !rest.first()?.is_ascii_alphabetic() {
        return None;
    }
    let tag = rest.iter().take(120).position(|b| *b == b'>')?;
    // `<li>Password</li><li>Account</li>`: one of a list, and nothing of the first.
    let own = &text[at + 2..close];
    if rest[..tag].starts_with(own) && !matches!(own, b"td" | b"dd" | b"string") {
        return None;
    }
    content(text, open + 1 + tag + 1).map(|literal| Bound { literal, form: Form::Pair })
}

/// `"name": { "Type": "String", "Default": "value" }`: the default within the object that a name is bound to.
pub(super) fn inner_field(text: &[u8], at: usize) -> Option<Literal> {
    let open = solid_over_lines(text, at);
    let window = text.get(open..(open + 2 * PAIR).min(text.len()))?.strip_prefix(b"{")?;
    let window = &window[..window.iter().position(|b| matches!(b, b'}' | b'{')).unwrap_or(window.len())];
    let fields: [&[u8]; 3] = [b"\"default\"", b"\"value\"", b"\"defaultvalue\""];
    let (field, name) =
        fields.iter().find_map(|f| window.windows(f.len()).position(|w| w.eq_ignore_ascii_case(f)).map(|i| (i, f)))?;
    let colon = solid(text, open + 1 + field + name.len());
    (byte(text, colon) == b':').then(|| quoted(text, colon + 1))?
}
