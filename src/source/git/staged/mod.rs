//! What the next commit adds.
