//! leakbreak finds leaked secrets in working trees, staged changes, git history and streams.
//!
//! The library is one belt; each room takes what the one before it made:
//!
//! ```text
//! Source --Blob--> tokens --candidates--> rules --Match--> judge --Finding--> suppress --marked--> Outcome --> report
//!    \--Skip------------------------------------------------------------------------^
//! ```
//!
//! * [`source`] reads: a tree, the index, a history, a stream. It gives [`blob::Blob`]s and [`blob::Skip`]s.
//! * [`detect`] looks at one text and gives [`detect::Match`]es. It does no I/O.
//! * [`suppress`] marks findings; it never drops one.
//! * [`finding::Outcome`] is everything a run knows, in a fixed order, and [`report`] writes it down.
//! * [`scan`] is the belt itself.
//! * [`cache`] keeps what spares a second scan of a history most of its work.
//! * [`clock`] says where the time went, to who asks.
//! * `verify` (a feature) asks providers whether what was found is live, where a user wants that.
//!
//! The library never prints, exits or reads the environment: the binary does.

pub mod blob;
pub mod cache;
pub mod clock;
pub mod config;
pub mod decode;
pub mod detect;
pub mod error;
pub mod finding;
pub mod glob;
pub mod report;
pub mod rule;
pub mod scan;
pub mod source;
mod spotter;
pub mod structure;
pub mod suppress;
#[cfg(feature = "verify")]
pub mod verify;

pub use error::{Error, Result};
