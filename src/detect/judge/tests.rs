//! The judge on little texts, each with made-up keys.

use super::*;
use crate::blob::Kind;
use crate::rule::RuleSet;
use bstr::BStr;
use proptest::prelude::*;

/// Keys that look drawn at random; `K` stands for the first in a text, `L`, `M`, `N` for others.
const KEYS: [(&str, &str); 4] = [
    ("⟨K⟩", concat!("q7ZbT2xNf4Lr", "W8sVh3JkD6mYc1PgAe9U")),
    ("⟨L⟩", concat!("Vb3nR8kWz0Xe", "T5yQd7HsM1uJp4CfGa6L")),
    ("⟨M⟩", concat!("h2JwP9sKx6Dc", "N4vBz8RtY1mFq7LgEo3T")),
    ("⟨N⟩", concat!("M5cXy1VnQ8aL", "k3GjU6ZwH0dSf9TrPb2e")),
];

fn rule(id: &str) -> Arc<Rule> {
    RuleSet::load(&[]).unwrap().get(id).unwrap().clone()
}

/// What the rule says of the first key of a text.
fn of(rule_id: &str, path: &str, text: &str) -> Verdict {
    let text = KEYS.iter().fold(text.to_owned(), |t, (mark, key)| t.replace(mark, key));
    let at = text.find(KEYS[0].1).unwrap();
    let place =
        Place { kind: Kind::Worktree, path: if path.is_empty() { Path::None } else { Path::Known(BStr::new(path)) } };
    let mut reader = Reader::new(text.as_bytes(), place);
    Judge::new(rule(rule_id)).ask(text.as_bytes(), at..at + 32, place, &mut reader)
}

fn confidence(path: &str, text: &str) -> Option<Confidence> {
    match of("mistral-api-key", path, text) {
        Verdict::Accepted { confidence, .. } => Some(confidence),
        Verdict::Refused(_) => None,
    }
}

fn finds(path: &str, text: &str) {
    let verdict = of("mistral-api-key", path, text);
    assert!(
        matches!(verdict, Verdict::Accepted { confidence, .. } if confidence >= Confidence::Medium),
        "{path}: {verdict:?}\n{text}"
    );
}

fn refuses(path: &str, text: &str) {
    assert!(
        confidence(path, text) < Some(Confidence::Medium),
        "{path}: {:?}\n{text}",
        of("mistral-api-key", path, text)
    );
}

#[test]
fn lines_that_people_plant() {
    let around = include_str!("inquiry.rs").replace("//", "#");
    let half = around.len() / 2;
    let cut = around[half..].find('\n').unwrap() + half + 1;
    for line in [
        "MISTRAL_API_KEY = \"⟨K⟩\"",
        "client = Mistral(api_key=\"⟨K⟩\")",
        "export MISTRAL_API_KEY=⟨K⟩",
        "os.environ[\"MISTRAL_API_KEY\"] = \"⟨K⟩\"",
        "mistral_api_key: ⟨K⟩",
        "    \"mistralApiKey\": \"⟨K⟩\",",
        "MISTRAL_API_KEY_2 = \"⟨K⟩\"",
        "B_MISTRAL_API_KEY = \"⟨K⟩\"",
        "MISTRAL_API_KEY = \"⟨L⟩\"; OTHER_MISTRAL_API_KEY = \"⟨K⟩\"",
        "headers = {\"Authorization\": \"Bearer ⟨K⟩\"}  # api.mistral.ai",
    ] {
        finds("a.py", line);
        finds("a.py", &format!("import os\n\n{line}\n\ndef f(x):\n    return x\n"));
        finds("long/a.py", &format!("{}{line}\n{}", &around[..cut], &around[cut..]));
        finds("a.py", &format!("def f():\n    x = {{\n{line}\n"));
    }
    for text in [
        "Tried with MISTRAL_API_KEY=⟨K⟩ and it works.",
        "mistral_api_key=⟨K⟩",
        "Add client\n\nTried with MISTRAL_API_KEY=⟨K⟩ and it works.\n",
    ] {
        finds("", text);
    }
}

#[test]
fn evidence_points_at_the_text_that_decides() {
    let text = "tok = \"⟨K⟩\"\nx = 1\nclient = Mistral(api_key=tok)\n";
    let Verdict::Accepted { evidence, .. } = of("mistral-api-key", "a.py", text) else { panic!("not found") };
    let text = text.replace("⟨K⟩", KEYS[0].1);
    let lines: Vec<&str> = evidence.iter().filter_map(|e| text.get(e.span.clone()?)).collect();
    assert!(lines.iter().any(|l| l.contains("Mistral")), "{lines:?}");
    assert!(lines.iter().all(|l| !l.contains(KEYS[0].1)));
}

#[test]
fn a_host_beats_names() {
    finds("a.py", "OpenAI(api_key=\"⟨K⟩\", base_url=\"https://api.mistral.ai/v1\")");
    refuses("a.py", "Mistral(api_key=\"⟨K⟩\", server_url=\"https://llm.corp.example\")");
    refuses("a.yml", "mistral:\n  api_key: ⟨K⟩\n  base_url: http://gateway.corp.example:4000\n");
    refuses("a.yml", "provider: mistral\napi_key: ⟨K⟩\napi_base: https://api.together.xyz/v1\n");
}

#[test]
fn the_rules_tell_their_keys_apart() {
    let codestral = "models:\n  - provider: mistral\n    apiBase: https://codestral.mistral.ai/v1\n    apiKey: ⟨K⟩\n";
    assert!(matches!(of("mistral-codestral-api-key", "a.yml", codestral), Verdict::Accepted { .. }));
    refuses("a.yml", codestral);
    let admin = "curl -H 'x-api-key: ⟨K⟩' https://console.mistral.ai/api/admin/members";
    assert!(matches!(of("mistral-admin-api-key", "a.sh", admin), Verdict::Accepted { .. }));
    refuses("a.sh", admin);
}

#[test]
fn many_candidates_stay_linear() {
    let time = |n: usize| {
        let mut text = String::from("{\n\"provider\": \"mistral\",\n");
        for i in 0..n {
            let key: String = KEYS[i % 4]
                .1
                .bytes()
                .enumerate()
                .map(|(j, b)| if j % 7 == 3 { char::from(b'a' + ((i >> (j % 16)) % 26) as u8) } else { char::from(b) })
                .collect();
            text.push_str(&format!("\"k{i}\": {{\"x\": \"{key}\", \"n\": \"v{i}\"}},\n"));
        }
        text.push_str("}\n");
        let place = Place { kind: Kind::Worktree, path: Path::Known(BStr::new("a.json")) };
        let mut reader = Reader::new(text.as_bytes(), place);
        let judge = Judge::new(rule("mistral-api-key"));
        let start = std::time::Instant::now();
        let at = text.find("\"x\": \"").unwrap() + 6;
        judge.ask(text.as_bytes(), at..at + 32, place, &mut reader);
        start.elapsed().as_secs_f64()
    };
    let (small, large) = (time(2_000).max(0.002), time(16_000));
    assert!(large < small * 32.0, "{small} {large}");
}

#[test]
fn a_reason_holds_no_key() {
    let key = KEYS[0].1;
    let text = format!(",{key}\n=,{key}{key}: mistral");
    let place = Place { kind: Kind::Worktree, path: Path::Known(BStr::new("a.md")) };
    let mut reader = Reader::new(text.as_bytes(), place);
    let judge = Judge::new(rule("mistral-api-key"));
    for (at, _) in text.match_indices(key) {
        let reasons = match judge.ask(text.as_bytes(), at..at + 32, place, &mut reader) {
            Verdict::Accepted { evidence, .. } => evidence.into_iter().map(|e| e.reason).collect(),
            Verdict::Refused(why) => vec![why],
        };
        assert!(reasons.iter().all(|reason| !reason.contains(key)), "{reasons:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_panic_and_spans_inside(
        pieces in proptest::collection::vec(prop::sample::select(vec![
            "⟨K⟩", "⟨L⟩", "mistral", "Mistral(", "api_key", "=", ": ", "\"", "'", "\n", "\n  ", "- ", "{", "}", "(", ")", "[", "]", ",", ";", "tok", "tok = ", "https://api.mistral.ai/",
            "https://x.example/", "Bearer ", "#", "//", "<a b=\"", ">", "</a>", "|", "VALUES (", "INSERT INTO t (a_id) ", " ", "def f(tok):\n  ", "f(tok)", "\\n", "$tok", "é",
        ]), 0..60),
        name in prop::sample::select(vec!["a.py", "a.yml", "a.json", "a.sql", "a.md", "a.xml", "a.csv", ".env", "mistral.toml", "a.el", "a.sh"]),
    ) {
        let text = KEYS.iter().fold(pieces.concat(), |t, (mark, key)| t.replace(mark, key));
        let place = Place { kind: Kind::Worktree, path: Path::Known(BStr::new(name)) };
        let mut reader = Reader::new(text.as_bytes(), place);
        let judge = Judge::new(rule("mistral-api-key"));
        for (at, _) in text.match_indices(KEYS[0].1) {
            if let Verdict::Accepted { evidence, .. } = judge.ask(text.as_bytes(), at..at + 32, place, &mut reader) {
                prop_assert!(!evidence.is_empty());
                for e in evidence {
                    prop_assert!(e.span.is_none_or(|s| s.start < s.end && s.end <= text.len()));
                    prop_assert!(!e.reason.contains(KEYS[0].1));
                }
            }
        }
    }
}

/// A minified file, a log, a table of one line: what stands far away on it is not asked again for each word.
#[test]
fn a_line_of_many_words_costs_what_its_words_cost() {
    let start = std::time::Instant::now();
    for (a, b) in [("x ", "y "), ("x, ", "y, "), ("x=1 ", "y=2 "), ("--x 1 ", "--y 2 ")] {
        finds("a.txt", &format!("{}MISTRAL_API_KEY=⟨K⟩ {}\n", a.repeat(10_000), b.repeat(10_000)));
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
}
