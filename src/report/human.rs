//! human: for a terminal. One secret is one entry with all its places; the coverage receipt ends it. No line begins with
//! text from outside: a CI runner would take a file named `::error::...` for a command.

use super::{Options, escape, exposure, receipt};
use crate::finding::{Finding, Outcome};
use crate::rule::Severity;
use anstyle::{AnsiColor, Style};
use std::collections::HashMap;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Places listed for one secret; --verbose lists all.
const PLACES: usize = 20;
/// Skips named for one reason; --verbose names all that the receipt keeps.
const NAMED: usize = 5;

/// Writes the report.
pub(crate) fn write(outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let pen = Pen { options };
    for group in groups(super::shown(outcome, options)) {
        pen.entry(&group, out)?;
    }
    pen.receipt(outcome, out)
}

/// Findings of one rule and secret together, in the order of their first places.
fn groups<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Vec<&'a Finding>> {
    let mut at = HashMap::new();
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for f in findings {
        let i = *at.entry((&f.rule.id, &f.secret, f.suppressed.is_some())).or_insert(groups.len());
        match groups.get_mut(i) {
            Some(group) => group.push(f),
            None => groups.push(vec![f]),
        }
    }
    groups
}

struct Pen {
    options: Options,
}

impl Pen {
    fn entry(&self, group: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        let Some(f) = group.first() else { return Ok(()) };
        let severity = f.rule.severity;
        let head = format!("{}[{}]", severity.name(), f.rule.id);
        let title = self.paint(Style::new().bold(), &format!(": {}", escape::printable(&f.title)));
        let sure = self.paint(Style::new().dimmed(), &format!(" ({} confidence)", f.confidence.name()));
        writeln!(out, "{}{title}{sure}", self.paint(color(severity), &head))?;
        writeln!(out, "  {} {}", self.paint(BLUE, "-->"), place(f))?;
        self.excerpt(f, out)?;
        self.notes(f, out)?;
        if let Some(words) = self.options.now.and_then(|now| exposure::words(group, now)) {
            self.note("exposed", &words, out)?;
        }
        self.note("fingerprint", f.fingerprint.as_str(), out)?;
        self.places(&group[1..], out)?;
        writeln!(out)
    }

    /// The redacted line with carets under the token.
    fn excerpt(&self, f: &Finding, out: &mut dyn Write) -> io::Result<()> {
        if f.line == 0 || f.excerpt.is_empty() {
            return Ok(());
        }
        let chars: Vec<char> = f.excerpt.chars().collect();
        let part = |from: usize, to: usize| {
            escape::printable(&chars[from.min(chars.len())..to.min(chars.len())].iter().collect::<String>())
        };
        let (head, token) = (part(0, f.excerpt_mark.start), part(f.excerpt_mark.start, f.excerpt_mark.end));
        let tail = part(f.excerpt_mark.end, chars.len());
        let number = f.line.to_string();
        let gutter = self.paint(BLUE, &format!("{:>width$} |", "", width = number.len()));
        writeln!(out, "{gutter}")?;
        writeln!(out, "{} {head}{token}{tail}", self.paint(BLUE, &format!("{number} |")))?;
        let carets = "^".repeat(token.width().max(1));
        writeln!(out, "{gutter} {:width$}{}", "", self.paint(color(f.rule.severity), &carets), width = head.width())
    }

    fn notes(&self, f: &Finding, out: &mut dyn Write) -> io::Result<()> {
        if self.options.reveal {
            self.note("secret", &escape::printable_bytes(f.secret.reveal()), out)?;
        }
        if let Some(c) = &f.origin.commit {
            let id: String = c.id.chars().take(12).collect();
            let head = if f.origin.in_head { ", still in HEAD" } else { "" };
            let text = format!("{id} {} {} <{}>: {}{head}", c.date, c.author, c.email, c.summary);
            self.note("commit", &escape::printable(&text), out)?;
        }
        if !f.evidence.is_empty() {
            self.note("why", &escape::printable(&f.evidence.join("; ")), out)?;
        }
        if let Some(verified) = &f.verified {
            self.note("verified", &escape::printable(&verified.sentence()), out)?;
        }
        match &f.suppressed {
            Some(s) => self.note("suppressed", &escape::printable(&format!("{}: {}", s.by.name(), s.reason)), out),
            None => self.note("do", &escape::printable(&super::steps(f)), out),
        }
    }

    fn note(&self, name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "  {} {}: {text}", self.paint(BLUE, "="), self.paint(Style::new().bold(), name))
    }

    fn places(&self, others: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        if others.is_empty() {
            return Ok(());
        }
        let limit = if self.options.verbose { usize::MAX } else { PLACES };
        self.note("also at", &receipt::count(others.len() as u64, "more place"), out)?;
        for f in others.iter().take(limit) {
            writeln!(out, "      - {}", place(f))?;
        }
        match others.len().saturating_sub(limit) {
            0 => Ok(()),
            more => writeln!(out, "      and {more} more (--verbose lists them all)"),
        }
    }

    fn receipt(&self, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
        let r = &outcome.receipt;
        if self.options.quiet && !r.is_incomplete() {
            return Ok(());
        }
        let found = outcome.active().next().is_some();
        let summary = format!("leakbreak: {}", receipt::findings(outcome));
        let style = if found { color(Severity::Critical) } else { Style::new().bold() };
        writeln!(out, "{}; {}", self.paint(style, &summary), escape::printable(&receipt::read(r)))?;
        if !self.options.quiet {
            for part in receipt::counted(r) {
                writeln!(out, "  and {part}")?;
            }
            self.skips(outcome, false, out)?;
            for stale in &r.stale {
                writeln!(out, "  tidy: {}: {}", escape::printable(&stale.what), escape::printable(&stale.why))?;
            }
            for note in &r.notes {
                writeln!(out, "  note: {}", escape::printable(note))?;
            }
        }
        if r.is_incomplete() {
            writeln!(
                out,
                "{} {}",
                self.paint(color(Severity::Medium), "incomplete:"),
                escape::printable(&receipt::why_incomplete(r))
            )?;
            self.skips(outcome, true, out)?;
        }
        Ok(())
    }

    fn skips(&self, outcome: &Outcome, failures: bool, out: &mut dyn Write) -> io::Result<()> {
        let limit = if self.options.verbose { usize::MAX } else { NAMED };
        for (reason, count) in outcome.receipt.skips.iter().filter(|(r, _)| r.is_failure() == failures) {
            let what = if failures { "not read" } else { "skipped" };
            writeln!(out, "  {what}: {} {}", count.count, receipt::words(*reason))?;
            // Failures are named; what policy leaves out is named where it could hold much: repositories, large files.
            let named = failures || self.options.verbose || count.first.len() <= NAMED;
            for skip in count.first.iter().take(if named { limit } else { 0 }) {
                let detail = if skip.detail.is_empty() { String::new() } else { format!(": {}", skip.detail) };
                writeln!(out, "    - {}", escape::printable(&format!("{}{detail}", skip.place)))?;
            }
        }
        Ok(())
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.options.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

const BLUE: Style = AnsiColor::Blue.on_default().bold();

fn color(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Cyan.on_default().bold(),
    }
}

/// "src/a.py:12:5", "message of 0123abc, line 3", "tag v1, line 2".
fn place(f: &Finding) -> String {
    let origin = &f.origin;
    if let Some(path) = &origin.path {
        return format!("{}:{}:{}", escape::printable_bytes(path), f.line, f.column);
    }
    let name = origin.reference.as_ref().map(|r| format!(" {}", escape::printable_bytes(r))).unwrap_or_default();
    let commit = origin.commit.as_ref().map(|c| format!(" of {}", c.id)).unwrap_or_default();
    let line = if f.line > 0 { format!(", line {}", f.line) } else { String::new() };
    format!("{}{name}{commit}{line}", origin.kind.name())
}
