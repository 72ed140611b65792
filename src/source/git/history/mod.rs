//! Everything reachable, and on request what is not: contents, messages, tags, notes, names, configuration.

#[cfg(test)]
pub(in crate::source::git) mod sandbox;
