//! Sizes as people write them.

/// Reads a size: bytes, or a number with K, M, G or T (powers of 1024; KB and KiB are the same), in any case. None if
/// it is no such thing, or beyond 64 bits.
///
/// ```
/// use leakbreak::config::parse_size;
/// assert_eq!(parse_size("64M"), Some(64 << 20));
/// assert_eq!(parse_size("1 kib"), Some(1024));
/// assert_eq!(parse_size("-1"), None);
/// ```
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes() {
        for (text, size) in [
            ("0", 0),
            ("17", 17),
            ("17b", 17),
            ("2K", 2048),
            ("2kB", 2048),
            ("2 KiB", 2048),
            ("3m", 3 << 20),
            ("4GiB", 4 << 30),
            (" 1T ", 1 << 40),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse_size(text), Some(size), "{text}");
        }
        for text in
            ["", "M", "-1", "+1", "1.5M", "1X", "1KM", "0x10", "18446744073709551616", "17179869184G", "\u{663}M"]
        {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
