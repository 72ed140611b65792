//! The body of a rule: of a built-in one it is read when somebody asks, which for most rules nobody does.

use super::RuleSpec;
use std::ops::Deref;
use std::sync::OnceLock;

/// A rule as written.
#[derive(Debug)]
pub struct Spec {
    made: OnceLock<Box<RuleSpec>>,
    json: &'static str,
    /// The embedded file that it comes from, which has its examples.
    pub(crate) embedded: Option<&'static str>,
}

impl Spec {
    /// That of a built-in rule.
    pub(super) fn embedded(file: &'static str, json: &'static str) -> Spec {
        Spec { made: OnceLock::new(), json, embedded: Some(file) }
    }

    /// One that was read.
    pub(crate) fn written(spec: RuleSpec) -> Spec {
        let made = OnceLock::new();
        let _ = made.set(Box::new(spec));
        Spec { made, json: "", embedded: None }
    }
}

impl Deref for Spec {
    type Target = RuleSpec;

    fn deref(&self) -> &RuleSpec {
        // A test reads all of them: what cannot be read would find nothing.
        self.made.get_or_init(|| serde_json::from_str(self.json).unwrap_or_default())
    }
}
