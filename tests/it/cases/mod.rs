//! Held-back cases of every kind of secret, and of what only looks like one, through the real binary.
//!
//! fixtures/cases/known.tsv lists what is still answered wrongly, and is held to the truth: a wrong answer that it does not
//! list fails, and so does a line of it that is right by now. `LEAKBREAK_KNOWN=write cargo test --test it cases` writes it
//! anew; `cargo test --test it cases -- --nocapture` prints recall and false alarms of each batch.

mod draw;

use crate::labelled::template::{self, Case, Label, Syntax};
use crate::support::Sandbox;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const BATCHES: [&str; 4] = ["generic-found", "generic-clean", "provider-found", "provider-clean"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

/// `⟦+ PATTERN⟧`, `⟦+a: PATTERN⟧` and `⟦+a⟧`.
struct Patterns;

impl Syntax for Patterns {
    const OPEN: char = '⟦';
    const CLOSE: char = '⟧';

    fn value(case: &str, mark: &str, said: &mut BTreeMap<String, String>) -> (Label, String) {
        let label = match mark.chars().next() {
            Some('+') => Label::Rule(""),
            Some('-') => Label::Nobody,
            Some('?') => Label::Undecided,
            _ => panic!("{case}: what is {mark}?"),
        };
        let rest = &mark[1..];
        let text = match (rest.strip_prefix(' '), rest.split_once(':')) {
            (Some(pattern), _) => {
                // Each mark without a name is a value of its own.
                let many = said.len();
                said.insert(format!(" {many}"), String::new());
                draw::value(&format!("{case} {many}"), pattern)
            }
            (None, Some((name, pattern))) => {
                let text = draw::value(&format!("{case} {name}"), pattern.trim_start());
                said.insert(name.to_owned(), text.clone());
                text
            }
            (None, None) => said.get(rest).unwrap_or_else(|| panic!("{case}: {rest} is not said before")).clone(),
        };
        (label, text)
    }
}

/// The findings of a scan at default confidence, by case.
fn findings(cases: &[Case]) -> BTreeMap<String, Vec<Value>> {
    let sandbox = Sandbox::new();
    for case in cases {
        sandbox.write(format!("{}/{}", case.name, case.path.trim_start_matches('/')), &case.content);
    }
    let run = sandbox.leakbreak(["scan", "--no-config", "--no-ignore", "--format", "jsonl", "--reveal", "."]);
    let mut by_case: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in run.findings() {
        let path = finding["path"].as_str().unwrap();
        let case = path.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        by_case.entry(case).or_default().push(finding);
    }
    by_case
}

/// Right and wrong answers.
#[derive(Clone, Copy, Default)]
struct Score {
    found: usize,
    missed: usize,
    accused: usize,
    /// Cases without a secret, and those of them that were accused.
    clean: usize,
    alarmed: usize,
}

/// Whether a finding is of this value: either may hold the other, as a header holds its token.
fn is_of(finding: &Value, value: &str) -> bool {
    let secret = finding["secret"].as_str().unwrap();
    let (short, long) = if secret.len() < value.len() { (secret, value) } else { (value, secret) };
    short.len() >= value.len().min(6) && long.contains(short)
}

/// What is wrong with the answers to a case, a line each.
fn judge(case: &Case, findings: &[Value], score: &mut Score) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut said = |what: &str, line: &str| wrong.push(format!("{}\t{}\t{what}\tline {line}", case.name, case.path));
    let leaks = || case.values.iter().filter(|v| matches!(v.label, Label::Rule(_)));
    for value in leaks() {
        match findings.iter().any(|f| is_of(f, &value.text)) {
            true => score.found += 1,
            false => {
                score.missed += 1;
                said("missed", &value.lines[0].0.to_string());
            }
        }
    }
    let may_be = |f: &Value| case.values.iter().any(|v| v.label != Label::Nobody && is_of(f, &v.text));
    let accused: Vec<_> = findings.iter().filter(|f| !may_be(f)).collect();
    for finding in &accused {
        said(&format!("accused by {}", finding["rule"].as_str().unwrap()), &finding["line"].to_string());
    }
    score.accused += accused.len();
    if leaks().next().is_none() {
        score.clean += 1;
        score.alarmed += usize::from(!accused.is_empty());
    }
    wrong
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is for who runs it with --nocapture")]
fn what_is_answered_wrongly_is_known() {
    let mut now = BTreeSet::new();
    let mut all = Score::default();
    let read = |batch: &&str| {
        let text = std::fs::read_to_string(folder().join(format!("{batch}.cases"))).unwrap();
        template::cases::<Patterns>(batch, &text)
    };
    let batches: Vec<Vec<Case>> = BATCHES.iter().map(read).collect();
    let cases: Vec<Case> = batches.into_iter().flatten().collect();
    assert!(cases.len() > 1200);
    let found = findings(&cases);
    for batch in BATCHES {
        let mut score = Score::default();
        for case in cases.iter().filter(|case| case.name.starts_with(batch)) {
            now.extend(judge(case, found.get(&case.name).map_or(&[], Vec::as_slice), &mut score));
        }
        let Score { found, missed, accused, clean, alarmed } = score;
        println!(
            "{batch}: {found} found, {missed} missed, {accused} accused; {alarmed} of {clean} clean cases alarmed"
        );
        all.found += found;
        all.missed += missed;
        all.accused += accused;
        all.clean += clean;
        all.alarmed += alarmed;
    }
    let share = |part: usize, rest: usize| part as f64 / (part + rest).max(1) as f64;
    println!(
        "recall {:.3}, false alarms {:.3}, precision {:.3}",
        share(all.found, all.missed),
        share(all.alarmed, all.clean - all.alarmed),
        share(all.found, all.accused)
    );
    crate::labelled::hold(&folder().join("known.tsv"), &now);
}
