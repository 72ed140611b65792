//! How a run ends.

use leakbreak::finding::Outcome;
use leakbreak::rule::Severity;
use std::process::ExitCode;

/// The exit statuses of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing found, and all that was asked for was read.
    Clean = 0,
    /// Findings, or a test or proof that failed.
    Findings = 1,
    /// The run could not be done.
    Failed = 2,
    /// Nothing found, but not everything was read.
    Incomplete = 3,
    /// The user cut it off.
    Interrupted = 130,
}

/// What counts for the status, besides the outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gate {
    /// Findings below this severity are reported and don't count.
    pub fail_on: Option<Severity>,
    /// Findings and incompleteness end with 0 all the same.
    pub exit_zero: bool,
}

impl Status {
    /// Which of several speaks for all: findings count whether or not everything was read.
    pub(crate) fn weight(self) -> u8 {
        match self {
            Status::Clean => 0,
            Status::Incomplete => 1,
            Status::Findings => 2,
            Status::Failed => 3,
            Status::Interrupted => 4,
        }
    }

    /// The status of a scan.
    pub(crate) fn of(outcome: &Outcome, gate: Gate) -> Status {
        let counts = |severity| gate.fail_on.is_none_or(|least| severity >= least);
        if outcome.receipt.interrupted {
            Status::Interrupted
        } else if gate.exit_zero {
            Status::Clean
        } else if outcome.active().any(|finding| counts(finding.rule.severity)) {
            Status::Findings
        } else if outcome.receipt.is_incomplete() {
            Status::Incomplete
        } else {
            Status::Clean
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leakbreak::blob::{Skip, SkipReason};

    fn outcome(skips: Vec<Skip>) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.receipt.add_skips(skips);
        outcome
    }

    #[test]
    fn failures_are_incomplete_and_policy_is_not() {
        let of = |reason| Status::of(&outcome(vec![Skip::new(reason, "a", "")]), Gate::default());
        assert_eq!(of(SkipReason::Binary), Status::Clean);
        assert_eq!(of(SkipReason::Corrupt), Status::Incomplete);
    }

    #[test]
    fn strict_counts_policy_and_exit_zero_forgives() {
        let mut strict = outcome(vec![Skip::new(SkipReason::Binary, "a", "")]);
        strict.receipt.strict = true;
        assert_eq!(Status::of(&strict, Gate::default()), Status::Incomplete);
        assert_eq!(Status::of(&strict, Gate { exit_zero: true, ..Gate::default() }), Status::Clean);
    }

    #[test]
    fn an_interrupted_run_is_never_clean() {
        let mut cut = Outcome::default();
        cut.receipt.interrupted = true;
        assert_eq!(Status::of(&cut, Gate { exit_zero: true, ..Gate::default() }), Status::Interrupted);
    }
}
