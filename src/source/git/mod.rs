//! Repositories: opened without trusting them, read without git.
//!
//! [`open`] finds a repository and what it needs; [`objects`] reads objects, one by one or all of them on all cores;
//! [`refs`] lists the roots; [`history`] and [`range`] scan commits; [`index`] and [`staged`] scan the index.

pub mod excludes;
pub mod history;
pub mod index;
pub mod lines;
pub mod objects;
pub mod open;
pub mod provenance;
pub mod push;
pub mod range;
pub mod refs;
mod renames;
mod settings;
pub mod staged;

#[cfg(test)]
pub(crate) mod testing;
