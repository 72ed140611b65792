//! github: workflow annotations, one a finding, and the receipt as one notice (a warning when incomplete).
//! Form: `::error file=F,line=L,col=C,endLine=E,endColumn=D,title=T::MESSAGE` (workflow commands, GitHub Docs).

use super::{Options, escape, receipt};
use crate::finding::{Finding, Outcome};
use crate::rule::Severity;
use std::io::{self, Write};

/// Writes the annotations.
pub(crate) fn write(outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in super::shown(outcome, options) {
        annotation(finding, options, out)?;
    }
    let level = if outcome.receipt.is_incomplete() { "warning" } else { "notice" };
    writeln!(out, "::{level} title=leakbreak::{}", data(&receipt::line(outcome)))
}

fn annotation(f: &Finding, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let level = match f.rule.severity {
        _ if f.suppressed.is_some() => "notice",
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let mut properties = Vec::new();
    // Annotations show a file of the check-out: its path is relative to the repository's root.
    if let Some(path) = &f.origin.repo_path {
        properties.push(format!("file={}", property(&escape_name(path))));
        let (line, column) = (f.line, f.column);
        properties.push(format!("line={line},col={column},endLine={},endColumn={}", f.end_line, f.end_column));
    }
    properties.push(format!("title={}", property(&escape::printable(&f.title))));
    let what = match &f.suppressed {
        Some(s) => format!("suppressed by {}: {}", s.by.name(), s.reason),
        None => super::remediation(f),
    };
    let life = f.verified.as_ref().map(|v| format!("Verified: {}. ", v.sentence())).unwrap_or_default();
    let message = format!("{} ({}). {life}{what}", super::describe(f, options), f.rule.id);
    writeln!(out, "::{level} {}::{}", properties.join(","), data(&escape::printable(&message)))
}

/// A path for a property: unsafe characters as escapes, which no runner acts upon.
fn escape_name(path: &[u8]) -> String {
    escape::printable_bytes(path)
}

/// Escapes a command's data.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_inject() {
        let name = "a,line=1::b\n::set-output name=x::%0A";
        assert_eq!(property(&escape_name(name.as_bytes())), "a%2Cline=1%3A%3Ab\\n%3A%3Aset-output name=x%3A%3A%250A");
    }
}
