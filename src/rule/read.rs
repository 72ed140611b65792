//! Reads files of rules. Its errors name file, line, rule and field, and never a value: a rule file can hold a
//! secret on the very line that does not parse.

use super::embedded::{Embedded, FILES, Head};
use super::lazy::Spec;
use super::spec::{FileSpec, RuleSpec};
use super::{CounterexampleSpec, ExampleSpec, Rule, check};
use crate::{Error, Result};
use std::mem::take;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How deep below a folder of rules files are looked for.
const DEPTH: usize = 16;

/// A rule with the file it comes from.
#[derive(Debug)]
pub(super) struct Sourced {
    pub(super) rule: Rule,
    pub(super) file: PathBuf,
}

/// A rule's examples and counterexamples.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// Where the rule must find something.
    pub examples: Vec<ExampleSpec>,
    /// Where it must not.
    pub counterexamples: Vec<CounterexampleSpec>,
}

/// The rules of a file whose text is `text`; `path` is only named in errors.
///
/// # Errors
/// [`Error::File`] with line, rule and field.
pub fn read_str(text: &str, path: &Path) -> Result<Vec<Rule>> {
    let file: FileSpec = toml::from_str(text).map_err(|e| syntax_error(text, path, &e))?;
    let error = |why: String| Error::File { path: path.into(), line: None, why };
    if file.provider.trim().is_empty() {
        return Err(error("`provider` is empty: name whose secrets these rules find".into()));
    }
    file.rule
        .into_iter()
        .enumerate()
        .map(|(n, spec)| {
            let line = rule_lines(text).nth(n);
            check::check(&spec).map_err(|why| Error::File { path: path.into(), line, why })?;
            Ok(freeze(&file.provider, spec))
        })
        .collect()
}

/// The built-in rules, of which nothing is read yet. That they make sense is what a test asks, not each start.
pub(super) fn built_in() -> Vec<Sourced> {
    let mut all = Vec::with_capacity(FILES.iter().map(|file| file.rules.len()).sum());
    for file in FILES {
        all.extend(file.rules.iter().map(|head| Sourced { rule: built(file, head), file: PathBuf::from(file.name) }));
    }
    all
}

/// A built-in rule.
pub(super) fn built(file: &'static Embedded, head: &'static Head) -> Rule {
    Rule {
        id: head.id.to_owned(),
        provider: file.provider.to_owned(),
        title: head.title.to_owned(),
        severity: head.severity,
        tags: head.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        reference: head.reference.map(str::to_owned),
        spec: Spec::embedded(file.name, head.json),
    }
}

/// The rules of every `*.toml` below `dir` (or of `dir` itself, if it is a file).
pub(super) fn folder(dir: &Path) -> Result<Vec<Sourced>> {
    let mut files = Vec::new();
    let meta = std::fs::metadata(dir).map_err(|e| Error::path(dir, format!("no rules can be read here: {e}")))?;
    if meta.is_file() {
        files.push(dir.to_path_buf())
    } else {
        toml_files(dir, DEPTH, &mut files)?
    }
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let rules = read_file(&file)?;
        all.extend(rules.into_iter().map(|rule| Sourced { rule, file: file.clone() }));
    }
    Ok(all)
}

/// The rules of a user's file, whose patterns are tried out now: nobody else has.
///
/// # Errors
/// [`Error::File`] with file, line, rule and field.
pub fn read_file(file: &Path) -> Result<Vec<Rule>> {
    let bytes = std::fs::read(file).map_err(|e| Error::path(file, e))?;
    let fail = |line: Option<usize>, why: String| Error::File { path: file.to_owned(), line, why };
    let text = String::from_utf8(bytes).map_err(|_| fail(None, "is not UTF-8".into()))?;
    let rules = read_str(&text, file)?;
    for rule in &rules {
        check::pattern(&rule.spec).map_err(|why| fail(line_of(&text, &rule.id), why))?;
    }
    Ok(rules)
}

fn toml_files(dir: &Path, depth: usize, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir).map_err(|e| Error::path(dir, e))? {
        let entry = entry.map_err(|e| Error::path(dir, e))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|e| Error::path(dir, e))?);
        if kind.is_dir() && depth > 0 {
            toml_files(&path, depth - 1, into)?;
        } else if !kind.is_dir() && path.extension().is_some_and(|e| e == "toml") {
            into.push(path);
        }
    }
    Ok(())
}

/// Examples and counterexamples of a built-in rule.
pub(super) fn embedded_cases(file: &str, id: &str) -> Result<Cases> {
    let Some(Embedded { whole, name, .. }) = FILES.iter().find(|f| f.name == file) else {
        return Ok(Cases::default());
    };
    let rule = read_str(whole, Path::new(name))?.into_iter().find(|r| r.id == id);
    Ok(rule.map_or_else(Cases::default, |r| Cases {
        examples: r.spec.example.clone(),
        counterexamples: r.spec.counterexample.clone(),
    }))
}

/// What stands in the rule itself leaves the spec: each start does this for every rule.
fn freeze(provider: &str, mut spec: RuleSpec) -> Rule {
    Rule {
        id: spec.id.clone(),
        provider: provider.to_owned(),
        title: take(&mut spec.title),
        severity: spec.severity,
        tags: take(&mut spec.tags),
        reference: take(&mut spec.reference),
        spec: Spec::written(spec),
    }
}

/// The lines (from 1) of the `[[rule]]` headers.
fn rule_lines(text: &str) -> impl Iterator<Item = usize> {
    text.lines().enumerate().filter(|(_, l)| is_rule_header(l)).map(|(n, _)| n + 1)
}

fn is_rule_header(line: &str) -> bool {
    let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    bare == "[[rule]]" || bare.starts_with("[[rule]]#")
}

fn line_of(text: &str, id: &str) -> Option<usize> {
    text.lines().position(|l| l.trim_start().starts_with("id") && l.contains(id)).map(|n| n + 1)
}

/// What is wrong, where, in which rule and field, without any value.
fn syntax_error(text: &str, path: &Path, error: &toml::de::Error) -> Error {
    let span = error.span().unwrap_or(0..0);
    let start = (0..=span.start.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let before = &text[..start];
    let line = error.span().map(|_| before.matches('\n').count() + 1);
    let mut why = String::new();
    if let Some(id) = rule_at(text, start) {
        why.push_str(&format!("rule {id}: "));
    }
    why.push_str(&plain_message(text, &(start..span.end), error.message()));
    Error::File { path: path.into(), line, why }
}

/// The id of the rule that the byte at `at` belongs to.
fn rule_at(text: &str, at: usize) -> Option<String> {
    let mut offset = 0;
    let (mut inside, mut id) = (false, None);
    for line in text.split_inclusive('\n') {
        if is_rule_header(line) {
            if offset > at {
                break;
            }
            (inside, id) = (true, None);
        } else if inside && id.is_none() {
            let value = line.trim_start().strip_prefix("id").map(str::trim_start).and_then(|l| l.strip_prefix('='));
            id = value.map(|v| v.trim().trim_matches(['"', '\'']).to_owned()).filter(|v| is_id(v));
        }
        offset += line.len();
    }
    id
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A message of the parser without the values that it quotes.
fn plain_message(text: &str, span: &Range<usize>, message: &str) -> String {
    let field = field_before(text, span.start);
    let of = |what: &str| field.as_ref().map_or_else(|| what.to_owned(), |f| format!("`{f}`: {what}"));
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (name, expected) = rest.split_once('`').unwrap_or((rest, ""));
        return unknown_field(name, expected);
    }
    if message.starts_with("missing field `") || message.starts_with("duplicate key") {
        return message.split(" in document").next().unwrap_or(message).to_owned();
    }
    if let Some((_, expected)) = message.split_once("expected ") {
        // "invalid type: string \"...\", expected u64" quotes the value.
        let expected = expected.replace("usize", "a number").replace("u64", "a number").replace("f64", "a number");
        return of(&format!("expected {expected}"));
    }
    if message.starts_with("a text or") || message.starts_with("a length") {
        return of(&format!("expected {message}"));
    }
    of("is not valid TOML here")
}

fn unknown_field(name: &str, expected: &str) -> String {
    // A key is a name, but a broken line can make a value one.
    let name_like = name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_');
    let shown = if name_like { format!("unknown field `{name}`") } else { "unknown field".into() };
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    match nearest {
        Some(near) if strsim::jaro_winkler(near, name) > 0.7 => format!("{shown}: did you mean `{near}`?"),
        _ => format!("{shown}; known are {}", known.join(", ")),
    }
}

/// The key whose value starts at `at`: what stands before it is `key =`.
fn field_before(text: &str, at: usize) -> Option<String> {
    let before = text[..at].trim_end().strip_suffix('=')?.trim_end();
    let name: String = before.chars().rev().take_while(|c| c.is_ascii_alphabetic() || *c == '-' || *c == '_').collect();
    (1..=32).contains(&name.len()).then(|| name.chars().rev().collect())
}
