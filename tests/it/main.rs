//! Black-box tests of the binary, with the real git. One crate, a module a room.

#![allow(unreachable_pub)]

mod cmd;
mod gate;
mod manners;
mod planted;
mod readme;
mod support;
