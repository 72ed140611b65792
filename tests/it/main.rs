//! Black-box tests of the binary, with the real git. One crate, a module a room.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod baseline;
mod benches;
mod cache;
mod carried;
mod cases;
mod cmd;
mod commands;
mod gate;
mod history;
mod labelled;
mod manners;
mod oracle;
mod planted;
mod readme;
mod redaction;
mod reports;
mod same;
mod settings;
mod staged;
mod support;
mod tree;
mod untrusted;
#[cfg(feature = "verify")]
mod verify;
