//! Writes an [`Outcome`] down: one file per format, each a pure function of the outcome. Knows no source, no regex.

use crate::finding::Outcome;
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
    let _ = (format, outcome, options, out);
    Ok(())
}

/// The receipt in one line, for standard error beside a machine format.
pub fn receipt_line(outcome: &Outcome) -> String {
    let _ = outcome;
    String::new()
}
