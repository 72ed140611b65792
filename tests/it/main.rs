//! Black-box tests of the binary, with the real git. One crate, a module a room.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod baseline;
mod cmd;
mod gate;
mod history;
mod manners;
mod oracle;
mod planted;
mod readme;
mod same;
mod support;
