//! Writes an [`Outcome`] down: one file per format, each a pure function of the outcome. Knows no source, no regex.

pub mod catalog;
mod escape;
mod exposure;
mod github;
mod human;
mod json;
mod jsonl;
mod receipt;
mod relative;
mod sarif;
#[cfg(test)]
mod tests;

use crate::finding::{Finding, Outcome};
use crate::rule::Remedy;
use std::io::Write;

/// What a report shows besides the findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Show raw secrets.
    pub reveal: bool,
    /// Show suppressed findings too (SARIF always does).
    pub show_suppressed: bool,
    /// ANSI colours (human).
    pub color: bool,
    /// Leave only findings and incompleteness (human).
    pub quiet: bool,
    /// More words (human).
    pub verbose: bool,
    /// Now, in seconds since 1970: how long something in a history has been exposed (human). None: it is not said.
    pub now: Option<i64>,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One document.
    Json,
    /// A line a finding, then the receipt.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow annotations.
    Github,
}

/// Writes the report.
///
/// # Errors
/// What `out` says.
pub fn write(format: Format, outcome: &Outcome, options: Options, out: &mut dyn Write) -> std::io::Result<()> {
    match format {
        Format::Human => human::write(outcome, options, out),
        Format::Json => json::write(outcome, options, out),
        Format::Jsonl => jsonl::write(outcome, options, out),
        Format::Sarif => sarif::write(outcome, options, out),
        Format::Github => github::write(outcome, options, out),
    }
}

/// The receipt in one line, for standard error beside a machine format.
pub fn receipt_line(outcome: &Outcome) -> String {
    receipt::line(outcome)
}

/// Text from outside, made safe for a terminal or a log.
pub fn printable(text: &str) -> String {
    escape::printable(text)
}

/// The findings that a report shows.
fn shown(outcome: &Outcome, options: Options) -> impl Iterator<Item = &Finding> {
    outcome.findings.iter().filter(move |f| options.show_suppressed || f.suppressed.is_none())
}

/// What was found, in a sentence.
fn describe(f: &Finding, options: Options) -> String {
    let value = if options.reveal { String::from_utf8_lossy(f.secret.reveal()).into_owned() } else { f.redacted() };
    let why = f.evidence.first().map(|e| format!(": {e}")).unwrap_or_default();
    format!("{} {value} ({} confidence){why}.", f.title, f.confidence.name())
}

/// What to do where a rule says nothing of its own.
const REMEDY: &str = "Revoke it, make a new one and keep that in a secret store.";
/// What people hope for in vain.
const NOT_UNDONE: &str = "Once it was pushed, removing it from the history does not un-leak it.";

/// What to do, with the address.
fn steps(f: &Finding) -> String {
    let text = remedy(f.rule.remedy());
    if f.origin.commit.is_some() { format!("{text} {NOT_UNDONE}") } else { text }
}

/// The same, and since when it has been exposed, for reports that say so nowhere else in words.
fn remediation(f: &Finding) -> String {
    match exposure::sentence(f) {
        Some(since) => format!("{since} {}", steps(f)),
        None => steps(f),
    }
}

/// A rule's remedy in one line, the address at its end if it does not stand in it.
fn remedy(remedy: &Remedy) -> String {
    let text = Some(remedy.sentence()).filter(|text| !text.is_empty()).unwrap_or_else(|| REMEDY.into());
    match &remedy.url {
        Some(url) if !text.contains(url.as_str()) => format!("{text} {url}"),
        _ => text,
    }
}
