//! What the user typed. Nothing is decided here: `assemble` turns it into what the program needs.

mod cache;
mod read;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use cache::Cache;
pub(crate) use read::{command, parse};
pub(crate) use values::{ColorArg, ConfidenceArg, FormatArg, InstallableHook, ListFormat, RunnableHook, SeverityArg};

use clap::{Args as Group, Parser, Subcommand};
use leakbreak::config::parse_size;
use std::ffi::OsString;
use std::path::PathBuf;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "leakbreak",
    version,
    about = "Finds leaked secrets in working trees, staged changes and git history",
    after_help = "Exit status: 0 nothing found and everything read; 1 findings; 2 the run could not be done; 3 nothing \
                  found, but not everything was read; 130 interrupted.",
    max_term_width = 100
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan a working tree, staged changes, a history or the standard input
    Scan(Box<Scan>),
    /// Say why something was, or was not, reported
    Explain(Explain),
    /// List, show, test and begin rules
    #[command(subcommand)]
    Rules(Rules),
    /// Keep known findings apart from new ones
    #[command(subcommand)]
    Baseline(Baseline),
    /// The git hooks: install, run, prove, remove
    #[command(subcommand)]
    Hook(Hook),
    /// What earlier scans of histories left behind: where it is, and how to be rid of it
    #[command(subcommand)]
    Cache(Cache),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page, or that of a command
    Man(Man),
}

/// `scan`.
#[derive(Debug, Group)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub verify: VerifyArgs,
    /// What the hooks of the pre-commit framework call it with: they ask nobody.
    #[arg(long, hide = true)]
    pub as_hook: bool,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub manner: MannerArgs,
}

/// What is read.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "What is read")]
pub(crate) struct SourceArgs {
    /// Files and folders, `-` for the standard input; with --staged and --history one repository [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Paths that another scan of the same run reads.
    #[arg(skip)]
    pub elsewhere: Vec<PathBuf>,
    /// What the next commit of the repository adds
    #[arg(long, conflicts_with_all = ["history", "range", "since", "unreachable"])]
    pub staged: bool,
    /// Everything reachable: every branch, tag, stash, reflog, message
    #[arg(long)]
    pub history: bool,
    /// Only what the commits of a range add, as `git log` takes it (A..B, A.., A...B); scans history
    #[arg(long, value_name = "A..B", conflicts_with = "unreachable")]
    pub range: Option<String>,
    /// Only what commits since then add: a day, an RFC 3339 time, or `30 days`; scans history
    #[arg(long, value_name = "DATE", conflicts_with = "unreachable", allow_negative_numbers = true)]
    pub since: Option<String>,
    /// Report what no reference leads to as well; scans history
    #[arg(long)]
    pub unreachable: bool,
    /// A shallow clone is complete enough
    #[arg(long)]
    pub allow_shallow: bool,
    /// Neither read nor write the cache
    #[arg(long)]
    pub no_cache: bool,
    /// Scan what .gitignore names as well
    #[arg(long, conflicts_with_all = ["staged", "history", "range", "since", "unreachable"])]
    pub no_ignore: bool,
    /// Walk submodules and nested repositories as well
    #[arg(long, conflicts_with_all = ["staged", "history", "range", "since", "unreachable"])]
    pub recurse_submodules: bool,
    /// What reports call the standard input
    #[arg(long, value_name = "NAME")]
    pub stdin_name: Option<PathBuf>,
    /// Finding nothing to read at all is fine
    #[arg(long)]
    pub allow_empty: bool,
    /// Files over this size are skipped: bytes, or with K, M or G; 0 for no limit [default: 64M]
    #[arg(long, value_name = "SIZE", value_parser = size, allow_negative_numbers = true)]
    pub max_size: Option<u64>,
    /// Only paths that fit one of these
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// No path that fits one of these
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1024), allow_negative_numbers = true)]
    pub threads: Option<u16>,
}

/// What counts as a finding, and what silences one.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "What counts")]
pub(crate) struct PolicyArgs {
    /// A folder with further rules
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Only these rules: ids, tags or providers
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules: ids, tags or providers
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Findings below are only counted [default: medium]
    #[arg(long, value_name = "LEVEL")]
    pub min_confidence: Option<ConfidenceArg>,
    /// This file instead of the nearest .leakbreak.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// No configuration file at all, not even the user's own
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Comments don't silence
    #[arg(long)]
    pub no_inline: bool,
    /// Known findings [default: .leakbreak-baseline at the repository's root, if there]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// What is skipped by policy (binary, too large, ...) makes the run incomplete
    #[arg(long)]
    pub strict: bool,
}

/// Whether providers are asked.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "Network")]
pub(crate) struct VerifyArgs {
    /// Ask the providers of what was found whether it is live: a request for each key and host; never in hooks
    #[arg(long)]
    pub verify: bool,
    /// Ask this address in place of the providers' hosts, or of one of them; https, or http to this machine
    #[arg(long, value_name = "[HOST=]URL", requires = "verify")]
    pub verify_endpoint: Vec<String>,
    /// Ask by way of this proxy (no variable of the environment names one)
    #[arg(long, value_name = "URL", requires = "verify")]
    pub verify_proxy: Option<String>,
}

/// What is written, and what the status says.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "Report")]
pub(crate) struct ReportArgs {
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: FormatArg,
    /// Write the report to a file, all or nothing
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show secrets in full
    #[arg(long)]
    pub reveal: bool,
    /// Show silenced findings as well
    #[arg(long)]
    pub show_suppressed: bool,
    /// Findings below this severity leave the status alone
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityArg>,
    /// Findings and an incomplete run end with status 0 all the same
    #[arg(long)]
    pub exit_zero: bool,
}

/// How it speaks.
#[derive(Clone, Debug, Default, Group)]
#[command(next_help_heading = "Manner")]
pub(crate) struct MannerArgs {
    /// Say only findings and what was not read
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(long)]
    pub verbose: bool,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorArg,
    /// No progress on a terminal
    #[arg(long)]
    pub no_progress: bool,
    /// Say on standard error how long each stage took
    #[arg(long)]
    pub timings: bool,
}

/// `explain`.
#[derive(Debug, Group)]
pub(crate) struct Explain {
    /// A place, or a fingerprint from a report
    #[arg(value_name = "FILE:LINE | FINGERPRINT")]
    pub what: OsString,
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// `rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// List all rules
    List {
        /// How it is written
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        format: ListFormat,
        #[command(flatten)]
        from: RuleFiles,
    },
    /// Show a rule in full
    Show {
        /// The rule's id
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        from: RuleFiles,
    },
    /// Run the examples and counterexamples of all rules, or of the rule files named
    Test {
        /// Rule files, or folders of them
        #[arg(value_name = "FILE|DIR")]
        paths: Vec<PathBuf>,
    },
    /// Print a commented template of a rule file
    New,
}

/// Where rules come from besides the built-in ones.
#[derive(Clone, Debug, Default, Group)]
pub(crate) struct RuleFiles {
    /// A folder with further rules
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// This file instead of the nearest .leakbreak.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// No configuration file at all, not even the user's own
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

/// `baseline`.
#[derive(Debug, Subcommand)]
pub(crate) enum Baseline {
    /// Write a baseline of what a scan finds now
    Create(Box<BaselineCreate>),
    /// Remove the entries that match nothing any more or have expired
    Prune(Box<BaselinePrune>),
    /// Carry over .gitleaksignore, a gitleaks JSON report or .secrets.baseline
    Import(BaselineImport),
}

/// `baseline create`.
#[derive(Debug, Group)]
pub(crate) struct BaselineCreate {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// The file to write [default: the configured one, or .leakbreak-baseline at the repository's root]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Why these findings are accepted
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who accepts them
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// The last day on which they count
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<String>,
    #[command(flatten)]
    pub manner: MannerArgs,
}

/// `baseline prune`.
#[derive(Debug, Group)]
pub(crate) struct BaselinePrune {
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub manner: MannerArgs,
}

/// `baseline import`.
#[derive(Debug, Group)]
pub(crate) struct BaselineImport {
    /// The other tool's file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The file to write [default: .leakbreak-baseline at the repository's root]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `hook`.
#[derive(Debug, Subcommand)]
pub(crate) enum Hook {
    /// Install hooks in this repository, or for all of them
    Install {
        /// Which ones; pre-commit brings pre-merge-commit with it [default: pre-commit]
        #[arg(value_name = "HOOK")]
        hooks: Vec<InstallableHook>,
        /// For every repository of this user, by a folder of hooks named in the global configuration
        #[arg(long)]
        global: bool,
    },
    /// What an installed hook calls
    Run(Box<HookRun>),
    /// Prove with a canary in a scratch repository that the installed hooks block a secret
    Doctor,
    /// Remove the hooks and put back what was there before
    Uninstall {
        /// Which ones [default: all]
        #[arg(value_name = "HOOK")]
        hooks: Vec<InstallableHook>,
        /// Undo `hook install --global`
        #[arg(long)]
        global: bool,
    },
}

/// `hook run`.
#[derive(Debug, Group)]
pub(crate) struct HookRun {
    /// Which hook this is
    #[arg(value_name = "HOOK")]
    pub hook: RunnableHook,
    /// What git gave the hook: for pre-push the remote's name and URL
    #[arg(value_name = "ARG")]
    pub given: Vec<OsString>,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Refused, with the reason.
    #[arg(long, hide = true)]
    pub verify: bool,
    /// Findings below this severity don't block
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityArg>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorArg,
}

/// `completions`.
#[derive(Debug, Group)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Group)]
pub(crate) struct Man {
    /// A command, as in `scan` or `hook install`
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

fn size(text: &str) -> Result<u64, String> {
    parse_size(text).ok_or_else(|| "a size is a number of bytes, or one with K, M or G, as in 64M".into())
}
