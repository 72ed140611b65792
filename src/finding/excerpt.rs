//! The line that a finding stands on, for people: every secret in it redacted, at most 200 characters.

use super::Secret;
use crate::blob::LineIndex;
use std::ops::Range;

/// Most characters of an excerpt.
pub(super) const WIDTH: usize = 200;
/// How many of them stand before the token, where the line is longer.
const BEFORE: usize = 80;
/// What stands for another secret of the line.
const HIDDEN: &str = "********";
/// Token runs of this length that look random are hidden although no rule owns them.
const RANDOM_RUN: usize = 20;

/// Hexadecimal digits of this length are hidden, however seldom letters and digits change.
const HEX_RUN: usize = 32;

/// A redacted line and where the finding's own value stands in it.
pub(crate) struct Excerpt {
    /// The text.
    pub(crate) text: String,
    /// Characters of the redacted token.
    pub(crate) mark: Range<usize>,
}

impl Excerpt {
    /// The excerpt for the match at `spans[own]`, whose value is `secret`; the other spans are hidden. Spans are sorted
    /// and lie inside the text.
    pub(crate) fn new(text: &[u8], lines: &LineIndex, spans: &[Range<usize>], own: usize, secret: &Secret) -> Excerpt {
        let span = spans[own].clone();
        let line = lines.range(lines.line(span.start), text);
        let token = span.start.min(line.end)..span.end.min(line.end).max(span.start.min(line.end));
        // What lies further away than the width can't be shown; a bound keeps lines of megabytes cheap.
        let from = floor(text, token.start.saturating_sub(4 * BEFORE).max(line.start));
        let to = floor(text, (token.end + 4 * WIDTH).min(line.end)).max(token.end);
        let before = hidden(text, from..token.start, spans, own);
        let after = hidden(text, token.end..to, spans, own);
        Self::fit(&before, &secret.redacted(), &after)
    }

    fn fit(before: &str, token: &str, after: &str) -> Excerpt {
        let trimmed = before.trim_start();
        let count = trimmed.chars().count();
        let head: String = trimmed.chars().skip(count.saturating_sub(BEFORE)).collect();
        let (start, len) = (head.chars().count(), token.chars().count());
        let tail: String = after.trim_end().chars().take(WIDTH.saturating_sub(start + len)).collect();
        Excerpt { text: format!("{head}{token}{tail}"), mark: start..start + len }
    }
}

/// The text of `range` with every other match, and every run that looks random, hidden.
fn hidden(text: &[u8], range: Range<usize>, spans: &[Range<usize>], own: usize) -> String {
    let mut out = Vec::new();
    let mut at = range.start;
    // Spans don't overlap and are sorted: the first that ends behind the range's start is found by bisection.
    let first = spans.partition_point(|s| s.end <= range.start);
    let others = spans.iter().enumerate().skip(first).take_while(|(_, s)| s.start < range.end);
    for (_, other) in others.filter(|(i, _)| *i != own) {
        if other.start > at {
            out.extend_from_slice(&text[at..other.start]);
        }
        if other.end > at {
            out.extend_from_slice(HIDDEN.as_bytes());
            at = other.end.min(range.end);
        }
    }
    if at < range.end {
        out.extend_from_slice(&text[at..range.end]);
    }
    hide_random(&String::from_utf8_lossy(&out))
}

/// The text with every run that looks random hidden.
pub(crate) fn hide_random(text: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_token) {
        let run = &rest[start..];
        let len = run.find(|c| !is_token(c)).unwrap_or(run.len());
        out.push_str(&rest[..start]);
        out.push_str(if looks_random(&run[..len]) { HIDDEN } else { &run[..len] });
        rest = &run[len..];
    }
    out.push_str(rest);
    out
}

/// Long, of several classes, and changing between them often: no word, no path. Or bytes as hexadecimal digits, which
/// can be a value's own.
fn looks_random(run: &str) -> bool {
    if run.len() >= HEX_RUN && run.bytes().all(|b| b.is_ascii_hexdigit()) {
        return true;
    }
    let class = |b: u8| match b {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let classes: Vec<u8> = run.bytes().map(class).collect();
    let changes = classes.windows(2).filter(|w| w[0] != w[1]).count();
    run.len() >= RANDOM_RUN && [0, 1, 2].iter().filter(|c| classes.contains(c)).count() >= 2 && changes * 4 >= run.len()
}

/// The nearest start of a UTF-8 character at or before `at`.
fn floor(text: &[u8], mut at: usize) -> usize {
    for _ in 0..3 {
        if at > 0 && at < text.len() && text[at] & 0xc0 == 0x80 {
            at -= 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "Zq8hT2mVx4Lw9KcR7bNd3FgJ6sPy5AeU";
    const TWO: &str = "b7Xw1QnE5tRk0ZpC8vYm2LsH4dGf6JaU";

    fn excerpt(text: &str, secrets: &[&str], own: usize) -> Excerpt {
        let spans: Vec<_> = secrets.iter().map(|s| text.find(s).map(|at| at..at + s.len()).unwrap()).collect();
        Excerpt::new(text.as_bytes(), &LineIndex::new(text.as_bytes()), &spans, own, &Secret::new(secrets[own]))
    }

    #[test]
    fn other_secrets_are_hidden() {
        let text = format!(
            "first
  a = '{ONE}', b = '{TWO}'  
last"
        );
        let e = excerpt(&text, &[ONE, TWO], 1);
        assert_eq!(e.text, "a = '********', b = 'b7Xw********'");
        assert_eq!(e.text.chars().collect::<Vec<_>>()[e.mark].iter().collect::<String>(), "b7Xw********");
    }

    #[test]
    fn unowned_random_runs_are_hidden() {
        let text = format!("x = '{ONE}' # see https://example.org/a_long_path_of_words {TWO}");
        assert_eq!(
            excerpt(&text, &[ONE], 0).text,
            "x = 'Zq8h********' # see https://example.org/a_long_path_of_words ********"
        );
    }

    #[test]
    fn a_value_in_hexadecimal_digits_is_hidden() {
        let hex: String = ONE.bytes().map(|b| format!("{b:02x}")).collect();
        let text = format!("x = '{TWO}'; y = '{hex}'");
        assert_eq!(excerpt(&text, &[TWO], 0).text, "x = 'b7Xw********'; y = '********'");
    }

    #[test]
    fn long_lines_and_blocks_stay_short() {
        let text = format!("{}{ONE}{}", "é,".repeat(5000), "z ".repeat(5000));
        let e = excerpt(&text, &[ONE], 0);
        assert!(e.text.chars().count() <= WIDTH && e.text.contains("Zq8h********z z"), "{}", e.text);
        let block = format!("k: |\n-----BEGIN KEY-----\n{ONE}\n-----END KEY-----\n");
        let span = block.find("-----BEGIN").unwrap()..block.len() - 1;
        let e = Excerpt::new(
            block.as_bytes(),
            &LineIndex::new(block.as_bytes()),
            std::slice::from_ref(&span),
            0,
            &Secret::new(&block[span.clone()]),
        );
        assert_eq!(e.text, "********");
    }
}
