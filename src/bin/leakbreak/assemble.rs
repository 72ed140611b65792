//! From what the user typed to the parts of a scan: layers of settings folded into one, rules read, the source made.

use crate::args::{PolicyArgs, SeverityArg, SourceArgs};
use crate::env;
use crate::ground::{Ground, Target};
use crate::sources::Opened;
use leakbreak::config::{self, Config, Layer};
use leakbreak::detect::Detector;
use leakbreak::rule::{Confidence, RuleSet, Severity};
use leakbreak::scan::{Empty, InlineComments, Scan, Selection, Unreachable};
use leakbreak::source::Source;
use leakbreak::suppress::{Allowlist, Baseline};
use leakbreak::{Error, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// All that a scan needs.
pub(crate) struct Parts {
    /// The belt.
    pub scan: Scan,
    /// What is read.
    pub source: Box<dyn Source>,
    /// Where it stands.
    pub ground: Ground,
    /// The settings that it was made from.
    pub config: Config,
    /// Findings below don't count for the status.
    pub fail_on: Option<Severity>,
    /// Words for the receipt.
    pub notes: Vec<String>,
    /// A word for the user alone.
    pub remark: Option<String>,
}

/// Whether the baseline speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Findings in it are marked.
    Marked,
    /// It is left out: a new one is made.
    Left,
}

/// Makes the parts.
///
/// # Errors
/// Whatever keeps the scan from being done as asked.
pub(crate) fn parts(
    args: &SourceArgs,
    policy: &PolicyArgs,
    fail_on: Option<SeverityArg>,
    known: Known,
) -> Result<Parts> {
    let target = Target::new(args)?;
    parts_of(target, args, policy, fail_on, known)
}

/// Makes the parts for a target that is no command line's.
///
/// # Errors
/// As for [`parts`].
pub(crate) fn parts_of(
    target: Target,
    args: &SourceArgs,
    policy: &PolicyArgs,
    fail_on: Option<SeverityArg>,
    known: Known,
) -> Result<Parts> {
    let ground = target.ground()?;
    let config = settings(&ground, policy, command_line(args, policy, fail_on))?;
    start_threads(config.threads);
    let rules = rules(&config)?;
    let scan = Scan {
        selection: selection(&config, &rules)?,
        min_confidence: confidence(&config.min_confidence)?,
        inline: if policy.no_inline { InlineComments::Ignored } else { InlineComments::Honoured },
        allow: Allowlist::new(&config.allow, &rules.rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>())?,
        baseline: if known == Known::Marked { baseline(&config)? } else { None },
        unreachable: if args.unreachable { Unreachable::Reported } else { Unreachable::Counted },
        empty: if args.allow_empty { Empty::Allowed } else { Empty::Incomplete },
        strict: policy.strict,
        detector: Detector::new(rules),
    };
    let fail_on = config.fail_on.as_deref().map(severity).transpose()?;
    let Opened { source, remark } = crate::sources::open(target, args, &config, &scan)?;
    let notes = if ground.split { vec![SPLIT.to_owned()] } else { Vec::new() };
    Ok(Parts { scan, source, ground, config, fail_on, notes, remark })
}

const SPLIT: &str = "the paths belong to different repositories or folders, so that no .leakbreak.toml and no baseline \
                     was looked for (--config and --baseline name one)";

/// Folds the layers: the user's own, the scanned tree's, the command line.
///
/// # Errors
/// A file that can't be read or makes no sense.
pub(crate) fn settings(ground: &Ground, policy: &PolicyArgs, command_line: Layer) -> Result<Config> {
    let mut config = Config::default();
    if !policy.no_config {
        if let Some(file) = env::settings().map(|folder| folder.join("config.toml")).filter(|file| file.exists()) {
            config = config.with(Layer::read_own(&file)?);
        }
        let nearest = match (&policy.config, &ground.start) {
            (Some(file), _) => Some(Layer::read(file)?),
            (None, Some(start)) => config::discover(start, ground.root.as_deref())?,
            (None, None) => None,
        };
        if let Some(layer) = nearest {
            config = config.with(layer);
        }
    }
    config = config.with(command_line);
    if let (None, Some(folder)) = (&config.baseline, ground.baseline_folder()) {
        config.baseline = config::find_baseline(folder)?;
    }
    Ok(config)
}

/// The command line as one more layer.
fn command_line(args: &SourceArgs, policy: &PolicyArgs, fail_on: Option<SeverityArg>) -> Layer {
    Layer {
        max_size: args.max_size,
        include: args.include.clone(),
        exclude: args.exclude.clone(),
        threads: args.threads.map(usize::from),
        min_confidence: policy.min_confidence.map(|c| Confidence::from(c).name().to_owned()),
        fail_on: fail_on.map(|s| Severity::from(s).name().to_owned()),
        rule_dirs: policy.rules.clone(),
        select: (!policy.select.is_empty()).then(|| policy.select.clone()),
        ignore: policy.ignore.clone(),
        allow: Vec::new(),
        baseline: policy.baseline.clone(),
        verify_endpoints: Vec::new(),
        verify_proxy: None,
        rule_names: Vec::new(),
    }
}

fn start_threads(threads: Option<usize>) {
    if let Some(n) = threads.filter(|n| *n > 0) {
        // Only a second pool of one process can fail here, and then the first one works.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(n).build_global();
    }
}

/// The built-in rules and those of the settings.
///
/// # Errors
/// What is wrong with a rule file.
pub(crate) fn rules(config: &Config) -> Result<Arc<RuleSet>> {
    Ok(Arc::new(RuleSet::load(&config.rule_dirs)?))
}

fn selection(config: &Config, rules: &RuleSet) -> Result<Selection> {
    let known: Vec<&str> = rule_names(rules).collect();
    config.check_rules(&known)?;
    Ok(Selection { select: config.select.clone(), ignore: config.ignore.clone() })
}

/// Every id, provider and tag.
fn rule_names(rules: &RuleSet) -> impl Iterator<Item = &str> {
    rules.rules.iter().flat_map(|rule| {
        [rule.id.as_str(), rule.provider.as_str()].into_iter().chain(rule.tags.iter().map(String::as_str))
    })
}

fn baseline(config: &Config) -> Result<Option<Baseline>> {
    config.baseline.as_deref().map(|path| Baseline::read(path, &env::today())).transpose()
}

fn confidence(name: &str) -> Result<Confidence> {
    by_name(name, "confidence", [Confidence::Low, Confidence::Medium, Confidence::High], Confidence::name)
}

fn severity(name: &str) -> Result<Severity> {
    let all = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    by_name(name, "severity", all, Severity::name)
}

fn by_name<T: Copy, const N: usize>(
    word: &str,
    what: &str,
    all: [T; N],
    name: impl Fn(T) -> &'static str,
) -> Result<T> {
    let found = all.into_iter().find(|value| name(*value) == word);
    found.ok_or_else(|| Error::Usage(format!("'{word}' is no {what}; there are {}", all.map(name).join(", "))))
}

/// Where a baseline is written that is not named: the configured one, or the default one of the ground.
///
/// # Errors
/// There is no such place.
pub(crate) fn baseline_path(config: &Config, ground: &Ground) -> Result<PathBuf> {
    let default = || ground.baseline_folder().map(|folder| folder.join(config::BASELINE_NAME));
    config.baseline.clone().or_else(default).ok_or_else(|| {
        Error::Usage("there is no folder that a baseline would belong to; name a file with --output FILE".into())
    })
}
