//! `rules`: what there is, and whether it does what it says.

use crate::args::{ListFormat, PolicyArgs, RuleFiles, Rules};
use crate::assemble::{self, settings};
use crate::ground::Target;
use crate::output::print;
use crate::status::Status;
use leakbreak::config::{Layer, nearest};
use leakbreak::detect::selftest::selftest;
use leakbreak::report::catalog::{self, Form};
use leakbreak::report::printable;
use leakbreak::rule::{Rule, RuleSet, read_file};
use leakbreak::{Error, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A rule file with everything explained; it passes its own test.
const TEMPLATE: &str = include_str!("rule_template.toml");

/// Runs the command.
pub(crate) fn run(command: Rules) -> Result<Status> {
    match command {
        Rules::List { format, from } => {
            let rules = load(from)?;
            print(|out| catalog::list(&rules, form(format), out))?;
        }
        Rules::Show { id, from } => {
            let rules = load(from)?;
            let rule = rules.get(&id.to_lowercase()).ok_or_else(|| unknown(&id, &rules))?;
            let cases = rule.cases()?;
            print(|out| catalog::show(rule, &cases, out))?;
        }
        Rules::New => print(|out| out.write_all(TEMPLATE.as_bytes()))?,
        Rules::Test { paths } => return test(&paths),
    }
    Ok(Status::Clean)
}

fn unknown(id: &str, rules: &RuleSet) -> Error {
    let near = nearest(id, rules.rules.iter().map(|rule| rule.id.as_str()));
    let near = near.map(|near| format!(" did you mean '{near}'?")).unwrap_or_default();
    Error::Usage(format!("no rule has the id '{id}';{near} (`leakbreak rules list` shows them all)"))
}

fn form(format: ListFormat) -> Form {
    match format {
        ListFormat::Human => Form::Human,
        ListFormat::Markdown => Form::Markdown,
        ListFormat::Json => Form::Json,
    }
}

/// The rules that a scan of the current folder would use.
fn load(from: RuleFiles) -> Result<Arc<RuleSet>> {
    let RuleFiles { rules, config, no_config } = from;
    let policy = PolicyArgs { config, no_config, ..PolicyArgs::default() };
    let ground = Target::Tree(vec![PathBuf::from(".")]).ground()?;
    let layer = Layer { rule_dirs: rules, ..Layer::default() };
    assemble::rules(&settings(&ground, &policy, layer)?)
}

/// Runs the cases of all built-in rules, or of the files that are named, among the built-in ones.
fn test(paths: &[PathBuf]) -> Result<Status> {
    let built_in = RuleSet::load(&[])?;
    let (rules, named) = if paths.is_empty() { (built_in, None) } else { with_files(&built_in, paths)? };
    let tested: Vec<_> =
        rules.rules.iter().filter(|rule| named.as_ref().is_none_or(|n| n.contains_key(&rule.id))).collect();
    let mut cases = 0;
    let mut silent = Vec::new();
    for rule in &tested {
        let own = rule.cases()?;
        cases += own.examples.len() + own.counterexamples.len();
        if own.examples.is_empty() {
            silent.push(rule.id.as_str());
        }
    }
    let failures: Vec<_> =
        selftest(&rules).into_iter().filter(|f| tested.iter().any(|rule| rule.id == f.rule)).collect();
    print(|out| {
        for failure in &failures {
            let file = named.as_ref().and_then(|named| named.get(&failure.rule));
            let file = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
            writeln!(out, "failed: {}", printable(&format!("{file}{failure}")))?;
        }
        for id in silent {
            writeln!(out, "note: {} has no example, so that nothing shows that it finds anything", printable(id))?;
        }
        writeln!(out, "{} rules, {cases} cases, {} failed", tested.len(), failures.len())
    })?;
    Ok(if failures.is_empty() { Status::Clean } else { Status::Findings })
}

/// The built-in rules with those of the files, which take the place of built-in ones with the same id; and where each
/// of them stands.
fn with_files(built_in: &RuleSet, paths: &[PathBuf]) -> Result<(RuleSet, Option<BTreeMap<String, PathBuf>>)> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let mut named = BTreeMap::new();
    let mut rules: Vec<Arc<Rule>> = Vec::new();
    for file in files {
        for rule in read_file(&file)? {
            if let Some(other) = named.insert(rule.id.clone(), file.clone()) {
                let why = format!("rule {}: the id stands in {} too; ids are unique", rule.id, other.display());
                return Err(Error::File { path: file, line: None, why });
            }
            rules.push(Arc::new(rule));
        }
    }
    rules.extend(built_in.rules.iter().filter(|rule| !named.contains_key(&rule.id)).cloned());
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    Ok((RuleSet { rules }, Some(named)))
}

/// A file, or every *.toml below a folder, by name.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let before = files.len();
    walk(path, files)?;
    if files.len() == before {
        return Err(Error::path(path, "there is no rule file (*.toml) in it; `leakbreak rules new` prints one"));
    }
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |e| Error::path(folder, e);
    let entries = fs::read_dir(folder).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        // A link to a folder could lead round and round.
        if path.is_dir() && !path.is_symlink() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_passes_its_own_test() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("acme.toml"), TEMPLATE).unwrap();
        let (rules, named) = with_files(&RuleSet::default(), &[folder.path().to_owned()]).unwrap();
        assert!(!named.unwrap().is_empty());
        let failures: Vec<_> = selftest(&rules).iter().map(ToString::to_string).collect();
        assert!(failures.is_empty(), "{failures:?}");
    }

    #[test]
    fn a_folder_without_rules_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        assert!(with_files(&RuleSet::default(), &[folder.path().to_owned()]).is_err());
    }
}
