//! Under the pre-commit framework.
