//! Views of a text with a map back to its offsets: JSON strings, percent, base64, concatenated literals.
