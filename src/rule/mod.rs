//! What judges: rules, as written in TOML ([`RuleSpec`]) and as used ([`Rule`], frozen). Knows only `error`.

mod alphabet;
mod check;
mod embedded;
mod evidence;
mod lazy;
mod read;
mod run;
mod spec;
#[cfg(test)]
mod tests;

pub use alphabet::Alphabet;
pub use check::MIN_RUN;
pub(crate) use check::compile;
pub use evidence::EvidenceSpec;
pub use lazy::Spec;
pub use read::{Cases, read_file, read_str};
pub(crate) use run::least_run;
pub use spec::{
    Checksum, CounterexampleSpec, ExampleSpec, FileSpec, Length, Life, ListSpec, PartSpec, RuleKind, RuleSpec,
    TokenSpec, VerifySpec,
};

use crate::{Error, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// How bad a leak is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Opens something small.
    #[default]
    Medium,
    /// Opens an account or a service.
    High,
    /// Opens everything, or bills without limit.
    Critical,
}

impl Severity {
    /// The name in reports and options.
    pub fn name(self) -> &'static str {
        ["low", "medium", "high", "critical"][self as usize]
    }
}

/// How sure a finding is: high = a leak, medium = most likely one, low = for audits only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// For audits.
    Low,
    /// To be looked at before it is committed.
    Medium,
    /// A leak.
    High,
}

impl Confidence {
    /// The name in reports and options.
    pub fn name(self) -> &'static str {
        ["low", "medium", "high"][self as usize]
    }
}

/// A rule, ready to use. What its fields mean stands at [`RuleSpec`].
#[derive(Debug)]
pub struct Rule {
    /// provider-kind, as in `mistral-api-key`.
    pub id: String,
    /// The provider's name, as in `Mistral AI`.
    pub provider: String,
    /// What it finds, for people.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// Words to select rules by.
    pub tags: Vec<String>,
    /// The provider's page about such keys.
    pub reference: Option<String>,
    /// The rule as written; of one that is not built in without what stands above, but for its id.
    pub spec: Spec,
}

impl Rule {
    /// What finds it.
    pub fn kind(&self) -> RuleKind {
        self.spec.kind()
    }

    /// What to do with a leaked one.
    pub fn remedy(&self) -> &Remedy {
        &self.spec.remedy
    }

    /// How it is asked whether a secret of it is live: told by built-in rules alone.
    pub fn verify(&self) -> Option<&VerifySpec> {
        self.spec.verify.as_ref().filter(|_| self.spec.embedded.is_some())
    }

    /// Its examples and counterexamples. Those of a built-in rule are read now, not at start.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn cases(&self) -> Result<Cases> {
        match self.spec.embedded {
            Some(file) => read::embedded_cases(file, &self.id),
            None => {
                Ok(Cases { examples: self.spec.example.clone(), counterexamples: self.spec.counterexample.clone() })
            }
        }
    }
}

/// What to do with a leaked secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// A sentence.
    #[serde(default)]
    pub text: String,
    /// The same as steps, where there are several; then there is no `text`.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Where to revoke it.
    pub url: Option<String>,
}

impl Remedy {
    /// What to do, in one line.
    pub fn sentence(&self) -> String {
        if self.steps.is_empty() { self.text.clone() } else { self.steps.join(" ") }
    }
}

/// All rules of a run, sorted by id, ids unique.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The rules.
    pub rules: Vec<Arc<Rule>>,
}

impl RuleSet {
    /// The built-in rules (every file of rules/, embedded by build.rs) and those of `dirs` (every `*.toml` below
    /// each). An id that stands twice is an error that names both files.
    ///
    /// # Errors
    /// [`crate::Error::File`] with file, line, rule and field.
    pub fn load(dirs: &[PathBuf]) -> Result<RuleSet> {
        let mut all = read::built_in();
        for dir in dirs {
            all.extend(read::folder(dir)?);
        }
        all.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        for pair in all.windows(2) {
            if let [a, b] = pair
                && a.rule.id == b.rule.id
            {
                let why = format!("rule {}: the id stands in {} too; ids are unique", a.rule.id, a.file.display());
                return Err(Error::File { path: b.file.clone(), line: None, why });
            }
        }
        Ok(RuleSet { rules: all.into_iter().map(|s| Arc::new(s.rule)).collect() })
    }

    /// The rule with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|r| r.id == id)
    }
}
