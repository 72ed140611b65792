use super::*;
use crate::finding::testing::{at_line, finding, in_commit};

const SECRET: &str = "q8Kd02hfJ3nMs7Lp1Xz4";
const COMMIT: &str = "00112233445566778899aabbccddeeff00112233";

fn import(text: &str, name: &str, findings: &[Finding]) -> Imported {
    Foreign::parse(text, Path::new(name)).unwrap().carry_over(findings)
}

fn token(path: &str, line: u64) -> Finding {
    at_line(finding("generic-token", SECRET, path.as_bytes()), line)
}

/// The paths and reasons of what was carried over, and why the rest was not.
fn told(imported: &Imported) -> (Vec<String>, Vec<&str>) {
    let entry = |e: &Entry| format!("{} {}", e.path, e.terms().reason());
    (imported.baseline.entries().iter().map(entry).collect(), imported.lost.iter().map(|l| l.why.as_str()).collect())
}

#[test]
fn lines_of_a_gitleaksignore_are_places() {
    let text =
        "# a comment\n\nsrc/a.py:generic-api-key:3\n./b:c.py:aws:4\n  src/a.py:generic-api-key:9  \ngone.py:x:1\n";
    let imported = import(text, "some/.gitleaksignore", &[token("src/a.py", 3), token("b:c.py", 4), token("d.py", 3)]);
    let (mut carried, lost) = told(&imported);
    carried.sort();
    assert_eq!(carried, ["b:c.py imported from .gitleaksignore", "src/a.py imported from .gitleaksignore"]);
    assert_eq!(lost, ["nothing is found on this line", "nothing is found in this file any more"]);
    assert_eq!(imported.lost[0].what, ".gitleaksignore: entry 5 (generic-api-key in src/a.py:9)");
    assert_eq!(imported.carried, 2);
    assert_eq!(import("[id].ts:aws:3", ".gitleaksignore", &[token("[id].ts", 3)]).carried, 1);
}

#[test]
fn a_commit_needs_the_finding_that_it_brought() {
    let text = format!("{COMMIT}:src/a.py:aws:3\n");
    let foreign = Foreign::parse(&text, Path::new(".gitleaksignore")).unwrap();
    assert!(foreign.names_commits() && !Foreign::parse("a:b:3", Path::new("x")).unwrap().names_commits());
    let of = |finding| foreign.carry_over(&[finding]);
    assert_eq!(of(in_commit(token("src/a.py", 3), COMMIT)).carried, 1);
    assert_eq!(
        of(in_commit(token("src/a.py", 4), COMMIT)).lost[0].why,
        "nothing is found that this commit first brought to this line"
    );
    assert_eq!(of(in_commit(token("src/a.py", 3), "ffff")).carried, 0);
    assert_eq!(of(token("src/a.py", 3)).lost[0].why, "it is known by a commit alone, and the history was not scanned");
    // And what stood there in a commit says nothing of what stands there now.
    assert_eq!(import("src/a.py:aws:3", "x", &[in_commit(token("src/a.py", 3), COMMIT)]).carried, 0);
}

#[test]
fn a_gitleaks_report_is_carried_over_by_value() {
    let report = |secret: &str, file: &str, line: u64| {
        format!(
            r#"{{"RuleID":"generic-api-key","StartLine":{line},"Secret":"{secret}","File":"{file}","Commit":"{COMMIT}"}}"#
        )
    };
    let all = [
        report(SECRET, "src/a.py", 99),
        report(&format!("'{SECRET}'"), "src/a.py", 3),
        report(&format!("'{SECRET}'"), "src/a.py", 4),
        report("another8Kd02hfJ3nMs7Lp", "src/a.py", 3),
        report(SECRET, "/home/ann/repo/src/a.py", 1),
        report("REDACTED", "src/a.py", 3),
        "{\"RuleID\":\"x\"}".to_owned(),
        "7".to_owned(),
    ];
    let text = format!("[{}]", all.join(",\n"));
    let imported = import(&text, "leaks.json", &[token("src/a.py", 3)]);
    assert_eq!((imported.carried, imported.baseline.entries().len()), (3, 1));
    let (_, lost) = told(&imported);
    assert_eq!(
        lost,
        [
            "it has no File and StartLine",
            "it has no File and StartLine",
            "nothing with this value is found in this file",
            "nothing with this value is found in this file",
            "it is known by a commit alone, and the history was not scanned",
        ]
    );
    assert!(!format!("{imported:?}").contains(SECRET));
    assert!(!format!("{:?}", Foreign::parse(&text, Path::new("x")).unwrap()).contains("another8K"));
    assert_eq!(import("[]", "leaks.json", &[]).carried, 0);
}

#[test]
fn a_secrets_baseline_is_carried_over_by_hash() {
    let hex = |value: &str| Sha1::digest(value).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let entry = |kind: &str, hash: String, more: &str| format!(r#"{{"type":"{kind}","hashed_secret":"{hash}"{more}}}"#);
    let text = format!(
        r#"{{"version":"1.5.0","plugins_used":[],"results":{{"src\\a.py":[{},{},{}],"b.pem":[{},{}],"c":[{}]}}}}"#,
        entry("Secret Keyword", hex(SECRET), r#","line_number":70,"is_secret":false"#),
        entry("Secret Keyword", hex("another"), r#","line_number":3"#),
        entry("Secret Keyword", "xyz".into(), r#","line_number":3"#),
        entry("Private Key", hex("BEGIN"), r#","line_number":1"#),
        entry("Private Key", hex("BEGIN"), ""),
        entry("Secret Keyword", hex(SECRET), r#","is_secret":true"#),
    );
    let found = [token("src/a.py", 3), token("b.pem", 1), token("c", 1)];
    let imported = import(&text, ".secrets.baseline", &found);
    let (mut carried, lost) = told(&imported);
    carried.sort();
    let from = "imported from .secrets.baseline";
    let no_secret = format!("src/a.py {from}, audited there as no secret");
    assert_eq!(carried, [format!("b.pem {from}"), format!("c {from}, audited there as a secret"), no_secret]);
    let malformed = "it has no hashed_secret that is a SHA-1, or no line_number";
    assert_eq!(lost, [malformed, malformed, "nothing with this value is found in this file"]);
}

#[test]
fn what_is_none_of_them_is_an_error_without_its_text() {
    for (text, words) in [
        ("Tr0ub4dor", "is no .gitleaksignore"),
        ("[scan]\nTr0ub4dor = 1", "is not valid JSON"),
        ("{\"Tr0ub4dor\": 1}", "is no .gitleaksignore"),
        ("{\"results\": {\"Tr0ub4dor\": 3}}", "is no .gitleaksignore"),
        ("\n\n[{\"a\": Tr0ub4dor}]", "x:3: is not valid JSON"),
        ("{\"a\": \"Tr0ub4dor", "is not valid JSON"),
        ("\"Tr0ub4dor\"", "is no .gitleaksignore"),
    ] {
        let error = Foreign::parse(text, Path::new("x")).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("Tr0ub4dor"), "{text}: {error}");
    }
    let imported = import("a.py:rule:1\nTr0ub4dor\n", ".gitleaksignore", &[]);
    assert!(!format!("{:?}", imported.lost).contains("Tr0ub4dor"));
    assert_eq!(import("", ".gitleaksignore", &[]).carried, 0);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\{|\\[|\"results\"|\"File\"|\"StartLine\"|[:,\\]}0-9]|a:b:1\n|\\PC){0,30}") {
        if let Ok(foreign) = Foreign::parse(&text, Path::new("x")) {
            let _ = foreign.carry_over(&[token("a", 1)]);
        }
    }
}
