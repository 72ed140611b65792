//! The run of token characters that stands in every match of a pattern: where there is none, the pattern need not be tried.
//! build.rs reads this file too.

use regex_syntax::hir::{Class, Hir, HirKind};

/// How long a run of letters, digits, `_` and `-` every match of the pattern holds at least; 0 for what is no pattern.
pub(crate) fn least_run(pattern: &str) -> usize {
    let parser = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern);
    parser.map_or(0, |hir| Runs::of(&hir).best)
}

/// What is known of the matches of a piece of a pattern.
#[derive(Clone, Copy, Default)]
struct Runs {
    /// All of it is token characters, at least so many.
    whole: Option<usize>,
    /// How long a run it begins with.
    head: usize,
    /// How long a run it ends with.
    tail: usize,
    /// How long a run it holds.
    best: usize,
}

impl Runs {
    const EMPTY: Runs = Runs { whole: Some(0), head: 0, tail: 0, best: 0 };

    fn solid(n: usize) -> Runs {
        Runs { whole: Some(n), head: n, tail: n, best: n }
    }

    fn of(hir: &Hir) -> Runs {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Runs::EMPTY,
            HirKind::Literal(text) => {
                text.0.iter().map(|b| Runs::byte(is_token_byte(*b))).fold(Runs::EMPTY, Runs::then)
            }
            HirKind::Class(class) => Runs::byte(is_of_tokens(class)),
            HirKind::Capture(group) => Runs::of(&group.sub),
            HirKind::Concat(parts) => parts.iter().map(Runs::of).fold(Runs::EMPTY, Runs::then),
            HirKind::Alternation(arms) => arms.iter().map(Runs::of).reduce(Runs::or).unwrap_or_default(),
            HirKind::Repetition(again) => {
                let (one, least) = (Runs::of(&again.sub), again.min as usize);
                match one.whole {
                    Some(n) => Runs::solid(n.saturating_mul(least)),
                    None if least == 0 => Runs::default(),
                    None if least > 1 => Runs { best: one.best.max(one.tail + one.head), ..one },
                    None => one,
                }
            }
        }
    }

    fn byte(is_token: bool) -> Runs {
        if is_token { Runs::solid(1) } else { Runs::default() }
    }

    fn then(self, next: Runs) -> Runs {
        Runs {
            whole: self.whole.zip(next.whole).map(|(a, b)| a + b),
            head: self.whole.map_or(self.head, |n| n + next.head),
            tail: next.whole.map_or(next.tail, |n| n + self.tail),
            best: self.best.max(next.best).max(self.tail + next.head),
        }
    }

    fn or(self, other: Runs) -> Runs {
        Runs {
            whole: self.whole.zip(other.whole).map(|(a, b)| a.min(b)),
            head: self.head.min(other.head),
            tail: self.tail.min(other.tail),
            best: self.best.min(other.best),
        }
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_of_tokens(class: &Class) -> bool {
    let all = |from: u32, to: u32| to < 128 && (from..=to).all(|c| is_token_byte(c as u8));
    match class {
        Class::Bytes(set) => set.iter().all(|r| all(r.start().into(), r.end().into())),
        Class::Unicode(set) => set.iter().all(|r| all(r.start().into(), r.end().into())),
    }
}

#[cfg(test)]
mod tests {
    use super::least_run;

    #[test]
    fn runs_of_patterns() {
        for (pattern, run) in [
            ("(?-u)(?:^|[^a-z])(?<secret>AZDO[A-Za-z0-9]{16})(?:[^A-Za-z]|$)", 20),
            ("(?:[0-9a-f]{8}-){3}[0-9a-f]{5}", 32),
            ("[A-Za-z0-9+/]{43}=", 0),
            ("a{3,9}(?:bc|def)?x", 4),
            ("(?:ab|c.d)e", 2),
            ("x{5}.y{7}", 7),
            ("(?:a.bc){2}", 3),
            // The sign of the kelvin is a `k` in lower case.
            ("(?i)key[ =]", 2),
            ("(?i-u)key[ =]", 3),
            ("(", 0),
        ] {
            assert_eq!(least_run(pattern), run, "{pattern}");
        }
    }
}
