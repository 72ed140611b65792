//! Black-box tests of the binary, with the real git. One crate, a module a room.

mod gate;
mod history;
mod manners;
mod planted;
mod readme;
mod support;
