//! A receipt without absolute paths, for documents that travel: SARIF is uploaded, and says nothing of the machine.

use crate::finding::Receipt;
use bstr::BString;

/// What may stand before a path within a sentence.
const BEFORE: [char; 9] = [' ', '\'', '"', '`', '(', '[', '=', ',', ':'];

/// The receipt with every path relative to the argument that it lies below, or else shortened to its last part.
pub(super) fn receipt(receipt: &Receipt) -> Receipt {
    let mut receipt = receipt.clone();
    let roots = Roots::of(&receipt.asked);
    for text in receipt.asked.iter_mut().chain(&mut receipt.notes) {
        *text = roots.relative(text);
    }
    for stale in &mut receipt.stale {
        stale.what = roots.relative(&stale.what);
        stale.why = roots.relative(&stale.why);
    }
    for skip in receipt.skips.values_mut().flat_map(|count| &mut count.first) {
        if let Ok(place) = std::str::from_utf8(&skip.place) {
            skip.place = roots.relative(place).into();
        } else if skip.place.starts_with(b"/") {
            skip.place = roots.place(&skip.place);
        }
        skip.detail = roots.relative(&skip.detail);
    }
    receipt
}

/// The absolute ones of the arguments, the longest first, without a `/` at their ends.
struct Roots(Vec<String>);

impl Roots {
    fn of(asked: &[String]) -> Roots {
        let absolute = asked.iter().filter(|asked| asked.starts_with('/'));
        let mut roots: Vec<String> = absolute.map(|root| root.trim_end_matches('/').to_owned()).collect();
        roots.retain(|root| !root.is_empty());
        roots.sort_by_key(|root| std::cmp::Reverse(root.len()));
        Roots(roots)
    }

    /// A sentence or a path: each absolute path in it is cut.
    fn relative(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = next(rest, out.chars().next_back()) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (cut, kept) = self.cut(rest);
            out.push_str(kept);
            rest = &rest[cut..];
        }
        out + rest
    }

    /// How much of an absolute path at the start of `text` goes, and what stands for it.
    fn cut<'a>(&self, text: &'a str) -> (usize, &'a str) {
        for root in &self.0 {
            match text.strip_prefix(root.as_str()) {
                Some(rest) if rest.starts_with('/') => return (root.len() + 1, ""),
                Some(rest) if rest.is_empty() || rest.starts_with(ends) => return (root.len(), "."),
                _ => {}
            }
        }
        let path = &text[..text.find(ends).unwrap_or(text.len())];
        let path = path.trim_end_matches('/');
        (path.len().max(1), path.rsplit('/').next().unwrap_or_default())
    }

    /// A path that is no text.
    fn place(&self, place: &[u8]) -> BString {
        let below = self.0.iter().find_map(|root| place.strip_prefix(root.as_bytes())?.strip_prefix(b"/"));
        below.or_else(|| place.rsplit(|b| *b == b'/').next()).unwrap_or_default().into()
    }
}

/// Where the next absolute path begins; `before` is the character before `text`.
fn next(text: &str, before: Option<char>) -> Option<usize> {
    let mut last = before;
    for (at, c) in text.char_indices() {
        // `://` of an address is none.
        let begins = last.is_none_or(|last| BEFORE.contains(&last));
        if c == '/' && begins && text[at + 1..].starts_with(|c: char| c != '/' && !c.is_whitespace()) {
            return Some(at);
        }
        last = Some(c);
    }
    None
}

/// What ends a path within a sentence.
fn ends(c: char) -> bool {
    matches!(c, ' ' | '\'' | '"' | '`' | ')' | ']' | ',' | ':' | ';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_absolute_path_is_left() {
        let roots = Roots::of(&["/w".into(), "/w/a b/".into(), "rel".into(), "/".into()]);
        for (text, expected) in [
            ("/w/a b", "."),
            ("/w/a b/c d/e.py", "c d/e.py"),
            ("/w/x.py", "x.py"),
            ("/w", "."),
            ("/wide/x.py", "x.py"),
            ("not read: /w/x.py: denied", "not read: x.py: denied"),
            ("see '/etc/gitconfig' (/w)", "see 'gitconfig' (.)"),
            ("https://example.org/a/b and a/b", "https://example.org/a/b and a/b"),
            ("4 / 5 and // too", "4 / 5 and // too"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(roots.relative(text), expected, "{text}");
        }
        assert_eq!(roots.place(b"/w/\xff.py"), BString::from(&b"\xff.py"[..]));
    }
}
