//! What a push brings: which commits its remote does not have yet.

use super::Update;
use super::revision::Ends;
use super::walk::{Commits, Peeled};
use crate::source::git::open::{Repository, file};
use crate::source::git::refs::References;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use gix_object::Kind;

/// What a set of tips stands for.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// Commits, and what is there already.
    pub(super) ends: Ends,
    /// Annotated tags on the way.
    pub(super) tags: Vec<(ObjectId, Option<ObjectId>)>,
    /// Tags of trees and blobs: the tree or blob, and its kind.
    pub(super) direct: Vec<(ObjectId, Kind)>,
    /// Tips that could not be read.
    pub(super) unread: Vec<(ObjectId, crate::source::git::objects::ObjectError)>,
}

/// What these tips bring where `known` is known.
pub(super) fn tips(commits: &Commits<'_>, tips: &[ObjectId], known: &[ObjectId]) -> Pushed {
    let mut pushed = Pushed::default();
    for tip in tips {
        match commits.peel(tip) {
            Ok(Peeled { id, tags, kind }) => {
                let commit = (kind == Kind::Commit).then_some(id);
                pushed.tags.extend(tags.into_iter().map(|tag| (tag, commit)));
                match commit {
                    Some(id) => pushed.ends.tips.push(id),
                    None => pushed.direct.push((id, kind)),
                }
            }
            Err(error) => pushed.unread.push((*tip, error)),
        }
    }
    // What is not here, or is no commit, excludes nothing.
    let is_commit = |peeled: &Peeled| peeled.kind == Kind::Commit;
    let known = known.iter().filter_map(|id| commits.peel(id).ok().filter(is_commit));
    pushed.ends.known = known.map(|peeled| peeled.id).collect();
    pushed.tags.sort_unstable();
    pushed.tags.dedup();
    pushed.direct.sort_unstable_by_key(|(id, _)| *id);
    pushed.direct.dedup();
    pushed
}

/// What the remote has as far as is known here: the old values of what is pushed, and what was last fetched from it or
/// pushed to it.
pub(super) fn known(
    repository: &Repository,
    references: &References,
    updates: &[Update],
    remote: &str,
) -> Vec<ObjectId> {
    let name = tracked(repository, remote);
    let prefix: BString = format!("refs/remotes/{}/", name.as_deref().unwrap_or(remote)).into();
    let tracked = references.list.iter().filter(|r| r.name.starts_with(&prefix)).filter_map(|r| r.id);
    updates.iter().filter_map(|u| u.remote).chain(tracked).collect()
}

/// The name of the remote with this address: `git push ADDRESS` gives the hook no name.
fn tracked(repository: &Repository, address: &str) -> Option<String> {
    let text = file::read(&repository.common_dir.join("config"), file::LIST).ok()?;
    let events = gix_config::parse::Events::from_bytes(&text, None).ok()?;
    let file = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
    let mut remotes = file.sections_by_name("remote").into_iter().flatten();
    remotes.find_map(|section| {
        let is_it = ["url", "pushurl"]
            .iter()
            .any(|key| section.value(key).is_some_and(|url| url.as_slice() == address.as_bytes()));
        let name = section.header().subsection_name()?.to_str_lossy().into_owned();
        is_it.then_some(name)
    })
}
