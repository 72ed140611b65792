//! A setting whose name says nothing of a provider (`API_KEY=...` in an `.env`) is whose the program hands it to that
//! reads it. The value is put where that program reads the setting, and the text so made is looked at like any other:
//! every rule, each binding and every language that is known anyway tells whose it is.

use super::{Detector, Evidence, Match, Path, Place};
use crate::blob::{Kind, Neighbour};
use crate::finding::hide_random;
use crate::rule::{Rule, RuleKind};
use bstr::{BStr, ByteSlice};
use std::ops::Range;
use std::sync::Arc;

/// So many settings of one file are followed.
const SETTINGS: usize = 16;
/// So far behind a setting's name may the bracket be that ends its look-up: `os.getenv("API_KEY", "a default")`.
const DEFAULT: usize = 200;

/// Whether a file is one of settings: `.env`, `.env.local`, `prod.env`, `.envrc`.
pub fn is_settings(path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path).to_ascii_lowercase();
    name == b"env" || name.starts_with(b".env") || name.ends_with(b".env")
}

/// The places among `matches` that are secrets of an unknown owner, with the names that they are bound to.
pub fn unowned<'t>(text: &'t [u8], matches: &[Match]) -> Vec<(usize, &'t [u8])> {
    let generic = matches.iter().enumerate().filter(|(_, m)| m.rule.spec.kind == Some(RuleKind::GenericSecret));
    generic.filter_map(|(n, m)| Some((n, bound(text, m.span.start)?))).take(SETTINGS).collect()
}

/// The name to the left of the value at `at`: `NAME=`, `export NAME="`.
fn bound(text: &[u8], at: usize) -> Option<&[u8]> {
    let line = &text[text[..at].rfind_byte(b'\n').map_or(0, |end| end + 1)..at];
    let name = line.trim_end_with(|c| c == '"' || c == '\'').trim_end();
    let name = name.strip_suffix(b"=").or_else(|| name.strip_suffix(b":"))?.trim();
    let name = name.rsplit(|b| b.is_ascii_whitespace()).next()?;
    (name.len() >= 3 && name.iter().all(|b| is_word(*b)) && !name[0].is_ascii_digit()).then_some(name)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Detector {
    /// Gives a secret of no known owner, which stands at `found` in a file of settings and is called `name` there, to
    /// the one whom all of the project's programs that read it hand it to: whether there is one.
    pub fn follow(&self, text: &[u8], found: &mut Match, name: &[u8], neighbours: &[Neighbour]) -> bool {
        let Some(value) = text.get(found.span.clone()) else { return false };
        let Some((read, neighbour)) = self.reader(found, name, value, neighbours) else { return false };
        let by = format!("read as {} by {}", name.as_bstr(), neighbour.path);
        let why = read.evidence.iter().map(|e| Evidence { reason: e.reason.clone(), span: None });
        found.evidence = std::iter::once(Evidence::plain(&hide_random(&by))).chain(why).collect();
        (found.rule, found.title, found.confidence) = (read.rule, read.title, read.confidence);
        true
    }

    /// The surest of the project's files that hand the value to somebody; none where two hand it to different ones.
    fn reader<'n>(
        &self,
        found: &Match,
        name: &[u8],
        value: &[u8],
        neighbours: &'n [Neighbour],
    ) -> Option<(Match, &'n Neighbour)> {
        let mut owner: Option<(Match, &Neighbour)> = None;
        for neighbour in neighbours {
            let Some(put) = put(&neighbour.bytes, name, value) else { continue };
            let place = Place { kind: Kind::Worktree, path: Path::Known(BStr::new(&neighbour.path)) };
            let generic = [Some(RuleKind::GenericSecret), Some(RuleKind::GenericPassword)];
            let owns = |m: &Match| m.secret == found.secret && !generic.contains(&m.rule.spec.kind);
            for read in self.detect(&put, place).into_iter().filter(owns) {
                match &owner {
                    Some((other, _)) if other.rule.id != read.rule.id => return None,
                    Some((other, _)) if other.confidence >= read.confidence => {}
                    _ => owner = Some((read, neighbour)),
                }
            }
        }
        owner
    }

    /// The one provider whose packages or addresses the project names, if the secret at `found` has the shape of its
    /// keys: that is little, and no more than a hint.
    pub fn hinted(&self, text: &[u8], found: &Match, neighbours: &[Neighbour]) -> Option<(Arc<Rule>, Evidence)> {
        let value = text.get(found.span.clone())?;
        let mut hint: Option<(Arc<Rule>, &Neighbour)> = None;
        for rule in self.index().fitting(value) {
            let Some(evidence) = &rule.spec.evidence else { continue };
            let words = || evidence.imports.iter().chain(&evidence.api_hosts);
            let named = |n: &&Neighbour| words().any(|word| n.bytes.contains_str(word));
            let Some(neighbour) = neighbours.iter().find(named) else { continue };
            match &hint {
                Some((other, _)) if other.provider != rule.provider => return None,
                Some(_) => {}
                None => hint = Some((rule.clone(), neighbour)),
            }
        }
        let (rule, neighbour) = hint?;
        let why = format!("may be a key of {}, which {} uses", rule.provider, neighbour.path);
        Some((rule, Evidence::plain(&hide_random(&why))))
    }
}

/// The program with the value where it reads the setting; none where it does not speak of it.
fn put(program: &[u8], name: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    for at in program.find_iter(name) {
        let (before, after) = (&program[..at], &program[at + name.len()..]);
        if at < done || before.last().is_some_and(|b| is_word(*b)) || after.first().is_some_and(|b| is_word(*b)) {
            continue;
        }
        let Some((read, quoted)) = read_at(program, at..at + name.len()) else { continue };
        let start = read.start.max(done);
        out.extend_from_slice(&program[done..start]);
        let quote: &[u8] = if quoted { b"\"" } else { b"" };
        out.extend([quote, value, quote].concat());
        done = read.end;
    }
    (done > 0).then(|| {
        out.extend_from_slice(&program[done..]);
        out
    })
}

/// What of a program stands for the value where a setting is named, and whether a string does.
fn read_at(text: &[u8], name: Range<usize>) -> Option<(Range<usize>, bool)> {
    let before = &text[..name.start];
    let after = &text[name.end..];
    match before.last() {
        Some(quote @ (b'"' | b'\'' | b'`')) if after.first() == Some(quote) => {
            looked_up(text, name.start - 1..name.end + 1)
        }
        // `:api_key` and `config.api_key` are read like `process.env.API_KEY`.
        Some(b'.') => Some((chain(text, name.start)..tail(text, name.end), true)).filter(|_| !is_set(after)),
        Some(b'{') if before.ends_with(b"${") => {
            let end = after.find_byte(b'}').filter(|end| *end < DEFAULT)?;
            Some((name.start - 2..name.end + end + 1, false))
        }
        Some(b'$') => Some((name.start - 1..name.end, false)),
        Some(b'%') if after.first() == Some(&b'%') => Some((name.start - 1..name.end + 1, false)),
        Some(b'{' | b' ') if before.trim_end().ends_with(b"{{") => {
            let end = after.find(b"}}").filter(|end| *end < DEFAULT)?;
            Some((before.trim_end().len() - 2..name.end + end + 2, false))
        }
        _ if is_set(after) || is_listed(text, &name) => None,
        _ => Some((name.start..tail(text, name.end), true)),
    }
}

/// Whether it is given a value here.
fn is_set(after: &[u8]) -> bool {
    let after = after.trim_start_with(|c| c == ' ' || c == '\t');
    after.starts_with(b":=")
        || matches!(after.first(), Some(b'=' | b':')) && !after.starts_with(b"==") && !after.starts_with(b"=>")
}

/// Whether its line takes it from elsewhere under this very name: an import, a pattern that is taken apart.
fn is_listed(text: &[u8], name: &Range<usize>) -> bool {
    let start = text[..name.start].rfind_byte(b'\n').map_or(0, |end| end + 1);
    let line = text[start..name.start].trim_start();
    let end = text[name.end..].find_byte(b'\n').map_or(text.len(), |end| name.end + end);
    let rest = &text[name.end..end];
    [&b"import "[..], b"from ", b"use ", b"#", b"//", b"*"].iter().any(|word| line.starts_with(word))
        || line.contains(&b'{') && rest.contains_str("} =")
}

/// A look-up by a quoted name: `os.environ["API_KEY"]`, `getenv('API_KEY', '')`, `env::var("API_KEY")?`.
fn looked_up(text: &[u8], quoted: Range<usize>) -> Option<(Range<usize>, bool)> {
    let before = text[..quoted.start].trim_end();
    let close = match before.last()? {
        b'(' => b')',
        b'[' => b']',
        _ => return None,
    };
    let start = chain(text, before.len() - 1);
    let rest = &text[quoted.end..text.len().min(quoted.end + DEFAULT)];
    let end = quoted.end + closing(rest, text[before.len() - 1], close)? + 1;
    (start + 1 < before.len()).then(|| (start..tail(text, end), true))
}

/// Where the bracket ends that is open before `rest`.
fn closing(rest: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in rest.iter().enumerate() {
        if *byte == close && depth == 0 {
            return Some(at);
        }
        depth += i32::from(*byte == open) - i32::from(*byte == close);
    }
    None
}

/// Where the names begin that end at `end`: `std::env::var`, `process.env`, `$_ENV`.
fn chain(text: &[u8], end: usize) -> usize {
    let part = |b: &u8| is_word(*b) || matches!(b, b'.' | b':' | b'$' | b'?' | b'!' | b'@' | b'\\');
    let start = end - text[..end].iter().rev().take_while(|b| part(b)).count();
    // A colon before it belongs to the line: `api_key:os.getenv(...)`.
    start + text[start..end].iter().take_while(|b| matches!(b, b':' | b'.' | b'?' | b'!')).count()
}

/// Behind what unwraps a value: `!`, `?`, `.unwrap()`, `.expect("...")`, ` as string`, `?? ""` is left.
fn tail(text: &[u8], end: usize) -> usize {
    let rest = &text[end..];
    let calls: [&[u8]; 5] = [b".unwrap()", b".as_str()", b".trim()", b".toString()", b".strip()"];
    let call = calls.iter().find(|call| rest.starts_with(call)).map_or(0, |call| call.len());
    let expect = rest.strip_prefix(b".expect(").and_then(|r| closing(&r[..r.len().min(DEFAULT)], b'(', b')'));
    let end = end + call.max(expect.map_or(0, |at| b".expect(".len() + at + 1));
    let marks = text[end..].iter().take_while(|b| matches!(b, b'!' | b'?')).count();
    // `a! = b` and `a ?? b`: the first is none, the second is kept whole.
    if text[end + marks..].starts_with(b"=") || marks > 1 { end } else { end + marks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(program: &str) -> String {
        String::from_utf8(put(program.as_bytes(), b"API_KEY", b"VALUE").unwrap_or_default()).unwrap()
    }

    #[test]
    fn a_value_stands_where_the_program_reads_it() {
        let cases = [
            ("c = M(api_key=os.environ[\"API_KEY\"])", "c = M(api_key=\"VALUE\")"),
            ("k = os.getenv('API_KEY', '')\nM(k)", "k = \"VALUE\"\nM(k)"),
            ("new M({ apiKey: process.env.API_KEY! })", "new M({ apiKey: \"VALUE\" })"),
            ("new M({ apiKey: process.env.API_KEY ?? '' })", "new M({ apiKey: \"VALUE\" ?? '' })"),
            ("let k = std::env::var(\"API_KEY\").expect(\"no key (yet)\");", "let k = \"VALUE\";"),
            ("let k = env::var(\"API_KEY\")?;", "let k = \"VALUE\";"),
            ("curl -H \"Authorization: Bearer $API_KEY\" x", "curl -H \"Authorization: Bearer VALUE\" x"),
            ("curl -H \"Authorization: Bearer ${API_KEY:-none}\" x", "curl -H \"Authorization: Bearer VALUE\" x"),
            ("Authorization: Bearer {{ API_KEY }}", "Authorization: Bearer VALUE"),
            ("key = ENV.fetch('API_KEY')", "key = \"VALUE\""),
            ("$k = $_ENV['API_KEY'];", "$k = \"VALUE\";"),
            ("API_KEY = os.getenv(\"API_KEY\")\nM(api_key=API_KEY)", "API_KEY = \"VALUE\"\nM(api_key=\"VALUE\")"),
            ("key := os.Getenv(\"API_KEY\")", "key := \"VALUE\""),
            ("const { API_KEY } = process.env;\nnew M(API_KEY)", "const { API_KEY } = process.env;\nnew M(\"VALUE\")"),
        ];
        for (program, put) in cases {
            assert_eq!(shown(program), put);
        }
    }

    #[test]
    fn what_is_no_reading_stays() {
        for program in ["MY_API_KEY = 1", "API_KEYS", "# API_KEY is yours", "say(\"set\", x['API_KEY'", ""] {
            assert_eq!(shown(program), "", "{program}");
        }
    }

    #[test]
    fn names_stand_before_the_value() {
        for (line, name) in
            [("A=1\nexport API_KEY=\"v", Some("API_KEY")), ("API_KEY: v", Some("API_KEY")), ("see v", None)]
        {
            assert_eq!(bound(line.as_bytes(), line.len() - 1).map(BStr::new), name.map(BStr::new), "{line}");
        }
    }

    #[test]
    fn settings_are_told_by_their_files_name() {
        for path in ["a/.env", ".env.local", "prod.env", ".envrc"] {
            assert!(is_settings(path.as_bytes()), "{path}");
        }
        assert!(!is_settings(b"environment.py"));
    }
}
