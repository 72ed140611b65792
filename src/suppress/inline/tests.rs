use super::*;

fn verdict_of(text: &str, rule: &str, line: u64) -> Option<String> {
    let lines = LineIndex::new(text.as_bytes());
    Inline::read(text.as_bytes(), &lines).with_reasons([]).verdict(rule, line, line).map(|s| s.reason)
}

fn silent(text: &str, line: u64) -> bool {
    verdict_of(text, "generic-password", line).is_some()
}

#[test]
fn beside_a_token_it_counts_for_that_line_alone() {
    let text = "a = 1\nkey = 'x'  # leakbreak:allow\nb = 2\n";
    assert!(silent(text, 2) && !silent(text, 1) && !silent(text, 3));
    for line in [
        "key = x // leakbreak:allow",
        "key = x /* leakbreak:allow */ + 1",
        "<k>x</k><!-- leakbreak:allow -->",
        "key: x #leakbreak:allow",
        "select 'x' --leakbreak:allow",
        "\"key\": \"x\", \"note\": \"leakbreak:allow\"",
        "leakbreak:allow key=x",
        "key=x {# leakbreak:allow #}",
        "/* leakbreak:allow -- old */ key = x",
        "key = x  # gitleaks:allow leakbreak:allow",
        "key = x  # leakbreak:allow, gitleaks:allow",
        "REMOVED leakbreak:allow",
    ] {
        let named = line.starts_with("leakbreak:allow key");
        assert_eq!((silent(line, 1), silent(&format!("{line}\nnext"), 2)), (!named, false), "{line}");
    }
}

#[test]
fn alone_on_a_line_it_counts_for_the_next() {
    for comment in [
        "# leakbreak:allow",
        "  // leakbreak:allow generic-password",
        "\t/* leakbreak:allow generic-password -- because */",
        "<!-- leakbreak:allow -->",
        "<!-- leakbreak:allow generic-password -->",
        "{{!-- leakbreak:allow --}}",
        "<%-- leakbreak:allow -- why --%>",
        "REM leakbreak:allow",
        "dnl leakbreak:allow",
        "C leakbreak:allow",
        "\"_comment\": \"leakbreak:allow\",",
        "  \"//\": \"leakbreak:allow -- made up\",",
        "    \"# leakbreak:allow -- a notebook\\n\",",
        "    \"# leakbreak:allow\\r\\n\",",
        "--[[ leakbreak:allow ]]",
        "(* leakbreak:allow *)",
        "; leakbreak:allow ;;;;;;;;",
        "\u{22}\u{22}\u{22} leakbreak:allow \u{22}\u{22}\u{22}",
    ] {
        let text = format!("{comment}\r\nkey\r\nmore\r\n");
        assert_eq!((silent(&text, 1), silent(&text, 2), silent(&text, 3)), (false, true, false), "{comment}");
    }
}

#[test]
fn comments_one_below_the_other_cover_the_line_below_them() {
    let text = "# leakbreak:allow jwt -- one\n# leakbreak:allow generic-password -- two\nkey\nmore\n";
    assert_eq!(verdict_of(text, "jwt", 3).as_deref(), Some("one"));
    assert_eq!(verdict_of(text, "generic-password", 3).as_deref(), Some("two"));
    assert_eq!(verdict_of(text, "generic-password", 2), None);
    assert_eq!(verdict_of(text, "generic-password", 4), None);
    assert!(!silent("# leakbreak:allow\n\nkey\n", 3));
    let mixed = "# pragma: allowlist nextline secret\n# leakbreak:allow jwt\nkey\n";
    assert!(silent(mixed, 3) && !silent(mixed, 2));
}

#[test]
fn named_rules_alone_are_silenced() {
    let of = |comment: &str, rule| verdict_of(&format!("key # {comment}"), rule, 1).is_some();
    assert!(of("leakbreak:allow jwt", "jwt") && !of("leakbreak:allow jwt", "jwt-2"));
    assert!(of("leakbreak:allow JWT -- why", "jwt"));
    assert!(of("leakbreak:allow aws-key, jwt", "jwt") && of("leakbreak:allow aws-key ,jwt,x", "aws-key"));
    assert!(!of("leakbreak:allow generic-password", "jwt"));
    assert!(!of("leakbreak:allow for tests", "jwt"), "a reason needs its dashes");
    assert!(!of("leakbreak:allow \u{442}\u{435}\u{441}\u{442}", "jwt"));
    assert!(of("leakbreak:allow gitleaks:allow", "jwt"));
    assert!(of("leakbreak:allow--", "jwt") && of("leakbreak:allow -->", "jwt"));
}

#[test]
fn other_words_are_none() {
    for comment in [
        "nosec",
        "nosec leakbreak",
        "leakbreak: allow",
        "leakbreak:allowed",
        "leakbreak:allow-all",
        "xleakbreak:allow",
        "LEAKBREAK:ALLOW",
        "leakbreak:deny",
        "gitleaks:allowed",
        "trufflehog:ignored",
        "pragma: allowlist",
        "pragma: allowlist secrets",
        "pragma: no cover",
        "pragma: allowlist nextline",
    ] {
        assert!(!silent(&format!("key # {comment}\nkey"), 1), "{comment}");
        assert!(!silent(&format!("key # {comment}\nkey"), 2), "{comment}");
    }
}

#[test]
fn other_tools_words_count_for_their_own_line() {
    for comment in [
        "gitleaks:allow",
        "betterleaks:allow",
        "trufflehog:ignore",
        "pragma: allowlist secret",
        "pragma:allowlist secret",
        "pragma: whitelist secret",
        "pragma: allowlist-secret",
    ] {
        for line in [format!("key = 'x' # {comment}"), format!("# {comment}"), format!("x /* {comment} */")] {
            let text = format!("{line}\nnext\n");
            assert_eq!((silent(&text, 1), silent(&text, 2)), (true, false), "{line}");
        }
    }
    for comment in
        ["pragma: allowlist nextline secret", "pragma: whitelist nextline secret", "pragma: allowlist-nextline-secret"]
    {
        let text = format!("x # {comment}\nnext\n");
        assert_eq!((silent(&text, 1), silent(&text, 2)), (false, true), "{comment}");
    }
}

#[test]
fn reasons_are_told_and_otherwise_the_place() {
    let of = |text: &str, line| verdict_of(text, "jwt", line).unwrap();
    assert_eq!(of("key # leakbreak:allow --  made up,  see docs  ", 1), "made up,  see docs");
    assert_eq!(of("key <!-- leakbreak:allow jwt -- made up -->", 1), "made up");
    assert_eq!(of("\"key # leakbreak:allow -- made up\\n\",", 1), "made up");
    assert_eq!(of("key # leakbreak:allow", 1), "leakbreak:allow beside it");
    assert_eq!(of("# leakbreak:allow --\nkey", 2), "leakbreak:allow on the line above");
    assert_eq!(of("key # gitleaks:allow -- not ours", 1), "gitleaks:allow beside it");
    assert_eq!(of(&format!("key # leakbreak:allow -- {}", "\u{e9}".repeat(300)), 1).chars().count(), 200);
    let long = format!("key # leakbreak:allow -- {}", "y".repeat(5000));
    assert_eq!(of(&long, 1).len(), 200);
}

#[test]
fn a_reason_shows_no_secret() {
    let text = "key = 'hunter2hunter2' # leakbreak:allow -- was hunter2hunter2, now AbCdEfGh at %41BC\n";
    let lines = LineIndex::new(text.as_bytes());
    let (a, b, c) = (Secret::new("hunter2hunter2"), Secret::new("AbCdEfGh"), Secret::new("ABC"));
    let at = |word: &str| text.rfind(word).map(|at| at..at + word.len()).unwrap();
    let found = [(7..21, &a), (at("AbCdEfGh"), &b), (at("%41BC"), &c)];
    let inline = Inline::read(text.as_bytes(), &lines);
    assert!(!format!("{inline:?}").contains("hunter2"));
    assert_eq!(
        inline.verdict("x", 1, 1).unwrap().reason,
        "leakbreak:allow beside it",
        "silent until it is told what to hide"
    );
    let inline = inline.with_reasons(found);
    assert_eq!(inline.verdict("x", 1, 1).unwrap().reason, "was ********, now ******** at *****");
}

#[test]
fn any_line_of_a_block_counts_and_the_one_above() {
    let block = "# leakbreak:allow\n-----BEGIN\nabc\n-----END # x\n";
    let of = |text: &str| Inline::read(text.as_bytes(), &LineIndex::new(text.as_bytes())).verdict("private-key", 2, 4);
    assert!(of(block).is_some());
    assert!(of("x\n-----BEGIN\nabc\n-----END\"\"\" # leakbreak:allow\n").is_some());
    assert!(of("x\n-----BEGIN # leakbreak:allow\nabc\n-----END\n").is_some());
    assert!(of("x\n-----BEGIN\n# leakbreak:allow\n-----END\n").is_none(), "alone, it is for the next token");
    assert!(of("x # leakbreak:allow\n-----BEGIN\nabc\n-----END\n").is_none());
}

#[test]
fn a_text_without_them_costs_nothing_and_a_hostile_one_is_linear() {
    assert!(Inline::read(b"plain", &LineIndex::new(b"plain")).is_empty());
    // All on one line of punctuation, or one below the other: a square of this would not end.
    for unit in ["##### leakbreak:allow a,b,c", "# leakbreak:allow a\n", "pragma: pragma: leakbreak:allow -- "] {
        let text = " ".repeat(1 << 20) + &unit.repeat(20_000);
        let lines = LineIndex::new(text.as_bytes());
        let inline = Inline::read(text.as_bytes(), &lines);
        for line in 1..1000 {
            assert!(inline.verdict("jwt", line, line).is_none() || unit.starts_with("pragma"));
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(text in "(leakbreak:allow|pragma: allowlist |nextline |secret|jwt|[-,#*/\\\\n:\\n\\r \"]|\\PC){0,30}", cut in 0usize..60) {
        let mut bytes = text.into_bytes();
        bytes.truncate(cut);
        let lines = LineIndex::new(&bytes);
        let secret = Secret::new("x");
        let inline = Inline::read(&bytes, &lines).with_reasons([(0..cut, &secret)]);
        for line in 0..5 {
            let _ = inline.verdict("jwt", line, line + 1);
        }
    }
}
