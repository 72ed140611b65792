//! `baseline`: what is known and not yet cleaned up. What an entry is and what becomes of it is the library's business;
//! here scans are made, and the file is written as a whole or not at all.

use crate::args::{Baseline as Command, BaselineCreate, BaselineImport, BaselinePrune};
use crate::args::{ConfidenceArg, MannerArgs, PolicyArgs, SourceArgs};
use crate::assemble::{Known, Parts, baseline_path, parts};
use crate::faults::{remark, shown};
use crate::output::{Mode, replace_file};
use crate::scan::drive;
use crate::status::Status;
use crate::{env, output};
use leakbreak::finding::{Outcome, Stale};
use leakbreak::report::{self, printable};
use leakbreak::suppress::Baseline;
use leakbreak::suppress::baseline::Terms;
use leakbreak::suppress::import::Foreign;
use leakbreak::{Error, Result};
use std::path::{Path, PathBuf};

/// Runs the command.
pub(crate) fn run(command: Command) -> Result<Status> {
    match command {
        Command::Create(args) => create(&args),
        Command::Prune(args) => prune(&args),
        Command::Import(args) => import(&args),
    }
}

fn create(args: &BaselineCreate) -> Result<Status> {
    let terms = Terms::new(&args.reason, args.author.as_deref(), args.expires.as_deref())
        .map_err(|why| Error::Usage(format!("--{why}")))?;
    let parts = parts(&args.source, &args.policy, None, Known::Left)?;
    let path = args.output.clone().map_or_else(|| baseline_path(&parts.config, &parts.ground), Ok)?;
    let old = read_if_there(&path)?;
    let outcome = drive(&parts, &args.manner)?;
    let before = old.entries().len();
    let new = old.create(&outcome.findings, &terms);
    write(&path, &new)?;
    let added = new.entries().len().saturating_sub(before);
    told(&args.manner, &[format!("{}: {} entries, {added} of them new", shown(&path), new.entries().len())])?;
    Ok(complete(&[outcome]))
}

/// Only a scan of all that an entry could be about says that it matches nothing: the tree, the index and the history.
fn prune(args: &BaselinePrune) -> Result<Status> {
    let (here, scans) = everything(&args.policy)?;
    let path = here
        .config
        .baseline
        .clone()
        .ok_or_else(|| Error::Usage("there is no baseline here; name one with --baseline FILE".into()))?;
    let old = Baseline::read(&path, &env::today())?;
    let outcomes = scans.iter().map(|parts| drive(parts, &args.manner)).collect::<Result<Vec<_>>>()?;
    if complete(&outcomes) != Status::Clean {
        receipts(&outcomes);
        let why =
            "not everything could be read, so that it is not known which entries match nothing; nothing is pruned";
        return Err(Error::Usage(why.into()));
    }
    let findings: Vec<_> = outcomes.into_iter().flat_map(|outcome| outcome.findings).collect();
    let still_there = |path: &[u8]| scans.iter().any(|parts| parts.source.holds_path(path));
    let (new, notes) = old.prune(&findings, &still_there);
    if new != old {
        write(&path, &new)?;
    }
    let mut lines: Vec<_> = notes.iter().map(note).collect();
    lines.push(format!("{}: {} entries, {} before", shown(&path), new.entries().len(), old.entries().len()));
    told(&args.manner, &lines)?;
    Ok(Status::Clean)
}

fn import(args: &BaselineImport) -> Result<Status> {
    let foreign = Foreign::read(&args.file)?;
    // What the other tool accepted is looked for among all that could be a finding.
    let policy = PolicyArgs { min_confidence: Some(ConfidenceArg::Low), no_inline: true, ..PolicyArgs::default() };
    let manner = MannerArgs::default();
    let (here, mut scans) = everything(&policy)?;
    if !foreign.names_commits() {
        scans.truncate(1);
    }
    let path = args.output.clone().map_or_else(|| baseline_path(&here.config, &here.ground), Ok)?;
    let old = read_if_there(&path)?;
    let outcomes = scans.iter().map(|parts| drive(parts, &manner)).collect::<Result<Vec<_>>>()?;
    receipts(&outcomes);
    let findings: Vec<_> = outcomes.iter().flat_map(|outcome| outcome.findings.iter().cloned()).collect();
    let imported = foreign.carry_over(&findings);
    let new = old.with(imported.baseline);
    write(&path, &new)?;
    let mut lines: Vec<_> = imported.lost.iter().map(note).collect();
    let lost = imported.lost.len();
    lines.push(format!(
        "{}: {} entries; {} carried over, {lost} not",
        shown(&path),
        new.entries().len(),
        imported.carried
    ));
    told(&manner, &lines)?;
    Ok(complete(&outcomes))
}

/// The settings that hold here, and scans of all that an entry could be about: the whole tree, and in a repository the
/// history and the index.
fn everything(policy: &PolicyArgs) -> Result<(Parts, Vec<Parts>)> {
    let tree = SourceArgs { allow_empty: true, ..SourceArgs::default() };
    let make = |source: &SourceArgs| parts(source, policy, None, Known::Left);
    let here = make(&tree)?;
    let Some(root) = here.ground.root.clone() else { return Ok((here, vec![make(&tree)?])) };
    let whole = SourceArgs { paths: vec![root], ..tree.clone() };
    let history = SourceArgs { history: true, unreachable: true, allow_shallow: true, ..tree.clone() };
    let staged = SourceArgs { staged: true, ..tree };
    let scans = [whole, history, staged].iter().map(make).collect::<Result<_>>()?;
    Ok((here, scans))
}

fn read_if_there(path: &Path) -> Result<Baseline> {
    if path.exists() { Baseline::read(path, &env::today()) } else { Ok(Baseline::default().on(&env::today())) }
}

fn write(path: &PathBuf, baseline: &Baseline) -> Result<()> {
    replace_file(path, baseline.to_text().as_bytes(), Mode::Plain)
        .map_err(|e| Error::path(path, format!("the baseline can't be written: {e}")))
}

fn note(stale: &Stale) -> String {
    printable(&format!("{}: {}", stale.what, stale.why))
}

fn told(manner: &MannerArgs, lines: &[String]) -> Result<()> {
    if manner.quiet {
        return Ok(());
    }
    output::print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))
}

/// Whether all was read; says what was not.
fn complete(outcomes: &[Outcome]) -> Status {
    let mut status = Status::Clean;
    for outcome in outcomes.iter().filter(|outcome| outcome.receipt.is_incomplete()) {
        remark(&report::receipt_line(outcome));
        status = Status::Incomplete;
    }
    status
}

/// Says what was read, where that matters for what follows.
fn receipts(outcomes: &[Outcome]) {
    for outcome in outcomes {
        remark(&report::receipt_line(outcome));
    }
}
