//! A line of a .gitignore as the glob that means to the matcher what the line means to git (wildmatch.c). Where they
//! differ a file could be passed over that git would add: to git braces are letters, no class fits a `/`, classes have
//! names, and an open class or an empty part of a path fits nothing.

use std::iter::Peekable;
use std::str::Chars;

/// The line, translated; None where it is no pattern, or fits nothing.
pub(super) fn as_glob(line: &str) -> Option<String> {
    let line = trimmed(line);
    let body = line.strip_prefix('!').unwrap_or(line);
    let path = body.strip_suffix('/').unwrap_or(body);
    if line.starts_with('#') || path.is_empty() || line.contains("//") {
        return None;
    }
    let mut glob = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    glob.extend(chars.next_if_eq(&'!'));
    // A path from here, or a name at any depth; the matcher would tell by slashes, which classes gain and lose.
    match path.contains('/') {
        true if !path.starts_with('/') => glob.push('/'),
        false if path.contains('[') => glob.push_str("**/"),
        _ => {}
    }
    while let Some(c) = chars.next() {
        match c {
            '[' => glob.push_str(&Class::read(&mut chars)?.as_glob()?),
            '\\' => match chars.next()? {
                // The matcher would take the white space at the end of a line away.
                c if chars.peek().is_none() && c.is_whitespace() => glob.extend(['[', c, ']']),
                c => glob.extend(['\\', c]),
            },
            '{' | '}' => glob.extend(['\\', c]),
            '*' if chars.next_if_eq(&'*').is_some() => {
                while chars.next_if_eq(&'*').is_some() {}
                glob.push_str("**");
            }
            c if chars.peek().is_none() && c.is_whitespace() => glob.extend(['[', c, ']']),
            c => glob.push(c),
        }
    }
    Some(glob)
}

/// Without the spaces at its end, but for one that is escaped.
fn trimmed(line: &str) -> &str {
    let bare = line.trim_end_matches(' ');
    let escapes = bare.bytes().rev().take_while(|&b| b == b'\\').count();
    if escapes % 2 == 1 && bare.len() < line.len() { &line[..=bare.len()] } else { bare }
}

/// What stands between brackets.
#[derive(Debug, Default)]
struct Class {
    negated: bool,
    ascii: Vec<u8>,
    other: Vec<(char, char)>,
}

impl Class {
    /// Reads on behind the bracket; None where it is never closed, or a name is unknown.
    fn read(chars: &mut Peekable<Chars<'_>>) -> Option<Class> {
        let mut class = Class { negated: chars.next_if(|c| matches!(c, '!' | '^')).is_some(), ..Class::default() };
        let mut first = true;
        loop {
            let c = match chars.next()? {
                ']' if !first => return Some(class),
                '[' if chars.next_if_eq(&':').is_some() => {
                    class.named(chars)?;
                    first = false;
                    continue;
                }
                '\\' => chars.next()?,
                c => c,
            };
            first = false;
            class.add(c, c);
            if let Some(end) = Self::range_end(chars)? {
                class.add(c, end);
            }
        }
    }

    /// The last character of a range, if one follows: a hyphen that is not the last in the class.
    fn range_end(chars: &mut Peekable<Chars<'_>>) -> Option<Option<char>> {
        let mut ahead = chars.clone();
        if ahead.next() != Some('-') || ahead.peek() == Some(&']') {
            return Some(None);
        }
        *chars = ahead;
        match chars.next()? {
            '\\' => chars.next().map(Some),
            c => Some(Some(c)),
        }
    }

    /// A class within the class, up to its `:]`.
    fn named(&mut self, chars: &mut Peekable<Chars<'_>>) -> Option<()> {
        let mut name = String::new();
        loop {
            match chars.next()? {
                ':' if chars.next_if_eq(&']').is_some() => break,
                c if c.is_ascii_lowercase() => name.push(c),
                _ => return None,
            }
        }
        let fits: fn(&u8) -> bool = match name.as_str() {
            "alnum" => u8::is_ascii_alphanumeric,
            "alpha" => u8::is_ascii_alphabetic,
            "blank" => |b| matches!(b, b' ' | b'\t'),
            "cntrl" => u8::is_ascii_control,
            "digit" => u8::is_ascii_digit,
            "graph" => u8::is_ascii_graphic,
            "lower" => u8::is_ascii_lowercase,
            "print" => |b| matches!(b, b' '..=b'~'),
            "punct" => u8::is_ascii_punctuation,
            "space" => |b| b.is_ascii_whitespace() || *b == 0x0b,
            "upper" => u8::is_ascii_uppercase,
            "xdigit" => u8::is_ascii_hexdigit,
            _ => return None,
        };
        self.ascii.extend((0..128).filter(fits));
        Some(())
    }

    fn add(&mut self, from: char, to: char) {
        self.ascii.extend((0..128).filter(|&b| (from..=to).contains(&char::from(b))));
        if !to.is_ascii() && from <= to {
            self.other.push((from.max('\u{80}'), to));
        }
    }

    /// The class as the matcher reads it: `]` first, `-` last, every other character by itself; None if it is empty.
    fn as_glob(&self) -> Option<String> {
        let mut ascii = self.ascii.clone();
        // No class fits the end of a part, not even one of everything else.
        ascii.retain(|&b| b != b'/');
        if self.negated {
            ascii.push(b'/');
        }
        ascii.sort_by_key(|&b| (b == b'-', b != b']', matches!(b, b'!' | b'^'), b));
        ascii.dedup();
        match (self.negated, &ascii[..], &self.other[..]) {
            (false, [], []) => return None,
            (false, [one], []) => return Some(format!("\\{}", char::from(*one))),
            (false, [b'!', b'^'], []) => return Some("{\\!,\\^}".into()),
            _ => {}
        }
        let other: String = self.other.iter().map(|(from, to)| format!("{from}-{to}")).collect();
        let (ascii, hyphen) = match ascii.split_last() {
            Some((b'-', rest)) => (rest, "-"),
            _ => (&ascii[..], ""),
        };
        let (signs, letters): (Vec<u8>, Vec<u8>) = ascii.iter().partition(|b| matches!(b, b'!' | b'^'));
        let text = |bytes: &[u8]| bytes.iter().map(|&b| char::from(b)).collect::<String>();
        let negation = if self.negated { "!" } else { "" };
        Some(format!("[{negation}{}{other}{}{hyphen}]", text(&letters), text(&signs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(line: &str) -> String {
        as_glob(line).unwrap_or_else(|| "nothing".into())
    }

    #[test]
    fn plain_patterns_stay() {
        for line in ["*.o", "!keep", "/x/**/y", "\\#a", "**", "\\!a", "a b", "!/x", "dir/"] {
            assert_eq!(glob(line), line);
        }
        assert_eq!(
            (glob("a/*.o"), glob("!a/b/"), glob("***/x****")),
            ("/a/*.o".into(), "!/a/b/".into(), "/**/x**".into())
        );
        for line in ["", "# x", "a//b", "!", "/", "!/", "  "] {
            assert_eq!(as_glob(line), None, "{line}");
        }
    }

    #[test]
    fn white_space_and_braces() {
        assert_eq!(
            (glob("a  "), glob("a\\  "), glob("a\t "), glob("a\\\\ ")),
            ("a".into(), "a[ ]".into(), "a[\t]".into(), "a\\\\".into())
        );
        assert_eq!((glob("{a}"), glob("\\{a\\}"), glob("a\\")), ("\\{a\\}".into(), "\\{a\\}".into(), "nothing".into()));
    }

    #[test]
    fn classes_never_fit_a_slash() {
        let cases = [
            ("/x/[a-c]", "/x/[abc]"),
            ("[!a]", "**/[!/a]"),
            ("![^]a]", "!**/[!]/a]"),
            ("/[.-0]", "/[.0]"),
            ("/x/[]-]", "/x/[]-]"),
            ("/x/[\\]a]", "/x/[]a]"),
            ("/x/[a-]", "/x/[a-]"),
            ("/x/[\\!^]", "/x/{\\!,\\^}"),
            ("/x/[x\\!]", "/x/[x!]"),
            ("/x/[[]", "/x/\\["),
            ("/x/[[:digit:]x]", "/x/[0123456789x]"),
            ("/x/[c-a]", "/x/\\c"),
            ("/x/[ä-ü]", "/x/[ä-ää-ü]"),
            ("/x/[!é]", "/x/[!/é-é]"),
            ("[a]/", "**/\\a/"),
        ];
        for (line, wanted) in cases {
            assert_eq!(glob(line), wanted, "{line}");
        }
        for line in ["[/]", "[a", "[[:odd:]]", "[!"] {
            assert_eq!(as_glob(line), None, "{line}");
        }
    }
}
