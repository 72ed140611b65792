//! Runs the examples that rules bring through the real detector.

use super::{Detector, Match, Path, Place};
use crate::blob::Kind;
use crate::rule::{Confidence, CounterexampleSpec, ExampleSpec, Rule, RuleSet};
use bstr::BStr;
use std::fmt;
use std::sync::Arc;

/// A case of a rule that failed. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule's id.
    pub rule: String,
    /// "example 2", "counterexample 1": numbered from 1 in the order of the file.
    pub case: String,
    /// What happened instead.
    pub why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: {}: {}", self.rule, self.case, self.why)
    }
}

/// Every case of every rule that failed; empty if the rules do what they say.
pub fn selftest(rules: &RuleSet) -> Vec<Failure> {
    let detector = Detector::new(Arc::new(rules.clone()));
    rules.rules.iter().flat_map(|rule| of_rule(&detector, rule)).collect()
}

fn of_rule(detector: &Detector, rule: &Rule) -> Vec<Failure> {
    let failure = |case: String, why: String| Failure { rule: rule.id.clone(), case, why };
    let cases = match rule.cases() {
        Ok(cases) => cases,
        Err(e) => return vec![failure("examples".into(), e.to_string())],
    };
    let examples = cases.examples.iter().enumerate().filter_map(|(n, example)| {
        let why = example_fails(detector, rule, example)?;
        Some(failure(format!("example {}", n + 1), why))
    });
    let counterexamples = cases.counterexamples.iter().enumerate().filter_map(|(n, case)| {
        let why = counterexample_fails(detector, rule, case)?;
        Some(failure(format!("counterexample {}", n + 1), why))
    });
    examples.chain(counterexamples).collect()
}

fn detect(detector: &Detector, text: &str, path: Option<&String>) -> Vec<Match> {
    let path = path.map_or(Path::None, |p| Path::Known(BStr::new(p.as_str())));
    detector.detect(text.as_bytes(), Place { kind: Kind::Worktree, path })
}

fn example_fails(detector: &Detector, rule: &Rule, example: &ExampleSpec) -> Option<String> {
    let floor = example.confidence.unwrap_or(Confidence::Medium);
    let found = detect(detector, &example.text, example.path.as_ref());
    let is_it = |m: &&Match| m.secret.reveal() == example.secret.as_bytes();
    match found.iter().find(|m| m.rule.id == rule.id && is_it(m)) {
        Some(m) if m.confidence >= floor => None,
        Some(m) => Some(format!("its confidence is {}, not {}", m.confidence.name(), floor.name())),
        None => Some(match found.iter().find(is_it).or_else(|| found.iter().find(|m| m.rule.id == rule.id)) {
            Some(m) if m.rule.id == rule.id => format!("another value was found ({})", m.secret.redacted()),
            Some(m) => format!("its secret was found by {} instead", m.rule.id),
            None => "its secret was not found".into(),
        }),
    }
}

fn counterexample_fails(detector: &Detector, rule: &Rule, case: &CounterexampleSpec) -> Option<String> {
    let floor = case.confidence.unwrap_or(Confidence::Medium);
    let found = detect(detector, &case.text, case.path.as_ref());
    let wrong = found.iter().find(|m| m.rule.id == rule.id && m.confidence >= floor)?;
    Some(format!("{} was found with {} confidence", wrong.secret.redacted(), wrong.confidence.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::read_str;

    #[test]
    fn the_built_in_rules_do_what_they_say() {
        let rules = RuleSet::load(&[]).unwrap();
        let failures: Vec<_> = selftest(&rules).iter().map(Failure::to_string).collect();
        assert!(failures.is_empty(), "{failures:#?}");
    }

    #[test]
    fn each_built_in_rule_has_cases() {
        for rule in &RuleSet::load(&[]).unwrap().rules {
            let cases = rule.cases().unwrap();
            assert!(cases.examples.len() >= 2 && cases.counterexamples.len() >= 2, "{} has too few cases", rule.id);
        }
    }

    #[test]
    fn failures_name_the_case_and_show_no_secret() {
        let secret = "zz_qmwnebrvtcyxuzilokjp";
        let text = format!(
            "provider = 'x'\n[[rule]]\nid = 'x-y'\ntitle = 'x'\ntoken = {{ prefix = 'zz_', alphabet = 'a-z', length = 20 }}\n\
             [[rule.example]]\ntext = 'k = {secret}'\nsecret = '{secret}'\n\
             [[rule.example]]\ntext = 'nothing'\nsecret = '{secret}'\n\
             [[rule.counterexample]]\ntext = '{secret}'\nwhy = 'x'\n"
        );
        let rules = read_str(&text, std::path::Path::new("x.toml")).unwrap();
        let failures = selftest(&RuleSet { rules: rules.into_iter().map(Arc::new).collect() });
        let cases: Vec<_> = failures.iter().map(|f| f.case.as_str()).collect();
        assert_eq!(cases, ["example 2", "counterexample 1"]);
        assert!(!failures.iter().any(|f| f.to_string().contains("qmwne")));
    }
}
