//! A stream.
