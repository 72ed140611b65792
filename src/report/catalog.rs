//! The rules as a document: a list for people, a reference in Markdown, data in JSON; and one rule in full.

use super::escape::printable;
use crate::rule::{Cases, Rule, RuleSet};
use serde_json::json;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The forms of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line a rule, for people.
    Human,
    /// A reference with a table a provider.
    Markdown,
    /// An array of objects.
    Json,
}

/// Writes the list of all rules, by id; as a reference by provider and id.
///
/// # Errors
/// What `out` says.
pub fn list(rules: &RuleSet, form: Form, out: &mut dyn Write) -> io::Result<()> {
    let mut sorted: Vec<&Rule> = rules.rules.iter().map(AsRef::as_ref).collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    if form == Form::Markdown {
        sorted.sort_by_key(|rule| rule.provider.to_lowercase());
    }
    match form {
        Form::Human => human(&sorted, out),
        Form::Markdown => markdown(&sorted, out),
        Form::Json => {
            let all: Vec<_> = sorted.into_iter().map(object).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            writeln!(out)
        }
    }
}

/// Writes one rule in full, with its cases.
///
/// # Errors
/// What `out` says.
pub fn show(rule: &Rule, cases: &Cases, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", printable(&rule.id), printable(&rule.title))?;
    for (name, text) in facts(rule) {
        writeln!(out, "  {name:<10} {}", printable(&text))?;
    }
    let examples = cases.examples.iter().map(|e| ("found in", &e.text, e.path.as_deref(), None));
    let counter = cases.counterexamples.iter().map(|c| ("not found in", &c.text, c.path.as_deref(), Some(&c.why)));
    for (what, text, path, why) in examples.chain(counter) {
        let path = path.map(|path| format!(" {}", printable(path))).unwrap_or_default();
        let why = why.map(|why| format!(" ({})", printable(why))).unwrap_or_default();
        writeln!(out, "\n{what}{path}{why}:")?;
        text.trim_end().lines().try_for_each(|line| writeln!(out, "    {}", printable(line)))?;
    }
    Ok(())
}

fn facts(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut facts = vec![("provider", rule.provider.clone()), ("severity", rule.severity.name().to_owned())];
    if !rule.tags.is_empty() {
        facts.push(("tags", rule.tags.join(", ")));
    }
    facts.extend(rule.reference.clone().map(|reference| ("reference", reference)));
    let remedy = rule.remedy().sentence();
    if !remedy.is_empty() {
        facts.push(("remedy", remedy));
    }
    facts.extend(rule.remedy().url.clone().map(|url| ("revoke at", url)));
    let asked = rule.verify().iter().flat_map(|spec| &spec.url).cloned().collect::<Vec<_>>().join(", ");
    if !asked.is_empty() {
        facts.push(("--verify", asked));
    }
    facts
}

fn human(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let widest = |of: fn(&Rule) -> &str| rules.iter().map(|rule| printable(of(rule)).width()).max().unwrap_or(0);
    let (id, severity) = (widest(|rule| &rule.id), widest(|rule| rule.severity.name()));
    for rule in rules {
        let tags = if rule.tags.is_empty() { String::new() } else { format!(" [{}]", rule.tags.join(", ")) };
        let text = printable(&format!("{}: {}{tags}", rule.provider, rule.title));
        writeln!(out, "{:id$}  {:severity$}  {text}", printable(&rule.id), rule.severity.name())?;
    }
    Ok(())
}

fn markdown(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Rules\n\nWritten by `leakbreak rules list --format markdown`.")?;
    let mut provider = None;
    for rule in rules {
        if provider != Some(&rule.provider) {
            provider = Some(&rule.provider);
            writeln!(out, "\n## {}\n\n| rule | finds | severity | tags |\n|---|---|---|---|", cell(&rule.provider))?;
        }
        let title = match &rule.reference {
            Some(url) => format!("[{}]({})", cell(&rule.title), cell(url)),
            None => cell(&rule.title),
        };
        let tags = cell(&rule.tags.join(", "));
        writeln!(out, "| `{}` | {title} | {} | {tags} |", cell(&rule.id), rule.severity.name())?;
    }
    Ok(())
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    printable(text).replace('|', "\\|")
}

fn object(rule: &Rule) -> serde_json::Value {
    json!({
        "id": rule.id,
        "provider": rule.provider,
        "title": rule.title,
        "severity": rule.severity.name(),
        "tags": rule.tags,
        "reference": rule.reference,
        "remedy": { "text": rule.remedy().sentence(), "url": rule.remedy().url },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::read_str;
    use std::path::Path;

    const RULES: &str = r#"
provider = "Ac|me"
[[rule]]
id = "acme-key"
title = "Acme key"
severity = "high"
tags = ["test"]
reference = "https://acme.example/keys"
token = { prefix = "acme_", alphabet = "A-Za-z0-9", length = 24 }
"#;

    fn written(form: Form) -> String {
        let rules = read_str(RULES, Path::new("acme.toml")).unwrap().into_iter().map(Into::into).collect();
        let mut out = Vec::new();
        list(&RuleSet { rules }, form, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_form_has_each_rule() {
        assert_eq!(written(Form::Human), "acme-key  high  Ac|me: Acme key [test]\n");
        let markdown = written(Form::Markdown);
        assert!(
            markdown.contains("## Ac\\|me\n") && markdown.contains("| `acme-key` | [Acme key](https"),
            "{markdown}"
        );
        let json: serde_json::Value = serde_json::from_str(&written(Form::Json)).unwrap();
        assert_eq!((&json[0]["id"], &json[0]["remedy"]["url"]), (&json!("acme-key"), &json!(null)));
    }
}
