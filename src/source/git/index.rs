//! The index: entries of every kind (split, sparse, extensions).
