//! Marks findings: inline comments, allowlist, baseline. Marks, never drops.

pub mod allow;
pub mod baseline;
pub mod import;
pub mod inline;

pub use allow::Allowlist;
pub use baseline::{Baseline, Terms};
pub use import::{Foreign, Imported};
