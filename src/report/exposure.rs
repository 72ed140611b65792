//! How long what stands in a history has been there for everybody to take.

use crate::blob::Kind;
use crate::finding::Finding;

const DAY: i64 = 24 * 60 * 60;

/// For the places of one secret: "first committed on 2024-05-06, 402 days ago; still in HEAD". None where no commit has
/// it. `now` is in seconds since 1970.
pub(crate) fn words(places: &[&Finding], now: i64) -> Option<String> {
    let dates = places.iter().filter_map(|f| f.origin.commit.as_deref()).map(|commit| commit.date.as_str());
    // Those of a clock that was set before 1970, or after all calendars, can't be read.
    let read = |date: &str| Some((date.parse::<jiff::Timestamp>().ok()?.as_second(), date.get(..10)?.to_owned()));
    let (first, day) = dates.filter_map(read).min()?;
    let since = match (now - first) / DAY {
        _ if first > now => "by a clock that runs ahead".to_owned(),
        0 => "less than a day ago".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    };
    let head = match places {
        _ if places.iter().any(|f| f.origin.in_head) => "; still in HEAD",
        // What is no file is in no tree.
        _ if places.iter().all(|f| f.origin.kind != Kind::History) => "",
        _ => "; no longer in HEAD, and in the history all the same",
    };
    Some(format!("first committed on {day}, {since}{head}"))
}

/// The same of one place as a sentence that is true on any day: "Exposed since 2024-05-06; still in HEAD."
pub(crate) fn sentence(place: &Finding) -> Option<String> {
    let date = place.origin.commit.as_deref()?.date.as_str();
    date.parse::<jiff::Timestamp>().ok()?;
    let head = match place.origin.kind {
        _ if place.origin.in_head => "; still in HEAD",
        Kind::History => "; no longer in HEAD",
        _ => "",
    };
    Some(format!("Exposed since {}{head}.", date.get(..10)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Commit, Origin};
    use crate::finding::Finding;
    use crate::report::tests::finding;
    use std::sync::Arc;

    fn committed(date: &str, kind: Kind, in_head: bool) -> Finding {
        let mut finding = finding(Origin::file(kind, "a.py"), 1);
        let commit = Commit {
            date: date.into(),
            id: String::new(),
            author: String::new(),
            email: String::new(),
            summary: String::new(),
            rank: 0,
        };
        finding.origin.commit = Some(Arc::new(commit));
        finding.origin.in_head = in_head;
        finding
    }

    #[test]
    fn the_earliest_of_all_places_counts() {
        let now = "2024-05-10T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let of = |places: &[&Finding]| words(places, now).unwrap_or_default();
        let old = committed("2024-05-06T07:08:09+02:00", Kind::History, false);
        let new = committed("2024-05-09T23:59:59-01:00", Kind::History, true);
        assert_eq!(
            of(&[&old]),
            "first committed on 2024-05-06, 3 days ago; no longer in HEAD, and in the history all the same"
        );
        assert_eq!(of(&[&new, &old]), "first committed on 2024-05-06, 3 days ago; still in HEAD");
        let yesterday = committed("2024-05-08T20:00:00Z", Kind::Message, false);
        assert_eq!(of(&[&yesterday]), "first committed on 2024-05-08, 1 day ago");
        assert!(of(&[&committed("2024-05-09T12:00:00Z", Kind::History, true)]).contains("less than a day ago"));
        assert!(of(&[&new]).contains("ahead"));
        assert_eq!(of(&[&finding(Origin::file(Kind::Worktree, "a.py"), 1)]), "");
        assert_eq!(of(&[&committed("nonsense", Kind::History, true)]), "");
        assert_eq!(sentence(&old).unwrap(), "Exposed since 2024-05-06; no longer in HEAD.");
        assert_eq!(sentence(&new).unwrap(), "Exposed since 2024-05-09; still in HEAD.");
        assert_eq!(sentence(&yesterday).unwrap(), "Exposed since 2024-05-08.");
        assert_eq!(sentence(&committed("nonsense", Kind::History, true)), None);
    }
}
