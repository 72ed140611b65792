//! One entry of a baseline, and its line:
//!
//! ```text
//! FINGERPRINT RULE PATH reason="TEXT" [author="NAME"] [expires=YYYY-MM-DD]
//! ```

use super::quote;
use crate::config::nearest;
use crate::finding::Fingerprint;
use bstr::BString;

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What it is known by.
    pub fingerprint: Fingerprint,
    /// The rule, for people and for a file that moved.
    pub rule: String,
    /// The repository-relative path; empty where there is none.
    pub path: BString,
    pub(super) terms: Terms,
}

/// Why, by whom and until when findings are accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Terms {
    pub(super) reason: String,
    pub(super) author: Option<String>,
    pub(super) expires: Option<String>,
}

impl Terms {
    /// With a reason, an author, and the last day on which they count (YYYY-MM-DD; a past one too).
    ///
    /// # Errors
    /// An empty reason, a day that is none: what is wrong, in words.
    pub fn new(reason: &str, author: Option<&str>, expires: Option<&str>) -> Result<Terms, &'static str> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err("reason is empty");
        }
        if expires.is_some_and(|day| !is_day(day)) {
            return Err("expires is no day written YYYY-MM-DD");
        }
        let author = author.map(str::trim).filter(|author| !author.is_empty()).map(str::to_owned);
        Ok(Terms { reason, author, expires: expires.map(str::to_owned) })
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// By whom.
    pub fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// The last day on which they count, YYYY-MM-DD.
    pub fn expires(&self) -> Option<&str> {
        self.expires.as_deref()
    }

    /// Whether the last day lies before `today`; days are compared as they are written.
    pub(super) fn are_over(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|day| day < today)
    }
}

fn is_day(text: &str) -> bool {
    // The type takes other forms of a date too.
    let form = text.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    text.len() == 10 && form && text.parse::<jiff::civil::Date>().is_ok()
}

impl Entry {
    /// Why, by whom and until when it is accepted.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The line, without its end.
    pub(super) fn line(&self) -> String {
        let (rule, path) = (quote::word(self.rule.as_bytes()), quote::word(&self.path));
        let mut line =
            format!("{} {rule} {path} reason={}", self.fingerprint, quote::quoted(self.terms.reason.as_bytes()));
        if let Some(author) = &self.terms.author {
            line.push_str(&format!(" author={}", quote::quoted(author.as_bytes())));
        }
        if let Some(day) = &self.terms.expires {
            line.push_str(&format!(" expires={day}"));
        }
        line
    }

    /// What a receipt calls it.
    pub(super) fn name(&self) -> String {
        let place = if self.path.is_empty() { "no file".into() } else { quote::word(&self.path) };
        format!("baseline entry {} ({} in {place})", self.fingerprint, quote::word(self.rule.as_bytes()))
    }

    /// Reads a line that is neither empty nor a comment. The error shows nothing of it.
    pub(super) fn parse(line: &str) -> Result<Entry, String> {
        let mut words = Words { rest: line };
        let fingerprint = words.next().and_then(|word| Fingerprint::parse(&word));
        let fingerprint = fingerprint.ok_or("does not begin with a fingerprint, 32 hexadecimal digits")?;
        let rule = words.next().filter(|rule| !rule.is_empty()).ok_or("has no rule behind its fingerprint")?;
        let path = words.bytes().ok_or("has no path behind its rule (one with spaces or odd characters is quoted)")?;
        let terms = words.terms()?;
        Ok(Entry { fingerprint, rule, path: path.into(), terms })
    }
}

/// The words of a line, one after the other.
struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    fn bytes(&mut self) -> Option<Vec<u8>> {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        let (word, rest) = quote::read(self.rest)?;
        // Something that sticks to a closing quote is a quote in the wrong place.
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| self.rest = rest).map(|()| word)
    }

    fn next(&mut self) -> Option<String> {
        self.bytes().and_then(|word| String::from_utf8(word).ok())
    }

    /// All `key=word` that are left.
    fn terms(&mut self) -> Result<Terms, String> {
        const KEYS: [&str; 3] = ["reason", "author", "expires"];
        let mut values: [Option<String>; 3] = [None, None, None];
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            if self.rest.is_empty() {
                break;
            }
            let (key, rest) = self.rest.split_once('=').unwrap_or((self.rest, ""));
            let known = KEYS.iter().position(|known| *known == key);
            let value = known.zip(Some(rest)).and_then(|(i, _)| values.get_mut(i));
            let Some(value) = value else {
                let near = nearest(key, KEYS).unwrap_or_default();
                return Err(format!("has an unknown field; the nearest known one is `{near}=`"));
            };
            if value.is_some() {
                return Err(format!("has a field twice: `{}=`", nearest(key, KEYS).unwrap_or_default()));
            }
            self.rest = rest;
            *value = Some(self.next().ok_or("has a field without a value, or with a quote that is not closed")?);
        }
        let [reason, author, expires] = values;
        let reason = reason.ok_or("has no reason: write reason=\"...\" behind the path")?;
        Ok(Terms::new(&reason, author.as_deref(), expires.as_deref())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "0123456789abcdef0123456789abcdef generic-password src/a.py";

    #[test]
    fn a_line_comes_back() {
        for line in [
            format!("{LINE} reason=\"made up\""),
            format!("{LINE} reason=\"say \\\"no\\\"; author=x\" author=\"Ann \u{e9}\" expires=2026-02-28"),
            LINE.replace("src/a.py", "\"a b\\n\\377\"") + " reason=\"x\"",
            LINE.replace("src/a.py", "\"\"") + " reason=\"x\"",
        ] {
            assert_eq!(Entry::parse(&line).unwrap().line(), line);
        }
        let loose = "0123456789ABCDEF0123456789abcdef\tgeneric-password   src/a.py\texpires=2026-02-28 reason=word";
        assert_eq!(Entry::parse(loose).unwrap().line(), format!("{LINE} reason=\"word\" expires=2026-02-28"));
    }

    #[test]
    fn the_manual_is_right() {
        let manual = include_str!("../../../docs/baseline.md");
        let line = manual.lines().find(|line| line.contains(" reason=\"test data\"")).unwrap();
        assert_eq!(Entry::parse(line).unwrap().line(), line);
    }

    #[test]
    fn what_is_wrong_is_said_without_the_line() {
        for (line, words) in [
            ("Tr0ub4dor", "fingerprint"),
            ("0123456789abcdef0123456789abcde Tr0ub4dor", "fingerprint"),
            ("0123456789abcdef0123456789abcdef", "no rule"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor", "no path"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor \"Tr0ub4dor", "no path"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor \"Tr0ub4dor\"x", "no path"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a", "no reason"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a Tr0ub4dor", "unknown field"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reson=Tr0ub4dor", "nearest known one is `reason=`"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reason=\"Tr0ub4dor", "not closed"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reason=", "without a value"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reason=\" \"", "reason is empty"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reason=x reason=Tr0ub4dor", "twice: `reason=`"),
            ("0123456789abcdef0123456789abcdef Tr0ub4dor a reason=x expires=Tr0ub4dor", "YYYY-MM-DD"),
        ] {
            let error = Entry::parse(line).unwrap_err();
            assert!(error.contains(words) && !error.contains("Tr0") && !error.contains("dor"), "{line}: {error}");
        }
    }

    #[test]
    fn days_are_days() {
        assert!(is_day("2026-02-28") && is_day("1999-12-31"));
        for text in ["2026-02-30", "2026-2-28", "20260228", "2026-02-28T00", "tomorrow", "", "2026-02-2\u{663}"] {
            assert!(!is_day(text), "{text}");
        }
        let terms = Terms::new("x", Some(" "), Some("2026-02-28")).unwrap();
        assert_eq!((terms.are_over("2026-02-28"), terms.are_over("2026-03-01"), &terms.author), (false, true, &None));
        assert!(Terms::new(" ", None, None).is_err() && Terms::new("x", None, Some("soon")).is_err());
    }
}
