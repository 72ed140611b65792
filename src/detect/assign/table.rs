//! Columns: a header names them, rows hold the values. CSV, TSV and Markdown tables.

use super::literal::Literal;
use std::ops::Range;

/// How many rows are read below a header.
const ROWS: usize = 200;

/// The values below the header cell at `name`, and where the rows stand; nothing if it is none.
pub(super) fn column(text: &[u8], name: &Range<usize>) -> (Vec<Literal>, Range<usize>) {
    let start = memchr::memrchr(b'\n', &text[name.start.saturating_sub(400)..name.start])
        .map_or(name.start.saturating_sub(400), |i| name.start.saturating_sub(400) + i + 1);
    let header = line(text, start);
    let Some(separator) = [b'|', b'\t', b';', b','].into_iter().find(|s| text[header.clone()].contains(s)) else {
        return (Vec::new(), 0..0);
    };
    // A header is a table's first line: what stands above is no row.
    let floor = start.saturating_sub(400);
    let above = floor + memchr::memrchr(b'\n', &text[floor..start.saturating_sub(1).max(floor)]).map_or(0, |i| i + 1);
    if start > 0 && text[above..start].contains(&separator) {
        return (Vec::new(), 0..0);
    }
    let Some(index) = cell_of(text, &header, separator, name) else { return (Vec::new(), 0..0) };
    let columns = cells(text, &header, separator).len();
    let mut found = Vec::new();
    let mut row = line(text, header.end + 1);
    for _ in 0..ROWS {
        let cells = cells(text, &row, separator);
        if row.is_empty() || cells.len() != columns {
            break;
        }
        let cell = &cells[index];
        if !cell.is_empty() && !text[cell.clone()].iter().all(|b| b"-: ".contains(b)) {
            found.push(Literal { span: cell.clone(), quoted: true });
        }
        row = line(text, row.end + 1);
    }
    (found, header.end..row.start)
}

fn line(text: &[u8], start: usize) -> Range<usize> {
    let start = start.min(text.len());
    let most = (start + 2000).min(text.len());
    let end = memchr::memchr(b'\n', &text[start..most]).map_or(most, |i| start + i);
    start..end
}

/// The cells of a row, without space and quotes.
fn cells(text: &[u8], row: &Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = row.start;
    for end in memchr::memchr_iter(separator, &text[row.clone()]).map(|i| row.start + i).chain([row.end]) {
        let edge = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'`' | b'*');
        let cell = &text[start..end];
        let lead = cell.iter().take_while(|b| edge(b)).count();
        let tail = cell[lead..].iter().rev().take_while(|b| edge(b)).count();
        all.push(start + lead..end - tail);
        start = end + 1;
    }
    all
}

/// Which cell of the header is the name, and nothing but the name.
fn cell_of(text: &[u8], header: &Range<usize>, separator: u8, name: &Range<usize>) -> Option<usize> {
    let cells = cells(text, header, separator);
    // Prose has commas too: every cell of a header is a word or two.
    let short = cells.iter().all(|c| text[c.clone()].iter().filter(|b| **b == b' ').count() <= 2 && c.len() <= 40);
    (cells.len() >= 2 && short).then(|| cells.iter().position(|c| c == name))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        let at = text.find("password").unwrap();
        column(text.as_bytes(), &(at..at + 8)).0.into_iter().map(|l| &text[l.span]).collect()
    }

    #[test]
    fn columns() {
        assert_eq!(of("user,password,role\na,x1,r\nb,\"x2\",r\n"), ["x1", "x2"]);
        assert_eq!(of("| user | password |\n|---|---|\n| a | `x1` |\n\ntext"), ["x1"]);
        assert_eq!(of("Give the user, password and so on of all of them\na,b\n"), Vec::<&str>::new());
        assert_eq!(of("password"), Vec::<&str>::new());
    }
}
