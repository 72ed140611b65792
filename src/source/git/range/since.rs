//! When `--since` begins.

use crate::{Error, Result};
use jiff::civil::DateTime;
use jiff::tz::Offset;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// When `--since` begins, in seconds since the epoch: a day (`2026-01-31`, its midnight in UTC), an RFC 3339 time, or a
/// time before `now`: `30 days`, `2 weeks ago`, `yesterday`.
///
/// # Errors
/// [`Error::Usage`] with the forms that are taken.
pub fn since(text: &str, now: i64) -> Result<i64> {
    let text = text.trim();
    absolute(text).or_else(|| ago(text).and_then(|seconds| now.checked_sub(seconds))).ok_or_else(|| {
        Error::Usage(
            "--since takes a day (2026-01-31), a time (2026-01-31T12:00:00Z) or a span before now (30 days, 2 weeks)"
                .into(),
        )
    })
}

fn absolute(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_second());
    }
    // Without an offset: UTC, so that the same command means the same everywhere.
    let civil = text.parse::<DateTime>().ok().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()))?;
    // One that makes no sense is no reason to read the rest without it.
    let time = text.split_once(['T', 't', ' ']).map_or("", |(_, time)| time);
    if time.contains(['+', '-', 'Z', 'z', '[']) {
        return None;
    }
    Offset::UTC.to_timestamp(civil).ok().map(|t| t.as_second())
}

/// `30 days`, `2.weeks.ago`, `1 week 2 days`: how many seconds that is.
fn ago(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split([' ', '.', ',', '_']).filter(|w| !w.is_empty()).peekable();
    match lower.as_str() {
        "now" => return Some(0),
        "yesterday" => return Some(DAY),
        _ => {}
    }
    let mut seconds: Option<i64> = None;
    while let Some(word) = words.next() {
        if word == "ago" {
            return seconds.filter(|_| words.peek().is_none());
        }
        let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, glued) = word.split_at(digits);
        let name = if glued.is_empty() { words.next()? } else { glued };
        let span = number.parse::<i64>().ok()?.checked_mul(unit(name)?)?;
        seconds = Some(seconds.unwrap_or(0).checked_add(span)?);
    }
    seconds
}

/// A unit's seconds; a month and a year as long as they are on average in everyday use.
fn unit(name: &str) -> Option<i64> {
    Some(match name.strip_suffix('s').unwrap_or(name) {
        "" | "second" | "sec" => 1,
        "minute" | "min" => MINUTE,
        "hour" | "h" => HOUR,
        "day" | "d" => DAY,
        "week" | "w" => 7 * DAY,
        "month" => 30 * DAY,
        "year" | "y" => 365 * DAY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    #[test]
    fn days_and_times() {
        for (text, expected) in [
            ("2020-09-13", 1_599_955_200),
            ("2020-09-13T12:26:40Z", 1_600_000_000),
            ("2020-09-13T14:26:40+02:00", 1_600_000_000),
            ("2020-09-13 12:26:40", 1_600_000_000),
            (" 2020-09-13T12:26:40 ", 1_600_000_000),
        ] {
            assert_eq!(since(text, NOW).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn spans_before_now() {
        for (text, expected) in [
            ("30 days", 30 * DAY),
            ("2 weeks ago", 14 * DAY),
            ("2.weeks.ago", 14 * DAY),
            ("1 Week 2 days", 9 * DAY),
            ("90s", 90),
            ("12h", 12 * HOUR),
            ("1 month", 30 * DAY),
            ("1 year", 365 * DAY),
            ("yesterday", DAY),
            ("now", 0),
        ] {
            assert_eq!(since(text, NOW).unwrap(), NOW - expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "soon",
            "5",
            "days",
            "5 parsecs",
            "2020-13-01",
            "ago",
            "3 days ago ago",
            "-3 days",
            "1e9 days",
            "2020-01-01T00:00:00+27:00",
            "2020-01-01T25:00:00Z",
            "2020-01-01 00:00:00-99:00",
        ] {
            assert!(matches!(since(text, NOW), Err(Error::Usage(_))), "{text}: {:?}", since(text, NOW));
        }
        assert!(since("99999999999999999 years", NOW).is_err());
    }
}
