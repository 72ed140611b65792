//! The allowlist of a configuration: by path glob, value, fingerprint, rule; all that are given must fit.

use crate::Result;
use crate::config::{AllowReach, AllowSpec, file_error, nearest, value_regex};
use crate::finding::{Finding, Fingerprint, Stale, SuppressedBy, Suppression};
use crate::glob::Globs;
use regex::bytes::Regex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Compiled `[[allow]]` entries.
#[derive(Debug, Default)]
pub struct Allowlist {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: Option<Globs>,
    value: Option<Regex>,
    fingerprint: Option<Fingerprint>,
    rule: Option<String>,
    reason: String,
    place: String,
    reach: AllowReach,
    used: AtomicBool,
}

impl Allowlist {
    /// Compiles the entries. `known_rules`: ids, to name the nearest one for an unknown one.
    ///
    /// # Errors
    /// A glob or regular expression that does not compile, an unknown rule, an entry with no condition.
    pub fn new(entries: &[AllowSpec], known_rules: &[&str]) -> Result<Allowlist> {
        let entries = entries.iter().map(|spec| Entry::new(spec, known_rules)).collect::<Result<_>>()?;
        Ok(Allowlist { entries })
    }

    /// The entry that silences this finding, if any; of several the first. Remembers which entries were used: ask
    /// for each finding, whatever else silences it, so that [`Allowlist::unused`] tells the truth.
    pub fn verdict(&self, finding: &Finding) -> Option<Suppression> {
        let mut fit = None;
        for entry in self.entries.iter().filter(|entry| entry.fits(finding)) {
            entry.used.store(true, Ordering::Relaxed);
            fit = fit.or(Some(entry));
        }
        fit.map(|entry| Suppression { by: SuppressedBy::Allowlist, reason: entry.reason.clone() })
    }

    /// Entries that matched nothing, for the receipt of a scan that saw everything. Entries meant for every
    /// repository of the user are not among them.
    pub fn unused(&self) -> Vec<Stale> {
        let unused = |entry: &&Entry| entry.reach == AllowReach::Here && !entry.used.load(Ordering::Relaxed);
        self.entries
            .iter()
            .filter(unused)
            .map(|entry| Stale {
                what: format!("[[allow]] at {}", entry.place),
                why: "matches nothing any more".into(),
            })
            .collect()
    }
}

impl Entry {
    fn new(spec: &AllowSpec, known_rules: &[&str]) -> Result<Entry> {
        let fail = |why: String| file_error(&spec.file, Some(spec.line), why);
        if spec.path.is_none() && spec.value.is_none() && spec.fingerprint.is_none() && spec.rule.is_none() {
            return Err(fail("`allow` entry says nothing of what it allows".into()));
        }
        let path = spec.path.as_ref().map(|path| Globs::new(&[path])).transpose();
        let value = spec.value.as_ref().map(|value| value_regex(value)).transpose();
        let fingerprint = spec.fingerprint.as_ref().map(|text| Fingerprint::parse(text).ok_or("is no fingerprint"));
        Ok(Entry {
            path: path.map_err(|e| fail(format!("`path` can't be used: {e}")))?,
            value: value.map_err(|why| fail(format!("`value` {why}")))?,
            fingerprint: fingerprint.transpose().map_err(|why| fail(format!("`fingerprint` {why}")))?,
            rule: spec.rule.as_ref().map(|rule| known_rule(rule, known_rules).map_err(fail)).transpose()?,
            reason: spec.reason.trim().to_owned(),
            place: spec.place.clone(),
            reach: spec.reach,
            used: AtomicBool::new(false),
        })
    }

    fn fits(&self, finding: &Finding) -> bool {
        // The cheap questions first.
        self.rule.as_ref().is_none_or(|rule| *rule == finding.rule.id)
            && self.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == finding.fingerprint)
            && self
                .path
                .as_ref()
                .is_none_or(|globs| finding.origin.repo_path.as_ref().is_some_and(|path| globs.matches(path)))
            && self.value.as_ref().is_none_or(|value| value.is_match(finding.secret.reveal()))
    }
}

fn known_rule(rule: &str, known: &[&str]) -> std::result::Result<String, String> {
    match known.iter().find(|id| id.eq_ignore_ascii_case(rule)) {
        Some(id) => Ok((*id).to_owned()),
        None => Err(match nearest(rule, known.iter().copied()) {
            Some(near) => {
                format!("`rule` names no rule; the nearest one is `{near}` (`leakbreak rules list` shows all)")
            }
            None => "`rule` names no rule: there are none".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layer;
    use crate::finding::testing::finding;
    use std::path::Path;

    const RULES: &[&str] = &["generic-password", "mistral-api-key"];

    fn list(text: &str) -> Result<Allowlist> {
        Allowlist::new(&Layer::parse(text, Path::new(".leakbreak.toml"))?.allow, RULES)
    }

    fn silences(conditions: &str, finding: &Finding) -> bool {
        let list = list(&format!("[[allow]]\nreason = ' made up '\n{conditions}\n")).unwrap();
        let verdict = list.verdict(finding);
        assert_eq!(list.unused().is_empty(), verdict.is_some());
        verdict.inspect(|s| assert_eq!((s.by, s.reason.as_str()), (SuppressedBy::Allowlist, "made up"))).is_some()
    }

    #[test]
    fn each_condition_and_all_that_are_given() {
        let found = finding("generic-password", "correct horse 17", b"docs/a.md");
        let fingerprint = found.fingerprint.as_str().to_uppercase();
        for (conditions, fits) in [
            ("path = 'docs'", true),
            ("path = '*.txt'", false),
            ("value = '^correct'", true),
            ("value = 'horse'", true),
            ("value = '^horse'", false),
            ("value = '(?i)HORSE \\d\\d$'", true),
            ("rule = 'Generic-Password'", true),
            ("rule = 'mistral-api-key'", false),
            (&format!("fingerprint = '{fingerprint}'"), true),
            ("fingerprint = '0123456789abcdef0123456789abcdef'", false),
            ("path = 'docs'\nvalue = 'horse'\nrule = 'generic-password'", true),
            ("path = 'docs'\nvalue = 'cow'", false),
            ("path = 'src'\nvalue = 'horse'", false),
        ] {
            assert_eq!(silences(conditions, &found), fits, "{conditions}");
        }
    }

    #[test]
    fn what_has_no_path_fits_no_glob() {
        let mut found = finding("generic-password", "x", b"a");
        found.origin.repo_path = None;
        assert!(!silences("path = '**'", &found));
        assert!(silences("value = 'x'", &found));
    }

    #[test]
    fn names_that_are_no_utf8_and_values_that_are_none_fit() {
        let mut found = finding("generic-password", "x", b"d\xff/\xfe.key");
        found.secret = crate::finding::Secret::new(b"ab\xffcd".to_vec());
        assert!(silences("path = '*.key'\nvalue = '^ab.cd$'", &found));
    }

    #[test]
    fn the_first_one_speaks_and_all_that_fit_are_used() {
        let list = list(
            "[[allow]]\nrule='mistral-api-key'\nreason='a'\n[[allow]]\npath='a'\nreason='b'\n[[allow]]\npath='*'\nreason='c'\n",
        );
        let list = list.unwrap();
        assert_eq!(list.verdict(&finding("generic-password", "x", b"a")).unwrap().reason, "b");
        let unused = list.unused();
        assert_eq!(unused.len(), 1);
        assert_eq!(unused[0].what, "[[allow]] at .leakbreak.toml:1");
    }

    #[test]
    fn entries_for_every_repository_are_never_stale() {
        let layer = Layer::parse("[[allow]]\npath='a'\nreason='b'\n", Path::new("c")).unwrap().for_every_repository();
        assert!(Allowlist::new(&layer.allow, RULES).unwrap().unused().is_empty());
    }

    #[test]
    fn an_unknown_rule_names_the_nearest_and_not_itself() {
        let error = list("\n[[allow]]\nrule = 'mistral-apikey'\nreason = 'x'\n").unwrap_err().to_string();
        assert!(error.starts_with(".leakbreak.toml:2: `rule` names no rule"), "{error}");
        assert!(error.contains("`mistral-api-key`") && !error.contains("apikey"), "{error}");
    }

    #[test]
    fn entries_made_by_hand_are_checked_too() {
        let entry = AllowSpec { reason: "x".into(), file: "f".into(), line: 7, ..AllowSpec::default() };
        let of = |entry: AllowSpec| Allowlist::new(&[entry], RULES).unwrap_err().to_string();
        assert!(of(entry.clone()).starts_with("f:7: "));
        assert!(of(AllowSpec { value: Some("(".into()), ..entry.clone() }).contains("`value`"));
        assert!(of(AllowSpec { path: Some("[".into()), ..entry.clone() }).contains("`path`"));
        assert!(of(AllowSpec { fingerprint: Some("x".into()), ..entry }).contains("`fingerprint`"));
    }
}
