//! Lines of a block that stands inside something else: real line ends and escaped ones (`\n` in JSON, in a string, in
//! a variable), with quotes, commas, comment signs and indentation around them taken away.

use std::ops::Range;

/// The lines of a range, cleaned, each with its place.
#[derive(Debug)]
pub(super) struct SoftLines<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
    head: &'a [u8],
}

impl<'a> SoftLines<'a> {
    /// The lines in `range`; `head` is what stands before the block on its first line, and is taken from the others.
    pub(super) fn new(text: &'a [u8], range: Range<usize>, head: &'a [u8]) -> Self {
        SoftLines { text, at: range.start, end: range.end, head }
    }

    /// Where the line that starts at `at` ends, and where the next one starts.
    fn line_end(&self) -> (usize, usize) {
        let mut i = self.at;
        while i < self.end {
            match self.text[i] {
                b'\n' | b'\r' => return (i, i + 1),
                b'\\' => {
                    let slashes = self.text[i..self.end].iter().take_while(|b| **b == b'\\').count();
                    if let Some(b'n' | b'r') = self.text[..self.end].get(i + slashes) {
                        return (i, i + slashes + 1);
                    }
                    i += slashes;
                }
                _ => i += 1,
            }
        }
        (self.end, self.end)
    }
}

impl Iterator for SoftLines<'_> {
    type Item = (String, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let (end, next) = self.line_end();
        let mut line = &self.text[self.at..end];
        let start = self.at;
        self.at = next;
        if !self.head.is_empty() {
            line = line.strip_prefix(self.head).unwrap_or(line);
        }
        let cleaned = clean(&String::from_utf8_lossy(line));
        let used = line.iter().rposition(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)).map_or(0, |i| i + 1);
        Some((cleaned, start..end.min(end - line.len() + used)))
    }
}

/// Whether a line ends in the text.
pub(super) fn has_line_end(text: &[u8]) -> bool {
    SoftLines::new(text, 0..text.len(), b"").line_end().0 < text.len()
}

/// What stands before `start` on its line.
pub(super) fn line_head(text: &[u8], start: usize) -> &[u8] {
    let from = start.saturating_sub(64);
    let before = &text[from..start];
    memchr::memrchr2(b'\n', b'\r', before).map_or(before, |i| &before[i + 1..])
}

/// A line without what its surrounding adds: quotes, commas, comment and concatenation signs.
fn clean(line: &str) -> String {
    let noise = |c: char| c.is_whitespace() || "\"'`,;#*<>|\\(){}[]".contains(c);
    let mut line = without_marker(line.trim_matches(noise)).trim_matches(noise);
    // `+`, `.` and `/` belong to base64 or join strings: they join where a space or a quote parts them from the text.
    for sign in ["+", ".", "&", "//", "--"] {
        if let Some(rest) = line.strip_prefix(sign).filter(|r| r.starts_with(noise)) {
            line = rest.trim_start_matches(noise);
        }
        if let Some(rest) = line.strip_suffix(sign).filter(|r| r.ends_with(noise)) {
            line = rest.trim_end_matches(noise);
        }
    }
    if line.bytes().all(|b| b"+.&/-".contains(&b)) {
        return String::new();
    }
    line.replace('\\', "")
}

/// A line without what marks its literal: the `b` of `b"..."`, `@"`, `u8"`.
fn without_marker(line: &str) -> &str {
    match line.find(['"', '\'']) {
        Some(at) if at <= 2 && line[..at].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'@') => &line[at + 1..],
        _ => line,
    }
}

/// Whether the text is of base64's characters, and not empty.
pub(super) fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
        || text.starts_with('=') && text.len() == 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, head: &str) -> Vec<String> {
        SoftLines::new(text.as_bytes(), 0..text.len(), head.as_bytes())
            .map(|(l, _)| l)
            .filter(|l| !l.is_empty())
            .collect()
    }

    #[test]
    fn escaped_quoted_and_commented() {
        for text in [
            "ab+/\ncd==",
            "ab+/\\ncd==\\n",
            "ab+/\\\\ncd==",
            "ab+/\\r\\ncd==",
            "\"ab+/\" +\n  \"cd==\";",
            "ab+/\r\ncd==",
        ] {
            assert_eq!(lines(text, ""), ["ab+/", "cd=="], "{text}");
        }
        assert_eq!(lines("// ab+/\n// cd==", "// "), ["ab+/", "cd=="]);
        assert_eq!(lines("+ab+/\n+cd==", "+"), ["ab+/", "cd=="]);
    }

    #[test]
    fn places_end_with_the_text() {
        let text = b"  \"abcd\",\nef";
        let all: Vec<_> = SoftLines::new(text, 0..text.len(), b"").map(|(_, range)| range.end).collect();
        assert_eq!(all, [7, 12]);
    }
}
