use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(Arc::new(RuleSet::load(&[]).unwrap())));

const NOWHERE: Place<'static> = Place { kind: Kind::Worktree, path: Path::None };

/// A GitHub token with a right checksum, never given out; in pieces, so that nobody takes it for one.
fn github() -> String {
    ["ghp", "_", "Zq3vXk8Lw0Rn5Tc9Yd2Hs6JmA1bPfE"].concat() + &crc("Zq3vXk8Lw0Rn5Tc9Yd2Hs6JmA1bPfE")
}

fn crc(body: &str) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let sum = crc32fast::hash(body.as_bytes()) as usize;
    (0..6u32).rev().map(|i| char::from(digits[sum / 62usize.pow(i) % 62])).collect()
}

fn found(text: &str) -> Vec<(String, Range<usize>)> {
    DETECTOR.detect(text.as_bytes(), NOWHERE).into_iter().map(|m| (m.rule.id.clone(), m.span)).collect()
}

#[test]
fn a_token_is_found_wherever_it_may_start() {
    let token = github();
    for before in [
        "",
        " ",
        "=",
        "\"",
        "\\n",
        "\\t",
        "%3D",
        "%253D",
        "\\x22",
        "\\u0022",
        "\x1b[0m",
        "\\033[32m",
        "密钥",
        "key_",
        "a-",
        "3D=",
        "//",
    ] {
        for after in ["", " ", "\"", "\\n", "\\\"", "%22", "\x1b[0m", "…", "_x", "@host", "."] {
            let text = format!("x {before}{token}{after}");
            let start = 2 + before.len();
            let all = found(&text);
            let it = ("github-personal-access-token".to_owned(), start..start + token.len());
            assert!(all.contains(&it), "{before:?} {after:?}: {all:?}");
        }
    }
}

#[test]
fn a_token_inside_a_word_is_none() {
    let token = github();
    for text in [format!("x{token}"), format!("{token}x"), format!("9{token}")] {
        assert_eq!(found(&text), [], "{}", text.len());
    }
}

#[test]
fn tokens_beside_each_other_are_two() {
    let token = github();
    assert_eq!(found(&format!("{token},{token}")).len(), 2);
}

#[test]
fn one_token_is_one_finding() {
    let token = github();
    let text = format!("url = https://me:{token}@github.com/a/b  # GITHUB_TOKEN={token}");
    let ids: Vec<_> = found(&text).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["github-personal-access-token"; 2]);
}

#[test]
fn a_token_in_a_view_points_at_its_place() {
    use base64::Engine;
    let token = github();
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("password: {token}\n"));
    let (head, tail) = token.split_at(12);
    for (text, part) in [
        (format!("data:\n  conf: {encoded}\n"), encoded.clone()),
        (
            format!("{{\"k\": \"{}\\u{:04x}{}\"}}", &token[..20], token.as_bytes()[20], &token[21..]),
            token[..20].to_owned(),
        ),
        (format!("k = \"{head}\" + \"{tail}\"\n"), format!("{head}\" + \"{tail}")),
    ] {
        let all = DETECTOR.detect(text.as_bytes(), NOWHERE);
        assert_eq!(all.len(), 1, "{text}");
        assert_eq!(
            (all[0].rule.id.as_str(), all[0].secret.reveal()),
            ("github-personal-access-token", token.as_bytes())
        );
        let start = text.find(&part).unwrap();
        let span = &all[0].span;
        assert!(span.start >= start && span.start < start + part.len() && span.end <= text.len(), "{text}: {span:?}");
    }
}

#[test]
fn what_a_rule_knows_to_be_none_is_no_generic_secret() {
    let id = ["AK", "IAQRW7ZT2M5XKLP3VN"].concat();
    let secret = "k9Q/vX2+Lw0Rn5Tc9Yd3Hs6JmAq8PoIuYtReWqLz";
    let text = format!(
        "secret = {secret}\nAPI_KEY = {id}\nTOKEN = {}\n",
        ["ghp", "_thisTokenIsNotARealTokenAtAllTrustMe1"].concat()
    );
    assert_eq!(found(&text), [("aws-access-key".to_owned(), 9..49)]);
}

#[test]
fn halves_pair_off() {
    let id = |n: &str| ["AK", "IA", n].concat();
    let (a, b) = (id("QRW7ZT2M5XKLP3VN"), id("Z6HTD4QJW2MXK7RB"));
    let secrets = ["k9Q/vX2+Lw0Rn5Tc9Yd3Hs6JmAq8PoIuYtReWqLz", "Wq8+Zt/4Nn1bVc7Xs5Ld0Kf3Jh6Gp9MaYiUoTrEe"];
    let before = format!("secret = {}\nid = {a}\nsecret = {}\nid = {b}\n", secrets[0], secrets[1]);
    let after = format!("id = {a}\nsecret = {}\nid = {b}\nsecret = {}\n", secrets[0], secrets[1]);
    for text in [before, after] {
        let all = DETECTOR.detect(text.as_bytes(), NOWHERE);
        let values: Vec<_> = all.iter().map(|m| String::from_utf8_lossy(m.secret.reveal()).into_owned()).collect();
        assert_eq!(values, secrets, "{text}");
        assert!(all.iter().all(|m| m.rule.id == "aws-access-key" && m.confidence == Confidence::High));
        assert!(all.iter().all(|m| m.evidence.iter().any(|e| e.span.is_some())));
    }
}

#[test]
fn refusals_say_why() {
    let text = ["ghp", "_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx and postgres://u:${P}@db.corp.net"].concat();
    let all = DETECTOR.refusals(text.as_bytes(), NOWHERE);
    let rules: Vec<_> = all.iter().map(|r| r.rule.as_str()).collect();
    assert!(rules.contains(&"github-personal-access-token") && rules.contains(&"url-credentials"), "{all:?}");
    assert!(all.iter().all(|r| !r.why.is_empty() && r.span.end <= text.len()));
}

#[test]
fn files_limit_a_rule() {
    let text = "provider = 'x'\n[[rule]]\nid = 'x-y'\ntitle = 'x'\nfiles = ['*.cfg']\n\
                token = { prefix = 'zz_', alphabet = 'a-z', length = 20 }\n";
    let rules = crate::rule::read_str(text, std::path::Path::new("x.toml")).unwrap();
    let detector = Detector::new(Arc::new(RuleSet { rules: rules.into_iter().map(Arc::new).collect() }));
    let count = |path| detector.detect(b"zz_qmwnebrvtcyxuzilokjp", Place { kind: Kind::Worktree, path }).len();
    let known = |path: &'static str| Path::Known(BStr::new(path));
    assert_eq!((count(known("a/b.cfg")), count(known("b.py")), count(Path::None), count(Path::Unknown)), (1, 0, 0, 1));
}

#[test]
fn wide_shapes_reach_over_a_run() {
    let text = "provider = 'x'\n[[rule]]\nid = 'x-y'\ntitle = 'x'\ntoken = { alphabet = 'A-Za-z0-9+/', length = 50 }\n[rule.evidence]\n";
    let rules = crate::rule::read_str(text, std::path::Path::new("x.toml")).unwrap();
    let detector = Detector::new(Arc::new(RuleSet { rules: rules.into_iter().map(Arc::new).collect() }));
    let value = format!("ab/c+{}/{}", "k9QvX2Lw0Rn5Tc9Yd3Hs6J", "mAq8PoIuYtReWqLzk9QvX2");
    let spans =
        |text: &str| -> Vec<_> { detector.refusals(text.as_bytes(), NOWHERE).into_iter().map(|r| r.span).collect() };
    assert_eq!(value.len(), 50);
    assert_eq!(spans(&format!("k = {value}\nk = {value}")), [4..54, 59..109]);
}

/// Pieces of what the rules look for, and what breaks it.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<Vec<u8>> = [
        "ghp_",
        "sk-",
        "sk-proj-",
        "T3BlbkFJ",
        "eyJ",
        "eyJhbGciOiJIUzI1NiJ9",
        ".",
        "AKIA",
        "-----BEGIN ",
        "RSA PRIVATE KEY",
        "-----",
        "-----END RSA PRIVATE KEY-----",
        "PuTTY-User-Key-File-2: x\n",
        "Private-Lines: 2\n",
        "://",
        "postgres",
        "user:pw",
        "@",
        "host/",
        "\\n",
        "\\",
        "\n",
        "\"",
        "%3D",
        "_authToken=",
        "whsec_",
        "+/",
        "=",
        "glpat-",
        ".01.",
        "é",
        "\u{feff}",
        "aws_secret",
        ":",
        " ",
    ]
    .iter()
    .map(|s| s.as_bytes().to_vec())
    .collect();
    let piece = prop_oneof![
        6 => proptest::sample::select(words),
        2 => "[A-Za-z0-9]{1,60}".prop_map(String::into_bytes),
        1 => "[A-Za-z0-9+/]{40}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn spans_lie_inside_in_order_and_apart(text in pieces()) {
        for path in [Path::None, Path::Unknown, Path::Known(BStr::new("a/.npmrc"))] {
            let all = DETECTOR.detect(&text, Place { kind: Kind::Worktree, path });
            let mut end = 0;
            for m in &all {
                prop_assert!(m.span.start >= end && m.span.start < m.span.end && m.span.end <= text.len());
                prop_assert!(m.evidence.iter().filter_map(|e| e.span.clone()).all(|s| s.start <= s.end && s.end <= text.len()));
                end = m.span.end;
            }
        }
    }

    #[test]
    fn what_stands_before_does_not_matter(text in pieces(), lines in 0usize..50) {
        let bare = DETECTOR.detect(&text, NOWHERE);
        let padding = "words of a text\n".repeat(lines);
        let padded = DETECTOR.detect(&[b"\n", padding.as_bytes(), b"\n", &text].concat(), NOWHERE);
        let by = padding.len() + 2;
        let spans = |all: &[Match], by: usize| -> Vec<_> {
            all.iter().map(|m| (m.rule.id.clone(), m.span.start + by, m.span.end + by, m.confidence)).collect()
        };
        prop_assert_eq!(spans(&bare, by), spans(&padded, 0));
    }
}

/// Texts made to be slow, of about `n` bytes.
fn hostile(n: usize) -> Vec<(&'static str, Vec<u8>)> {
    let times = |piece: &str| piece.repeat(n / piece.len() + 1).into_bytes();
    let id = ["AK", "IAQRW7ZT2M5XKLP3VN "].concat();
    let token = github() + " ";
    vec![
        ("one run", times("a")),
        ("separators", times("-_")),
        ("prefixes", times("sk-")),
        ("headers", times("eyJ-")),
        ("objects", times("eyJhbGciOiJIUzI1NiJ9eyJ-eyJ-.")),
        ("urls", times("://")),
        ("databases", times("mysql://a:b")),
        ("signs", times("https://a:b@")),
        ("blocks", times("-----BEGIN RSA PRIVATE KEY-----\n")),
        ("labels", times("-----BEGIN ")),
        ("putty", times("PuTTY-User-Key-File-2: x\n")),
        ("putty in a line", times("PuTTY-User-Key-File-2: \\")),
        ("ids", times(&id)),
        ("names", times("aws_secret")),
        ("npm", times("_authToken=")),
        ("webhooks", times("whsec_")),
        ("tokens", times(&token)),
        ("slashes", times("\\")),
    ]
}

#[test]
fn work_is_linear_in_the_text() {
    let time = |text: &[u8]| {
        let one = || {
            let start = Instant::now();
            DETECTOR.detect(text, NOWHERE);
            start.elapsed()
        };
        one().min(one())
    };
    for ((name, small), (_, large)) in hostile(16 << 10).into_iter().zip(hostile(128 << 10)) {
        let (short, long) = (time(&small).max(Duration::from_millis(10)), time(&large));
        // Eight times the text: 64 times the work if it were quadratic.
        assert!(long < short * 32, "{name}: {short:?}, then {long:?}");
    }
}
