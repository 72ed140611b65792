//! `explain`: why something was, or was not, reported.

use crate::args::{self, MannerArgs, PolicyArgs, SourceArgs};
use crate::assemble::{Known, Parts, parts};
use crate::faults::shown;
use crate::output::print;
use crate::scan::drive;
use crate::status::Status;
use bstr::BStr;
use leakbreak::blob::{Content, Kind, LineIndex, Text};
use leakbreak::detect::shape::figures;
use leakbreak::detect::{Path as TextPath, Place};
use leakbreak::finding::{Finding, Fingerprint, Outcome};
use leakbreak::report::printable;
use leakbreak::rule::Confidence;
use leakbreak::scan::Selection;
use leakbreak::{Error, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// What is asked about.
#[derive(Debug, PartialEq, Eq)]
enum Question {
    /// A line of a file.
    Line(PathBuf, u64),
    /// A finding.
    Finding(Fingerprint),
}

/// What a scan as it is set up would do with a finding.
struct Settings {
    least: Confidence,
    selection: Selection,
}

/// Answers.
pub(crate) fn run(args: args::Explain) -> Result<Status> {
    let lines = match question(&args.what)? {
        Question::Line(path, line) => of_line(&path, line, &args.policy)?,
        Question::Finding(fingerprint) => of_fingerprint(&fingerprint, &args.policy)?,
    };
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Status::Clean)
}

fn question(what: &OsStr) -> Result<Question> {
    if let Some(fingerprint) = what.to_str().and_then(Fingerprint::parse) {
        return Ok(Question::Finding(fingerprint));
    }
    let place = split(what).map(|(path, line)| match split(path.as_os_str()) {
        // FILE:LINE:COLUMN, as editors and compilers write it; a file can have such a name, too.
        Some((file, first)) if !path.exists() && file.exists() => (file, first),
        _ => (path, line),
    });
    match place {
        Some((path, line)) => Ok(Question::Line(path, line)),
        None => {
            let why = "explain takes FILE:LINE, or a fingerprint of 32 hexadecimal digits";
            Err(Error::path(what, why))
        }
    }
}

/// `FILE:NUMBER`, whatever bytes the name has.
fn split(what: &OsStr) -> Option<(PathBuf, u64)> {
    let bytes = what.as_encoded_bytes();
    let at = bytes.iter().rposition(|b| *b == b':')?;
    let line = std::str::from_utf8(&bytes[at + 1..]).ok()?.parse().ok()?;
    (at > 0).then(|| (prefix(what, at), line))
}

#[cfg(unix)]
fn prefix(what: &OsStr, at: usize) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(&what.as_bytes()[..at]))
}

#[cfg(not(unix))]
fn prefix(what: &OsStr, at: usize) -> PathBuf {
    PathBuf::from(what.to_string_lossy().chars().take(at).collect::<String>())
}

/// A scan that keeps everything, and what it would keep as it is set up.
fn open(source: &SourceArgs, policy: &PolicyArgs) -> Result<(Parts, Settings)> {
    let mut parts = parts(source, policy, None, Known::Marked)?;
    let least = std::mem::replace(&mut parts.scan.min_confidence, Confidence::Low);
    let selection = std::mem::take(&mut parts.scan.selection);
    Ok((parts, Settings { least, selection }))
}

fn scan(parts: &Parts) -> Result<Outcome> {
    drive(parts, &MannerArgs { no_progress: true, ..MannerArgs::default() })
}

fn of_line(path: &Path, line: u64, policy: &PolicyArgs) -> Result<Vec<String>> {
    let meta = fs::metadata(path).map_err(|e| Error::path(path, e))?;
    if !meta.is_file() {
        return Err(Error::path(path, "is no regular file, and has no lines"));
    }
    let source = SourceArgs { paths: vec![path.to_owned()], allow_empty: true, ..SourceArgs::default() };
    let (parts, settings) = open(&source, policy)?;
    let too_large = parts.config.max_size > 0 && meta.len() > parts.config.max_size;
    let raw = if too_large { Vec::new() } else { fs::read(path).map_err(|e| Error::path(path, e))? };
    let text = match Text::decode(&raw) {
        Content::Text(text) if !too_large => Some(text.bytes.into_owned()),
        _ => None,
    };
    if let Some(text) = &text {
        let count = LineIndex::new(text).count();
        if line == 0 || line > count {
            return Err(Error::path(path, format!("there is no line {line}; the file has {count}")));
        }
    }
    let outcome = scan(&parts)?;
    // The name itself can hold a secret; here it does so no more.
    let name = outcome.receipt.asked.first().map_or_else(|| shown(path), |asked| printable(asked));
    let here: Vec<_> = outcome.findings.iter().filter(|f| f.line <= line && line <= f.end_line).collect();
    let mut lines: Vec<String> = here.iter().flat_map(|finding| about(finding, &settings)).collect();
    lines.extend(not_read(&outcome));
    if let Some(text) = &text {
        lines.extend(refused(&parts, path, text, line).into_iter().map(|why| format!("{name}:{why}")));
    }
    if lines.is_empty() {
        lines.push(format!("{name}:{line}: nothing here looks like a secret to any rule"));
    }
    Ok(lines)
}

/// Candidates that rules looked at and refused: where, by whom and why.
fn refused(parts: &Parts, path: &Path, text: &[u8], line: u64) -> Vec<String> {
    let root = parts.ground.root.as_deref().or(parts.ground.start.as_deref());
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let below = root.and_then(|root| full.strip_prefix(root).ok()).unwrap_or(path);
    let place = Place { kind: Kind::Worktree, path: TextPath::Known(BStr::new(below.as_os_str().as_encoded_bytes())) };
    let index = LineIndex::new(text);
    let refusals = parts.scan.detector.refusals(text, place);
    let here = refusals.into_iter().filter(|r| {
        let last = r.span.end.saturating_sub(1).max(r.span.start);
        index.line(r.span.start) <= line && line <= index.line(last)
    });
    let mut lines = Vec::new();
    let mut shown = None;
    for refusal in here {
        let at = index.position(refusal.span.start, text);
        let told = |what: &str| format!("{}:{}: {}", at.line, at.column, printable(what));
        lines.push(told(&format!("refused by {}: {}", refusal.rule, refusal.why)));
        if shown.as_ref() != Some(&refusal.span)
            && let Some(shape) = text.get(refusal.span.clone()).and_then(shape_of)
        {
            lines.push(told(&format!("shape: {shape}")));
        }
        shown = Some(refusal.span);
    }
    lines
}

/// The figures of a token's shape; None: it is text of another kind.
fn shape_of(value: &[u8]) -> Option<String> {
    let token = value.len() >= 16 && value.iter().all(|b| b.is_ascii_graphic());
    token.then(|| format!("{} characters, {}", value.len(), figures(value)))
}

/// Why the file was not read, if it was not.
fn not_read(outcome: &Outcome) -> Vec<String> {
    let skips = outcome.receipt.skips.values().flat_map(|count| &count.first);
    let line = |place: &BStr, reason: &str, detail: &str| {
        let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
        printable(&format!("{place}: not read: {reason}{detail}"))
    };
    skips.map(|skip| line(skip.place.as_ref(), skip.reason.name(), &skip.detail)).collect()
}

/// The tree first, then the index, then the history.
fn of_fingerprint(fingerprint: &Fingerprint, policy: &PolicyArgs) -> Result<Vec<String>> {
    let tree = SourceArgs { allow_empty: true, ..SourceArgs::default() };
    let root = parts(&tree, policy, None, Known::Marked)?.ground.root;
    let mut sources = vec![SourceArgs { paths: root.clone().into_iter().collect(), ..tree.clone() }];
    if root.is_some() {
        sources.push(SourceArgs { staged: true, ..tree.clone() });
        sources.push(SourceArgs { history: true, unreachable: true, allow_shallow: true, ..tree });
    }
    for source in &sources {
        let (parts, settings) = open(source, policy)?;
        let outcome = scan(&parts)?;
        let found: Vec<_> = outcome.findings.iter().filter(|f| f.fingerprint == *fingerprint).collect();
        if !found.is_empty() {
            return Ok(found.iter().flat_map(|finding| about(finding, &settings)).collect());
        }
    }
    let places = if root.is_some() { "the tree, the index and the history" } else { "this folder" };
    Err(Error::Usage(format!("no finding with the fingerprint {fingerprint} in {places}")))
}

/// All that is known of a finding.
fn about(finding: &Finding, settings: &Settings) -> Vec<String> {
    let rule = &finding.rule;
    let mut lines = vec![format!("{}: {}: {}", place(finding), printable(&rule.id), printable(&finding.title))];
    let mut say = |name: &str, text: String| lines.push(format!("  {name:<11} {}", printable(&text)));
    say("value", finding.redacted());
    say("severity", rule.severity.name().into());
    say("confidence", finding.confidence.name().into());
    if let Some(shape) = shape_of(finding.secret.reveal()) {
        say("shape", shape);
    }
    for evidence in &finding.evidence {
        say("because", evidence.clone());
    }
    say("fingerprint", finding.fingerprint.to_string());
    say("reported", verdict(finding, settings));
    lines
}

fn verdict(finding: &Finding, settings: &Settings) -> String {
    let mut against = Vec::new();
    if !settings.selection.holds(&finding.rule) {
        against.push("its rule is not selected".to_owned());
    }
    if finding.confidence < settings.least {
        let least = settings.least.name();
        against.push(format!("its confidence is below {least} (--min-confidence)"));
    }
    if let Some(by) = &finding.suppressed {
        against.push(format!("silenced by {}: {}", by.by.name(), by.reason));
    }
    if against.is_empty() { "yes".into() } else { format!("no: {}", against.join("; ")) }
}

fn place(finding: &Finding) -> String {
    let origin = &finding.origin;
    let commit = origin.commit.as_ref().map(|c| format!(" in commit {}", c.id)).unwrap_or_default();
    let whose = match (&origin.path, &origin.reference) {
        (Some(path), _) => return printable(&format!("{path}:{}:{}{commit}", finding.line, finding.column)),
        (None, Some(reference)) => format!(" {reference}"),
        (None, None) => String::new(),
    };
    printable(&format!("{}{whose}{commit}:{}:{}", origin.kind.name(), finding.line, finding.column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_fingerprints() {
        let asked = |text: &str| question(OsStr::new(text)).ok();
        assert_eq!(asked("a/b.py:12"), Some(Question::Line("a/b.py".into(), 12)));
        assert_eq!(asked("gone.py:12:5"), Some(Question::Line("gone.py:12".into(), 5)));
        assert_eq!(asked("Cargo.toml:12:5"), Some(Question::Line("Cargo.toml".into(), 12)));
        assert!(matches!(asked(&"AB".repeat(16)), Some(Question::Finding(_))));
        for nonsense in ["a.py", "a.py:", ":12", "a.py:-1", "a.py:x"] {
            assert_eq!(asked(nonsense), None, "{nonsense}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_need_not_be_text() {
        use std::os::unix::ffi::OsStrExt;
        let (path, line) = split(OsStr::from_bytes(b"a\xff:7")).unwrap();
        assert_eq!((path.as_os_str().as_bytes(), line), (&b"a\xff"[..], 7));
    }
}
