//! Everything reachable, and on request what is not: contents, messages, tags, notes, names, configuration.
