//! The lines that the commits of a range add.
