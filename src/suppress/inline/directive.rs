//! Finds the words that silence, and reads what follows them on their line.

use crate::blob::LineIndex;
use crate::finding::Secret;
use memchr::memmem;

/// How far to the left and right of the words a line is read: a longer comment is none, and a minified file of one
/// line with many of them stays linear.
const REACH: usize = 1024;

/// Where the words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// On the line that they silence.
    Beside,
    /// Above it.
    Above,
}

/// A comment that silences.
#[derive(Debug)]
pub(super) struct Directive {
    /// Offset of its first word.
    pub(super) at: usize,
    /// Its words, for reports.
    pub(super) spelling: &'static str,
    pub(super) stands: Stands,
    /// Ids of rules; none: all.
    pub(super) rules: Vec<String>,
    /// Offset and text of the reason. As a [`Secret`], for it may hold one and must not print itself.
    pub(super) reason: Option<(usize, Secret)>,
}

/// A way to say it.
struct Spelling {
    /// What a text is searched for.
    words: &'static [u8],
    /// Reads what stands before and after the words on their line; None if they say nothing.
    read: fn(Around<'_>) -> Option<Directive>,
}

/// Every spelling, in the order of the words.
const SPELLINGS: &[Spelling] = &[
    Spelling { words: b"leakbreak:allow", read: own },
    Spelling { words: b"gitleaks:allow", read: |around| around.foreign("gitleaks:allow") },
    Spelling { words: b"betterleaks:allow", read: |around| around.foreign("betterleaks:allow") },
    Spelling { words: b"trufflehog:ignore", read: |around| around.foreign("trufflehog:ignore") },
    Spelling { words: b"pragma:", read: pragma },
];

/// The words' surroundings on their line.
#[derive(Clone, Copy)]
struct Around<'a> {
    at: usize,
    before: &'a [u8],
    after: &'a [u8],
    /// Offset of `after`.
    after_at: usize,
}

/// All directives of the text, each with its line.
pub(super) fn all<'a>(text: &'a [u8], lines: &'a LineIndex) -> impl Iterator<Item = (u64, Directive)> + 'a {
    SPELLINGS.iter().flat_map(move |spelling| {
        memmem::find_iter(text, spelling.words).filter_map(move |at| {
            let line = lines.line(at);
            let range = lines.range(line, text);
            let after_at = at + spelling.words.len();
            let before = &text[range.start.max(at.saturating_sub(REACH)).min(at)..at];
            let after = &text[after_at..range.end.min(after_at + REACH).max(after_at)];
            let around = Around { at, before, after, after_at };
            let begins_word = !around.before.last().is_some_and(|b| is_letter(*b));
            begins_word.then(|| (spelling.read)(around)).flatten().map(|directive| (line, directive))
        })
    })
}

impl Around<'_> {
    /// Whether the words end here and are not the beginning of a longer one.
    fn ends_word(&self) -> bool {
        match self.after {
            [b, ..] if is_letter(*b) => false,
            [b'-' | b'.' | b':' | b'/' | b'=', b, ..] => !is_letter(*b),
            _ => true,
        }
    }

    /// Another tool's words: they count for their own line and for every rule.
    fn foreign(&self, spelling: &'static str) -> Option<Directive> {
        let directive = Directive { at: self.at, spelling, stands: Stands::Beside, rules: Vec::new(), reason: None };
        self.ends_word().then_some(directive)
    }

    /// Whether there is nothing on the line but the words, what belongs to them, and punctuation. `rest`: what stands
    /// behind what belongs to them.
    fn is_alone(&self, rest: &[u8]) -> bool {
        let letters =
            |bytes: &[u8]| bytes.iter().filter(|b| is_letter(**b)).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        // Leaders that are words: of batch files, m4, old Fortran, and the key that stands for a comment in JSON.
        let is_leader = matches!(&letters(self.before)[..], b"" | b"rem" | b"dnl" | b"c" | b"comment" | b"_comment");
        // A line cut off by REACH is not known to hold nothing else.
        is_leader && letters(rest).is_empty() && self.before.len() < REACH && self.after.len() < REACH
    }
}

/// `leakbreak:allow [RULE[, RULE]] [-- REASON]`
fn own(around: Around<'_>) -> Option<Directive> {
    if !around.ends_word() {
        return None;
    }
    let (comment, behind) = at_end_of_comment(around.after);
    let (rules, used) = rules(comment);
    let rest = trim_start(&comment[used..]);
    let (reason, rest) = match rest.strip_prefix(b"--") {
        Some(reason) => (Some(reason), &b""[..]),
        None => (None, rest),
    };
    let reason = reason.filter(|reason| !reason.trim_ascii().is_empty()).map(|reason| {
        let start = comment.len() - trim_start(reason).len();
        (around.after_at + start, Secret::new(reason.trim_ascii()))
    });
    let stands = if around.is_alone(&[rest, behind].concat()) { Stands::Above } else { Stands::Beside };
    Some(Directive { at: around.at, spelling: "leakbreak:allow", stands, rules, reason })
}

/// `pragma: allowlist secret`, `pragma: allowlist nextline secret`; also with `whitelist`, and with dashes.
fn pragma(around: Around<'_>) -> Option<Directive> {
    let mut words = around.after.split(|b| matches!(b, b' ' | b'\t' | b'-')).filter(|word| !word.is_empty());
    if !matches!(words.next(), Some(b"allowlist" | b"whitelist")) {
        return None;
    }
    let mut word = words.next()?;
    let stands = if word == b"nextline" { Stands::Above } else { Stands::Beside };
    if stands == Stands::Above {
        word = words.next()?;
    }
    let is_secret = word.strip_prefix(b"secret").is_some_and(|rest| !rest.first().is_some_and(|b| is_letter(*b)));
    let spelling = "pragma: allowlist secret";
    is_secret.then(|| Directive { at: around.at, spelling, stands, rules: Vec::new(), reason: None })
}

/// Splits a line's rest where the comment ends that it begins in: at a closing mark of some language, or at the
/// escaped end of a line in a string (a notebook's source lines). What the mark itself is made of is left out.
fn at_end_of_comment(rest: &[u8]) -> (&[u8], &[u8]) {
    const MARKS: [&[u8]; 12] =
        [b"*/", b"-->", b"--%>", b"--}}", b"--]]", b"]]", b"#}", b"%}", b"?>", b"*)", b"\\n", b"\\r\\n"];
    let first = MARKS.iter().filter_map(|mark| memmem::find(rest, mark).map(|at| (at, mark.len())));
    match first.min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length))) {
        Some((at, length)) => (&rest[..at], &rest[at + length..]),
        None => (rest, b""),
    }
}

/// The rules that `RULE[, RULE]` names at the beginning of a comment's rest, and how many bytes that takes.
fn rules(comment: &[u8]) -> (Vec<String>, usize) {
    let (mut rules, mut used) = (Vec::new(), 0);
    let mut rest = comment;
    loop {
        let behind_space = trim_start(rest);
        if rules.is_empty() && behind_space.len() == rest.len() {
            break;
        }
        let length = rule_length(behind_space);
        // `gitleaks:allow` behind it is no rule but another tool's words.
        if length == 0 || behind_space.get(length) == Some(&b':') {
            break;
        }
        rules.push(String::from_utf8_lossy(&behind_space[..length]).into_owned());
        used = comment.len() - behind_space.len() + length;
        match trim_start(&behind_space[length..]).strip_prefix(b",") {
            Some(next) => rest = next,
            None => break,
        }
    }
    (rules, used)
}

/// How long the word at the beginning is: letters and single dashes between them.
fn rule_length(text: &[u8]) -> usize {
    let end = text.iter().position(|b| !is_letter(*b) && *b != b'-').unwrap_or(text.len());
    let end = memmem::find(&text[..end], b"--").unwrap_or(end);
    if text.first().is_some_and(|b| is_letter(*b)) { end } else { 0 }
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(text.len());
    &text[start..]
}

/// Letters of any script, digits, `_`: what makes words.
fn is_letter(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}
