//! The roots of a history: references, each worktree's HEAD, reflogs.
