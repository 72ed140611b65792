//! A working tree, or any folder or file: what git tracks and what it would add.
