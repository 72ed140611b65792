//! A line of a .gitignore as the glob that means to the matcher what the line means to git (wildmatch.c). Where they
//! differ a file could be passed over that git would add: to git braces are letters, no class fits a `/`, classes have
//! names, and an open class or an empty part of a path fits nothing.

use crate::glob::Class;

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
