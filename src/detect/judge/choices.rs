//! Values that a program chooses by the provider's name: `if p == "name" { key = VALUE }`, `p == "name" ? VALUE : OTHER`,
//! `name) KEY=VALUE;;`, `Map.of("name", VALUE)`. The branch says whose the value is, or that it is not.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id};
use std::ops::Range;

/// How much of a line is read to either side of a token.
const SIDE: usize = 300;
/// How many lines up the head of a branch may stand.
const LINES: usize = 12;
/// The most pieces that stand before a value that is all of its statement.
const SIMPLE: usize = 7;

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Word(&'t [u8]),
    Text(&'t [u8]),
    Sign(&'t [u8]),
}

impl<'t> Piece<'t> {
    fn is(&self, sign: &[u8]) -> bool {
        matches!(self, Piece::Sign(s) | Piece::Word(s) if s.eq_ignore_ascii_case(sign))
    }

    fn any(&self, list: &[&[u8]]) -> bool {
        list.iter().any(|s| self.is(s))
    }

    /// The text of a literal: a string, a symbol, a constant.
    fn literal(&self) -> Option<&'t [u8]> {
        match self {
            Piece::Text(text) => Some(text),
            Piece::Word(word) => word.rsplit(|b| matches!(b, b':' | b'.')).next(),
            Piece::Sign(_) => None,
        }
    }
}

const IFS: [&[u8]; 5] = [b"if", b"elif", b"elsif", b"elseif", b"unless"];
const ENDS: [&[u8]; 5] = [b"fi", b"end", b"done", b"esac", b"endif"];

impl Inquiry<'_> {
    /// What the branch says that the token is chosen in, against what else is known of it.
    pub(super) fn chosen(&self, at: Id, token: &Range<usize>, slot: &Slot, claim: Option<Claim>) -> Option<Claim> {
        let open = match &claim {
            None => true,
            Some(claim) => match claim.ruling {
                Ruling::Ours(_) => !claim.by_host && claim.trail.is_empty() && !claim.firm,
                Ruling::Torn => !claim.by_host,
                _ => false,
            },
        };
        let code = matches!(self.s.tree.family(at), Family::Code | Family::Shell | Family::Sql);
        if !open || !code || slot.fit() == Fit::Not {
            return claim;
        }
        if slot.fit() != Fit::Secret && self.is_strange_here(token) {
            return claim;
        }
        match self.branch(token) {
            Some(true) if claim.as_ref().is_none_or(|c| c.confidence() < Some(Confidence::Medium)) => {
                let line = self.line_around(token.start);
                Some(Claim::new(Ruling::Ours(Confidence::Medium), "chosen by the provider's name", line))
            }
            Some(false) if claim.is_some() => {
                Some(Claim::new(Ruling::Not, "chosen for everybody else", self.line_around(token.start)))
            }
            _ => claim,
        }
    }

    fn line_around(&self, at: usize) -> Range<usize> {
        let text = self.s.tree.text();
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n);
        start.max(at.saturating_sub(SIDE))..end.min(at + SIDE)
    }

    /// Whether words for another thing of the name stand around a token.
    fn is_strange_here(&self, token: &Range<usize>) -> bool {
        let text = self.s.tree.text();
        let around = &text[token.start.saturating_sub(SIDE)..(token.end + SIDE).min(text.len())];
        let (hints, _) = self.terms.hints();
        let pieces =
            around.split(|b| !(b.is_ascii_alphanumeric() || *b >= 0x80)).filter(|p| (2..=40).contains(&p.len()));
        pieces.flat_map(super::lexicon::words).any(|w| hints.contains(&w))
    }

    /// Whether the value at `token` is chosen for the rule's owner, or for all but the owner.
    fn branch(&self, token: &Range<usize>) -> Option<bool> {
        let line = self.line_around(token.start);
        let mut before = pieces(self.text(line.start..token.start));
        // The token's own quote.
        while matches!(before.last(), Some(Piece::Text(text)) if text.is_empty())
            || before.last().is_some_and(|p| p.any(&[b"'", b"\"", b"`"]))
        {
            before.pop();
        }
        let after = pieces(unquoted(self.text(token.end..line.end)));
        if let Some(told) = self.entry_of(&before).or_else(|| self.governed(&before)).or_else(|| self.modified(&after))
        {
            return Some(told);
        }
        if before.len() > SIMPLE || before.iter().any(|p| p.any(&[b"(", b"{", b"["])) {
            return None;
        }
        self.governed_above(line.start)
    }

    /// `Map.of("name", VALUE)`, `"name" to VALUE`, `def key(:name), do: VALUE`
    fn entry_of(&self, before: &[Piece<'_>]) -> Option<bool> {
        let ours = |p: &Piece<'_>| p.literal().is_some_and(|l| self.is_ours(l)).then_some(true);
        match before {
            [.., key @ Piece::Text(_), to] if to.is(b"to") => ours(key),
            [def, Piece::Word(_), open, key, close, ..]
                if def.any(&[b"def", b"defp"]) && open.is(b"(") && close.is(b")") =>
            {
                ours(key)
            }
            [.., key @ Piece::Text(_), comma] if comma.is(b",") => {
                let open = before.iter().rposition(|p| p.is(b"("))?;
                let Piece::Word(callee) = before.get(open.checked_sub(1)?)? else { return None };
                let map = callee.ends_with(b"Map.of") || callee.ends_with(b"Dictionary.of");
                let commas = before[open..].iter().filter(|p| p.is(b",")).count();
                (map && commas % 2 == 1).then(|| ours(key))?
            }
            _ => None,
        }
    }

    /// The condition that stands before the token on its line.
    fn governed(&self, before: &[Piece<'_>]) -> Option<bool> {
        let (mut other, mut crossed) = (false, false);
        for i in (0..before.len()).rev() {
            let piece = &before[i];
            if piece.is(b"?") {
                let from =
                    before[..i].iter().rposition(|p| p.any(&[b"=", b":=", b"return", b"=>"])).map_or(0, |n| n + 1);
                let told = self.condition(&before[from..i])?;
                return Some(told != before[i + 1..].iter().any(|p| p.is(b":")));
            }
            if piece.is(b"else") {
                other = true;
            } else if piece.any(&ENDS) {
                return None;
            } else if piece.is(b";") {
                crossed |= !before.get(i + 1).is_some_and(|p| p.any(&[b"then", b"do"]));
            } else if piece.is(b"}") && !before.get(i + 1).is_some_and(|p| p.is(b"else")) {
                return None;
            } else if piece.any(&IFS) {
                let rest = &before[i + 1..];
                let end = head_end(rest);
                let block =
                    rest.get(end).is_some_and(|p| p.any(&[b"then", b"{", b":"])) || rest.iter().any(|p| p.is(b"then"));
                if crossed && !block {
                    return None;
                }
                let told = self.condition(&rest[..end])?;
                return Some((told != piece.is(b"unless")) != other);
            } else if piece.any(&[b"when", b"case"]) && !other {
                let end =
                    before[i + 1..].iter().position(|p| p.any(&[b"then", b"->", b"=>", b":", b"{", b"return"]))?;
                return self.arm_of(&before[i + 1..i + 1 + end]);
            } else if piece.is(b")") && !before[..i].iter().any(|p| p.is(b"(")) {
                let from = before[..i].iter().rposition(|p| p.any(&[b";;", b";", b"in"])).map_or(0, |n| n + 1);
                return self.arm_of(&before[from..i]);
            }
        }
        None
    }

    /// `VALUE if CONDITION`, `VALUE if CONDITION else OTHER`
    fn modified(&self, after: &[Piece<'_>]) -> Option<bool> {
        let first = after.first().filter(|p| p.any(&[b"if", b"unless"]))?;
        let end = after.iter().position(|p| p.any(&[b"else", b")", b";", b","])).unwrap_or(after.len());
        Some(self.condition(&after[1..end.max(1)])? != first.is(b"unless"))
    }

    /// The head of the branch that the line which begins at `start` is set in under.
    fn governed_above(&self, start: usize) -> Option<bool> {
        let text = self.s.tree.text();
        let depth = indent(&text[start..]);
        let mut end = start.checked_sub(1)?;
        let mut other: Option<usize> = None;
        let mut told = None;
        for _ in 0..LINES {
            let from = memchr::memrchr(b'\n', &text[..end]).map_or(0, |n| n + 1);
            let line = &text[from..end];
            let here = indent(line);
            let blank = line.trim_ascii().is_empty();
            if !blank && (other.is_none() && here < depth || other == Some(here)) && line.len() <= SIDE {
                let all = pieces(line);
                let all = all.strip_prefix(&[Piece::Sign(b"}")]).unwrap_or(&all);
                let first = *all.first()?;
                let chained = first.is(b"else") && all.get(1).is_some_and(|p| p.is(b"if"));
                let head = if chained { &all[1..] } else { all };
                if head[0].any(&IFS) {
                    let rest = &head[1..];
                    let condition = self.condition(&rest[..head_end(rest)]).map(|c| c != head[0].is(b"unless"));
                    if other.is_none() {
                        return condition;
                    }
                    told = match condition {
                        Some(true) => return Some(false),
                        Some(false) if !chained && !head[0].any(&[b"elif", b"elsif", b"elseif"]) => return Some(true),
                        _ => told,
                    };
                    if !chained && head[0].any(&[b"if", b"unless"]) {
                        return told;
                    }
                } else if first.is(b"else") && other.is_none() {
                    other = Some(here);
                } else if other.is_none() {
                    let from = usize::from(first.any(&[b"case", b"when"]));
                    let end =
                        all.iter().position(|p| p.any(&[b"then", b"->", b"=>", b":", b")", b"{"])).unwrap_or(all.len());
                    let headed = from == 1 || end + 1 == all.len();
                    return if headed && from < end { self.arm_of(&all[from..end]) } else { None };
                } else {
                    return None;
                }
            }
            end = from.checked_sub(1)?;
        }
        None
    }

    /// The patterns of an arm: all must be the owner's.
    fn arm_of(&self, patterns: &[Piece<'_>]) -> Option<bool> {
        let mut literals = patterns.iter().filter(|p| !matches!(p, Piece::Sign(_))).peekable();
        literals.peek()?;
        literals.all(|p| p.literal().is_some_and(|l| self.is_ours(l))).then_some(true)
    }

    /// Whether a condition compares something with the owner's name (true), or asks that it be another (false).
    fn condition(&self, all: &[Piece<'_>]) -> Option<bool> {
        const EQUAL: [&[u8]; 8] = [b"==", b"===", b"=", b"-eq", b"eq", b"is", b"=~", b"-ceq"];
        const UNLIKE: [&[u8]; 8] = [b"!=", b"!==", b"-ne", b"ne", b"<>", b"/=", b"~=", b"isnt"];
        if all.len() > 24 || all.iter().any(|p| p.any(&[b"||", b"or", b"-o", b"|", b"&&", b"and", b"-a"])) {
            return None;
        }
        let mut ours = None;
        let (mut compared, mut negated, mut named) = (false, false, false);
        for piece in all {
            let method = matches!(piece, Piece::Word(w) if is_comparison(w));
            if piece.any(&UNLIKE) || piece.any(&[b"!", b"not"]) {
                negated = !negated;
                compared |= piece.any(&UNLIKE);
            } else if piece.any(&EQUAL) {
                compared = true;
            } else if piece.literal().is_some_and(|l| self.is_ours(l)) {
                if ours.replace(()).is_some() {
                    return None;
                }
            } else if matches!(piece, Piece::Text(t) if !t.starts_with(b"$") && self.is_prefix(t)) {
                ours = Some(());
            } else if let Piece::Word(word) = piece {
                let strange = super::lexicon::words(word).iter().any(|w| self.terms.is_thing(w));
                if strange {
                    return None;
                }
                named = true;
            } else if let Piece::Text(text) = piece {
                if !text.starts_with(b"$") {
                    return None;
                }
                named = true;
            }
            compared |= method;
        }
        // `"name".equals(p)`: the method hangs on the literal.
        (ours.is_some() && compared && named).then_some(!negated)
    }

    fn is_ours(&self, literal: &[u8]) -> bool {
        literal.len() <= 40 && self.terms.value(literal) == Some(Owner::Ours)
    }

    /// `provider/`, with which models begin.
    fn is_prefix(&self, text: &[u8]) -> bool {
        text.ends_with(b"/") && self.terms.model(&[text, b"x"].concat()) == Some(Owner::Ours)
    }
}

/// Where the condition behind `if` ends.
fn head_end(rest: &[Piece<'_>]) -> usize {
    if rest.first().is_some_and(|p| p.is(b"(")) {
        let mut depth = 0;
        for (i, piece) in rest.iter().enumerate() {
            depth += i32::from(piece.is(b"(")) - i32::from(piece.is(b")"));
            if depth == 0 {
                return i + 1;
            }
        }
    }
    rest.iter().position(|p| p.any(&[b"then", b"{", b":", b";", b"else"])).unwrap_or(rest.len())
}

fn is_comparison(word: &[u8]) -> bool {
    const METHODS: [&[u8]; 9] = [
        b"equals",
        b"equalsignorecase",
        b"startswith",
        b"hasprefix",
        b"start_with",
        b"isequaltostring",
        b"has_prefix",
        b"str_starts_with",
        b"eql",
    ];
    let last = word.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or(word).to_ascii_lowercase();
    METHODS.contains(&last.as_slice())
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// The words, strings and signs of a line.
fn pieces(line: &[u8]) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut at = 0;
    let member = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.') || *b >= 0x80;
    while at < line.len() {
        let rest = &line[at..];
        let b = rest[0];
        let symbol = matches!(b, b':' | b'-') && rest.get(1).is_some_and(u8::is_ascii_alphabetic);
        at += if b.is_ascii_whitespace() {
            1
        } else if matches!(b, b'"' | b'\'' | b'`') {
            let end = rest[1..].iter().position(|c| *c == b).map_or(rest.len(), |n| n + 1);
            all.push(Piece::Text(&rest[1..end]));
            end + 1
        } else if member(&b) || symbol {
            let mut end = 1 + rest[1..].iter().take_while(|b| member(b)).count();
            while rest[end..].starts_with(b"::") {
                end += 2 + rest[end + 2..].iter().take_while(|b| member(b)).count();
            }
            all.push(Piece::Word(&rest[..end]));
            end
        } else {
            let length = [
                &b"!=="[..],
                b"===",
                b"==",
                b"!=",
                b"||",
                b"&&",
                b"->",
                b"=>",
                b":=",
                b";;",
                b"<>",
                b"/=",
                b"~=",
                b"=~",
                b"??",
                b"?.",
            ]
            .iter()
            .find(|s| rest.starts_with(s))
            .map_or(1, |s| s.len());
            all.push(Piece::Sign(&rest[..length]));
            length
        };
    }
    all
}

/// Without the quotes that it begins with.
fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    &text[text.iter().take_while(|b| matches!(b, b'"' | b'\'' | b'`')).count()..]
}
