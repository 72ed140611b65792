//! Labelled cases whose keys' owners only structure tells, a batch a file, through the real binary.
//!
//! fixtures/mistral/known.tsv lists what is still answered wrongly. A wrong answer that it does not list fails, and so
//! does a line of it that is right by now: the list is the truth. `LEAKBREAK_KNOWN=write cargo test --test it labelled`
//! writes it anew; `cargo test --test it labelled -- --nocapture` prints the score of each batch.

pub mod template;

use crate::support::Sandbox;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use template::{Case, Label};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/mistral")
}

fn batches() -> Vec<(String, Vec<Case>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "cases"));
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let cases = template::cases::<template::Mistral>(&name, &std::fs::read_to_string(&file).unwrap());
        (name, cases)
    };
    files.into_iter().map(read).collect()
}

/// Right and wrong answers of a batch.
#[derive(Default)]
struct Score {
    right: usize,
    missed: usize,
    wrong: usize,
}

/// The findings of Mistral's rules, by case.
fn findings(batches: &[(String, Vec<Case>)]) -> BTreeMap<String, Vec<Value>> {
    let sandbox = Sandbox::new();
    for case in batches.iter().flat_map(|(_, cases)| cases) {
        sandbox.write(format!("{}/{}", case.name, case.path), &case.content);
    }
    let run = sandbox.leakbreak(["scan", "--no-config", "--format", "jsonl", "--reveal", "."]);
    let mut by_case: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for finding in run.findings() {
        let path = finding["path"].as_str().unwrap();
        let case = path.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        if finding["rule"].as_str().unwrap().starts_with("mistral-") {
            by_case.entry(case).or_default().push(finding);
        }
    }
    by_case
}

/// What is wrong with the answers to a case, a line each.
fn judge(case: &Case, findings: &[Value], score: &mut Score) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut said = |what: &str, place: &str| wrong.push(format!("{}\t{}\t{what}\t{place}", case.name, case.path));
    let of = |f: &Value, text: &str| f["secret"].as_str().unwrap() == text;
    for value in &case.values {
        let found: Vec<&Value> = findings.iter().filter(|f| of(f, &value.text)).collect();
        let place = format!("line {}", value.lines[0].0);
        match value.label {
            Label::Rule(rule) => {
                let stands = |f: &&&Value| {
                    let (first, last) =
                        (f["line"].as_u64().unwrap() as usize, f["end_line"].as_u64().unwrap() as usize);
                    value.lines.iter().any(|(from, to)| first <= *to && *from <= last)
                };
                let is_right = |f: &&&Value| f["rule"].as_str().unwrap().starts_with(rule) && stands(f);
                match found.iter().find(is_right) {
                    Some(_) => score.right += 1,
                    None => {
                        score.missed += 1;
                        said(if found.is_empty() { "missed" } else { "found elsewhere or by another rule" }, &place);
                    }
                }
            }
            Label::Nobody if !found.is_empty() => {
                score.wrong += 1;
                said("accused", &place);
            }
            Label::Nobody | Label::Undecided => {}
        }
    }
    for finding in findings.iter().filter(|f| !case.values.iter().any(|v| of(f, &v.text))) {
        score.wrong += 1;
        said("accused", &format!("line {}, which is no value of the case", finding["line"]));
    }
    wrong
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is for who runs it with --nocapture")]
fn what_is_answered_wrongly_is_known() {
    let batches = batches();
    assert!(batches.iter().map(|(_, cases)| cases.len()).sum::<usize>() > 100);
    let found = findings(&batches);
    let mut now = BTreeSet::new();
    for (name, cases) in &batches {
        let mut score = Score::default();
        for case in cases {
            now.extend(judge(case, found.get(&case.name).map_or(&[], Vec::as_slice), &mut score));
        }
        let Score { right, missed, wrong } = score;
        let share = |part: usize, all: usize| if all == 0 { 1.0 } else { part as f64 / all as f64 };
        let (p, r) = (share(right, right + wrong), share(right, right + missed));
        let f1 = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        println!(
            "{name}: {} cases, {right} right, {missed} missed, {wrong} accused: precision {p:.3} recall {r:.3} F1 {f1:.3}",
            cases.len()
        );
    }
    hold(&folder().join("known.tsv"), &now);
}

/// Holds a list of what is known to be answered wrongly to the truth; writes it anew with LEAKBREAK_KNOWN=write.
pub fn hold(file: &Path, now: &BTreeSet<String>) {
    if std::env::var_os("LEAKBREAK_KNOWN").is_some_and(|v| v == "write") {
        let text: String = now.iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        });
        std::fs::write(file, text).unwrap();
    }
    let known: BTreeSet<String> =
        std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect();
    let worse: Vec<_> = now.difference(&known).collect();
    let better: Vec<_> = known.difference(now).collect();
    assert!(worse.is_empty(), "answered wrongly by now:\n{worse:#?}");
    assert!(better.is_empty(), "right by now; take these out of {}:\n{better:#?}", file.display());
}
