//! Every format, over one outcome that has everything nasty in it.

use super::{Format, Options, receipt_line, write};
use crate::blob::{Commit, Kind, Origin, Skip, SkipReason};
use crate::finding::{Finding, Fingerprint, Outcome, Redactor, Secret, Stale, SuppressedBy, Suppression};
use crate::rule::{Confidence, Rule};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

const FORMATS: [Format; 5] = [Format::Human, Format::Json, Format::Jsonl, Format::Sarif, Format::Github];
const KEY: &str = "Zq8hT2mVx4Lw9KcR7bNd3FgJ6sPy5AeU";

fn rule() -> Arc<Rule> {
    let text = r#"
        provider = "Acme"
        [[rule]]
        id = "acme-api-key"
        title = "Acme API key"
        severity = "critical"
        tags = ["ai"]
        reference = "https://acme.example/keys"
        token = { prefix = ["acme_"], alphabet = "A-Za-z0-9", length = 32 }
        [rule.remedy]
        text = "Revoke it."
        url = "https://acme.example/revoke"
    "#;
    let rules = crate::rule::read_str(text, std::path::Path::new("acme.toml")).unwrap();
    Arc::new(rules.into_iter().next().unwrap())
}

pub(super) fn finding(origin: Origin, line: u64) -> Finding {
    let secret = Secret::new(KEY);
    let path = origin.repo_path.clone().unwrap_or_default();
    Finding {
        rule: rule(),
        title: "Acme API key".into(),
        confidence: Confidence::High,
        fingerprint: Fingerprint::of("acme-api-key", &secret, &path),
        excerpt: "key = Zq8h******** # é".into(),
        excerpt_mark: 6..18,
        origin,
        line,
        column: 7,
        end_line: line,
        end_column: 39,
        secret,
        evidence: vec!["bound to key".into()],
        occurrences: 1,
        path_redacted: false,
        suppressed: None,
        verified: None,
    }
}

fn outcome() -> Outcome {
    let commit = Commit {
        id: "0123456789abcdef0123456789abcdef01234567".into(),
        author: format!("Dev {KEY}"),
        email: "dev@example.org".into(),
        date: "2024-05-06T07:08:09+02:00".into(),
        summary: format!("Add \u{1b}[31m{KEY}"),
        rank: 1,
    };
    let mut history = finding(Origin::file(Kind::History, &b"dir/a b%\xff\xe9.py"[..]), 3);
    history.origin.commit = Some(Arc::new(commit));
    let mut suppressed = finding(Origin::file(Kind::Worktree, "b.py"), 1);
    suppressed.suppressed = Some(Suppression { by: SuppressedBy::Inline, reason: format!("says {KEY}") });
    let named = finding(Origin::file(Kind::Worktree, format!("x/{KEY}.txt")), 1);
    let odd = finding(Origin::file(Kind::Worktree, "::error::x\n##[error]y,z:\u{202e}\u{1b}[2J.py"), 1);
    let reference = Origin { reference: Some(format!("refs/heads/{KEY}").into()), ..Origin::nowhere(Kind::Ref) };
    let mut branch = finding(reference, 0);
    (branch.column, branch.end_line, branch.end_column) = (0, 0, 0);
    let mut outcome = Outcome { findings: vec![history, suppressed, named, odd, branch], ..Outcome::default() };
    outcome.receipt.source = "worktree".into();
    outcome.receipt.asked = vec![format!("x/{KEY}.txt")];
    outcome.receipt.notes = vec![format!("a note with {KEY}")];
    outcome.receipt.stale = vec![Stale { what: format!("entry {KEY}"), why: "matches nothing any more".into() }];
    outcome.receipt.add_skips(vec![
        Skip::new(SkipReason::Binary, format!("x/{KEY}.png"), ""),
        Skip::new(SkipReason::Unreadable, "c\u{1b}]0;t\u{7}", "Permission denied"),
    ]);
    Redactor::of(&outcome.findings).redact(&mut outcome);
    outcome
}

fn text(format: Format, options: Options) -> String {
    let mut out = Vec::new();
    write(format, &outcome(), options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn all_options() -> Vec<Options> {
    let flags = |bits: u32| Options {
        show_suppressed: bits & 1 > 0,
        color: bits & 2 > 0,
        quiet: bits & 4 > 0,
        verbose: bits & 8 > 0,
        reveal: false,
        now: Some(1_750_000_000),
    };
    (0..16).map(flags).collect()
}

#[test]
fn no_format_shows_the_secret_unless_asked() {
    for format in FORMATS {
        for options in all_options() {
            let shown = text(format, options);
            assert!(!shown.contains(KEY) && !shown.contains(&KEY[4..]), "{format:?} {options:?}");
        }
        assert!(
            text(format, Options { reveal: true, ..Options::default() }).contains(KEY),
            "{format:?} reveals when asked"
        );
    }
    assert!(!receipt_line(&outcome()).contains(KEY));
}

#[test]
fn nothing_unsafe_arrives_raw() {
    for format in FORMATS {
        for options in all_options().into_iter().filter(|o| !o.color) {
            for line in text(format, options).lines() {
                assert!(!line.chars().any(super::escape::is_unsafe), "{format:?}: {line:?}");
                assert!(!line.contains("##["), "{format:?}: {line:?}");
                assert!(format == Format::Github || !line.trim_start().starts_with("::"), "{format:?}: {line:?}");
            }
        }
    }
}

#[test]
fn json_is_jsonl_and_the_receipt() {
    let options = Options { show_suppressed: true, ..Options::default() };
    let document: Value = serde_json::from_str(&text(Format::Json, options)).unwrap();
    let mut lines: Vec<Value> =
        text(Format::Jsonl, options).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.pop().unwrap(), document["receipt"]);
    assert_eq!(Value::from(lines), document["findings"]);
    assert_eq!(document["receipt"]["complete"], false);
}

#[test]
fn a_finding_has_every_field() {
    let document: Value = serde_json::from_str(&text(Format::Json, Options::default())).unwrap();
    let f = &document["findings"][0];
    let fields: Vec<&String> = f.as_object().unwrap().keys().collect();
    let promised = "type rule title severity confidence path path_base64 ref line column end_line end_column secret redacted \
                    fingerprint excerpt evidence commit in_head occurrences origin suppressed remediation verified";
    assert_eq!(fields, promised.split_whitespace().collect::<Vec<_>>());
    assert_eq!(
        (&f["path"], &f["path_base64"]),
        (&"dir/a b%\u{fffd}\u{fffd}.py".into(), &"ZGlyL2EgYiX/6S5weQ==".into())
    );
    assert_eq!(
        (&f["secret"], &f["redacted"], &f["commit"]["author"]),
        (&Value::Null, &"Zq8h********".into(), &"Dev ********".into())
    );
    let named = &document["findings"][1];
    assert_eq!((&named["path"], &named["path_base64"]), (&"x/********.txt".into(), &Value::Null));
    let branch = &document["findings"][3];
    assert_eq!(
        (&branch["line"], &branch["path"], &branch["ref"]),
        (&Value::Null, &Value::Null, &"refs/heads/********".into())
    );
}

#[test]
fn sarif_fits_the_official_schema() {
    // The crate of SARIF's types ships the schema that they are made from.
    let metadata = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|p| p["name"] == "serde-sarif").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_slice(&schema).unwrap();
    // Its pattern for a language has a lone bracket, which is no regular expression to a strict reader.
    for owner in ["run", "toolComponent"] {
        schema["definitions"][owner]["properties"]["language"].as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for options in [Options::default(), Options { reveal: true, ..Options::default() }] {
        let shown = text(Format::Sarif, options);
        let document: Value = serde_json::from_str(&shown).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&shown).unwrap();
        assert_eq!(typed.runs[0].results.as_ref().unwrap().len(), 5);
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })));
}

#[test]
fn sarif_marks_suppressions_and_incompleteness() {
    let document: Value = serde_json::from_str(&text(Format::Sarif, Options::default())).unwrap();
    let run = &document["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["results"][1]["suppressions"][0]["kind"], "inSource");
    assert_eq!(run["results"][1]["suppressions"][0]["justification"], "says ********");
    let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "dir/a%20b%25%FF%E9.py");
}

#[test]
fn one_secret_is_one_entry_with_its_places() {
    let shown = text(Format::Human, Options::default());
    assert_eq!(shown.matches("critical[acme-api-key]").count(), 1, "{shown}");
    assert!(shown.contains("3 more places"), "{shown}");
    let caret = shown.lines().find(|l| l.contains('^')).unwrap();
    let line = shown.lines().find(|l| l.contains("Zq8h")).unwrap();
    assert_eq!(caret.find('^'), line.find("Zq8h"), "{shown}");
}

#[test]
fn github_has_a_line_a_finding_and_a_warning() {
    let shown = text(Format::Github, Options::default());
    assert_eq!(shown.lines().count(), 5, "{shown}");
    assert!(shown.lines().last().unwrap().starts_with("::warning title=leakbreak::"), "{shown}");
    assert!(shown.contains("file=%3A%3Aerror%3A%3Ax\\n##\\[error]y%2Cz%3A"), "{shown}");
}
