//! `scan`: reads, reports, decides the status.

use crate::args::{self, MannerArgs};
use crate::assemble::{Known, Parts, parts};
use crate::ground::apart;
use crate::output::{Destination, has_color};
use crate::progress::Progress;
use crate::status::{Gate, Status};
use crate::timings::Timings;
use crate::verify::{Asker, refuse_in_hook};
use crate::{faults, interrupt};
use leakbreak::Result;
use leakbreak::clock::Clock;
use leakbreak::finding::Outcome;
use leakbreak::report::{self, Format, Options};
use leakbreak::scan::Watch;
use std::io::IsTerminal;
use std::sync::Arc;

/// Scans and reports.
pub(crate) fn run(args: Box<args::Scan>) -> Result<Status> {
    let mut timings = Timings::start(args.manner.timings);
    refuse_in_hook(args.verify.verify && args.as_hook)?;
    let destination = Destination::new(args.report.output.as_deref())?;
    // All are made before one is run: what can't be done is said at once.
    let groups = apart(&args.source, &args.policy)?;
    let all = groups.iter().map(|source| parts(source, &args.policy, args.report.fail_on, Known::Marked));
    let all = all.collect::<Result<Vec<_>>>()?;
    // The user's own configuration is the same for all.
    let config = all.first().map(|parts| parts.config.clone()).unwrap_or_default();
    let mut asker = Asker::new(&args.verify, &config)?;
    timings.stage("prepare");
    let clock = &timings.clock;
    let outcomes = all.iter().map(|parts| timed(parts, &args.manner, clock)).collect::<Result<Vec<_>>>()?;
    timings.stage("scan");
    let (status, mut outcome) = together(&all, outcomes, args.report.exit_zero);
    // The process ends soon: to take rules, index and objects apart would only take time.
    std::mem::forget(all);
    if args.verify.verify {
        asker.ask(&mut outcome);
        timings.stage("verify");
    }
    let told = tell(&args, &destination, &outcome);
    timings.stage("report");
    timings.tell();
    match told {
        // The reader has seen enough; what was found stays found.
        Err(error) if faults::is_closed_pipe(&error) => Ok(status),
        Err(error) => Err(error),
        Ok(()) => Ok(status),
    }
}

/// The status of each by its own settings, the worst of them, and all in one outcome.
fn together(all: &[Parts], mut outcomes: Vec<Outcome>, exit_zero: bool) -> (Status, Outcome) {
    let empty = outcomes.iter().all(|outcome| outcome.receipt.empty);
    outcomes.iter_mut().for_each(|outcome| outcome.receipt.empty = empty);
    let gate = |parts: &Parts| Gate { fail_on: parts.fail_on, exit_zero };
    let statuses = all.iter().zip(&outcomes).map(|(parts, outcome)| Status::of(outcome, gate(parts)));
    let status = statuses.max_by_key(|status| status.weight()).unwrap_or(Status::Clean);
    let mut outcomes = outcomes.into_iter();
    let first = outcomes.next().unwrap_or_default();
    (status, first.joined(outcomes))
}

/// Runs a scan with progress, until its end or a signal.
pub(crate) fn drive(parts: &Parts, manner: &MannerArgs) -> Result<Outcome> {
    timed(parts, manner, &Arc::default())
}

fn timed(parts: &Parts, manner: &MannerArgs, clock: &Arc<Clock>) -> Result<Outcome> {
    if let Some(remark) = parts.remark.as_ref().filter(|_| !manner.quiet) {
        faults::say(remark);
    }
    let watch = Arc::new(Watch::timed(Arc::clone(clock)));
    interrupt::watch(&watch);
    // Where the user types the text, progress would be in the way.
    let typed = parts.source.name() == "stdin" && std::io::stdin().is_terminal();
    let shown = !manner.quiet && !manner.no_progress && !typed;
    let progress = shown.then(|| Progress::start(&watch)).flatten();
    let outcome = parts.scan.run(parts.source.as_ref(), &watch);
    drop(progress);
    let mut outcome = outcome?;
    outcome.receipt.notes.extend_from_slice(&parts.notes);
    Ok(outcome)
}

fn tell(args: &args::Scan, destination: &Destination, outcome: &Outcome) -> Result<()> {
    let format = Format::from(args.report.format);
    let options = Options {
        reveal: args.report.reveal,
        show_suppressed: args.report.show_suppressed,
        color: has_color(args.manner.color, destination),
        quiet: args.manner.quiet,
        verbose: args.manner.verbose,
        now: Some(crate::env::now()),
    };
    let written = destination.write(|out| report::write(format, outcome, options, out));
    let apart = format != Format::Human || args.report.output.is_some();
    if apart && (!args.manner.quiet || outcome.receipt.is_incomplete()) {
        faults::remark(&report::receipt_line(outcome));
    }
    written
}
