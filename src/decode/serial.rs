//! PHP's serialized values: `a:1:{s:3:"key";s:5:"value";}` reads `{"key":"value",}`.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use memchr::memmem;

const PIECE: Piece = Piece::Whole(Encoding::Escapes);
/// How long a serialized value is read.
const LENGTH: usize = 64 << 10;
/// How deep arrays nest.
const DEPTH: usize = 16;

/// Finds serialized arrays and writes them as records.
pub(super) fn find(text: &[u8], edits: &mut Edits) {
    let mut done = 0;
    for at in memmem::find_iter(text, b":{") {
        let Some(before) = text.get(done.max(at.saturating_sub(8))..at) else { continue };
        let digits = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let start = at - digits;
        if digits > 0 && start >= done + 2 && text[..start].ends_with(b"a:") {
            edits.is_far = true;
            done = array(text, start - 2, at + 2, edits).max(done);
        }
    }
}

/// Reads an array from `start`, its first entry at `at`; returns where it ends.
fn array(text: &[u8], start: usize, mut at: usize, edits: &mut Edits) -> usize {
    if !matches!(text.get(at), Some(b's' | b'i' | b'}')) || !matches!(text.get(at + 1), Some(b':') | None) {
        return at;
    }
    let limit = text.len().min(start + LENGTH);
    edits.push(start..at, b"{", PIECE);
    // Whether a key is next, for each array that is open.
    let mut open = vec![true];
    while at < limit {
        let Some(key) = open.last_mut() else { break };
        let sign: &[u8] = if *key { b":" } else { b"," };
        match text[at] {
            b'}' => {
                open.pop();
                if open.is_empty() {
                    return at + 1;
                }
                edits.push(at..at + 1, b"},", PIECE);
                at += 1;
                continue;
            }
            b's' => {
                let Some((from, to, next)) = string(text, at, limit) else { break };
                edits.push(at..from, b"\"", PIECE);
                edits.push(to..next, if *key { b"\":" } else { b"\"," }, PIECE);
                at = next;
            }
            b'i' | b'b' | b'd' => {
                let Some(end) = memchr::memchr(b';', &text[at..limit.min(at + 40)]) else { break };
                edits.push(at..at + 2, b"", PIECE);
                edits.push(at + end..at + end + 1, sign, PIECE);
                at += end + 1;
            }
            b'N' => {
                edits.push(at..at + 2, b"null,", PIECE);
                at += 2;
            }
            b'a' => {
                let Some(brace) = memchr::memchr(b'{', &text[at..limit.min(at + 16)]) else { break };
                edits.push(at..at + brace + 1, b"{", PIECE);
                at += brace + 1;
                *key = true;
                if open.len() >= DEPTH {
                    break;
                }
                open.push(true);
                continue;
            }
            _ => break,
        }
        *key = !*key;
    }
    at.min(text.len())
}

/// `s:3:"abc";`, its quotes escaped or not: where the text begins and ends, and what follows.
fn string(text: &[u8], at: usize, limit: usize) -> Option<(usize, usize, usize)> {
    let rest = text.get(at..limit)?;
    let digits = rest.get(2..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let quote: &[u8] = if rest.get(3 + digits)? == &b'\\' { b"\\\"" } else { b"\"" };
    let open = 3 + digits;
    if digits == 0 || rest.get(1) != Some(&b':') || !rest[open..].starts_with(quote) {
        return None;
    }
    let from = open + quote.len();
    let close: Vec<u8> = [quote, b";"].concat();
    let length = memmem::find(&rest[from..], &close)?;
    Some((at + from, at + from + length, at + from + length + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut edits = Edits::default();
        find(text.as_bytes(), &mut edits);
        String::from_utf8(edits.apply(text.as_bytes()).0).unwrap()
    }

    #[test]
    fn arrays_become_records() {
        assert_eq!(read(r#"x'a:2:{s:3:"key";s:2:"ab";i:4;b:1;}'"#), r#"x'{"key":"ab",4:1,}'"#);
        assert_eq!(read(r#"a:1:{i:0;a:1:{s:1:"k";N;}}"#), r#"{0:{"k":null,},}"#);
        assert_eq!(read(r#"a:1:{s:1:\"k\";s:1:\"v\";}"#), r#"{"k":"v",}"#);
        for text in ["a:{b", "data:3:{x}", "a:1:{s:9:\"cut", ""] {
            assert!(read(text).len() <= text.len() + 2, "{text}");
        }
    }
}
