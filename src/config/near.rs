//! The known name nearest to one that is not known, for "did you mean".

/// The name of `known` that is most like `word`, whatever the case and whether `_` or `-`; None only of none.
///
/// ```
/// use leakbreak::config::nearest;
/// assert_eq!(nearest("max_sise", ["threads", "max-size"]), Some("max-size"));
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Likeness costs the product of the lengths; no name that is known is as long as this.
    let word: String = word.chars().take(64).map(plain).collect();
    let likeness = |name: &str| {
        let name: String = name.chars().map(plain).collect();
        // Jaro-Winkler alone favours a common beginning over the one letter that is wrong.
        strsim::normalized_damerau_levenshtein(&word, &name) + strsim::jaro_winkler(&word, &name)
    };
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let like = likeness(name);
        if best.is_none_or(|(most, _)| like > most) {
            best = Some((like, name));
        }
    }
    best.map(|(_, name)| name)
}

fn plain(c: char) -> char {
    if c == '_' { '-' } else { c.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        let known = ["max-size", "include", "exclude", "min-confidence", "fail-on", "threads"];
        for (word, meant) in [
            ("max_size", "max-size"),
            ("excludes", "exclude"),
            ("Includ", "include"),
            ("confidence", "min-confidence"),
            ("thread", "threads"),
            ("failon", "fail-on"),
            ("jobs\u{1f511}", "fail-on"),
        ] {
            if word.is_ascii() {
                assert_eq!(nearest(word, known), Some(meant), "{word}");
            } else {
                assert!(nearest(word, known).is_some());
            }
        }
        assert_eq!(nearest("x", []), None);
    }
}
