//! Everything that is no file: messages and headers of commits and tags, names of references, reflogs, configuration.

use super::emit::Teller;
use super::graph::Graph;
use super::parse;
use crate::blob::{Blob, Content, Kind, Origin, Reach, Skip, SkipReason, Text};
use crate::source::Sink;
use crate::source::git::open::Repository;
use crate::source::git::refs::References;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use std::borrow::Cow;
use std::collections::HashSet;

/// A message as text: git's own tools never write a NUL into one, others can, and it makes no file of it.
pub(in crate::source::git) fn message(bytes: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr(0, bytes).map(|_| Text::decode(bytes)) {
        Some(Content::Binary) => bytes.replace("\0", " ").into(),
        _ => bytes.into(),
    }
}

/// Sends the words of a commit or tag: its message, so that lines are the message's, and its header.
pub(in crate::source::git) fn send(sink: &dyn Sink, origin: &Origin, data: &[u8], leave_out: &[&str]) {
    let (_, body) = parse::split(data);
    let mut body = message(body);
    if origin.kind == Kind::Tag {
        parse::without_signatures(body.to_mut());
    }
    for text in [body.as_ref(), &message(&parse::words(data, leave_out))] {
        if sink.worth(text) {
            sink.blob(Blob::whole(origin.clone(), text));
        }
    }
}

/// The words of commits.
pub(super) fn messages(teller: &Teller<'_>, commits: &[ObjectId], reach: impl Fn(&ObjectId) -> Reach) {
    let mut data = Vec::new();
    for id in commits {
        if let Err(error) = teller.objects.get(id, 0, &mut data) {
            teller.sink.skip(error.skip(id));
            continue;
        }
        let commit = teller.graph.find(id).and_then(|at| teller.commit(at));
        let origin = Origin { commit, reach: reach(id), ..Origin::nowhere(Kind::Message) };
        send(teller.sink, &origin, &data, &[]);
    }
}

/// The words of annotated tags.
pub(super) fn tags(
    teller: &Teller<'_>,
    tags: &[ObjectId],
    targets: &[(ObjectId, ObjectId)],
    references: &References,
    reach: impl Fn(&ObjectId) -> Reach,
) {
    let mut data = Vec::new();
    for id in tags {
        if let Err(error) = teller.objects.get(id, 0, &mut data) {
            teller.sink.skip(error.skip(id));
            continue;
        }
        let name = parse::header(&data, "tag").unwrap_or_default();
        let origin = Origin {
            reference: Some(name.into()),
            commit: tagged(teller.graph, targets, id).and_then(|at| teller.commit(at)),
            reach: reach(id),
            ..Origin::nowhere(Kind::Tag)
        };
        // The reference of that name is content of its own.
        let known = references.find(&[b"refs/tags/", name].concat()).is_some();
        send(teller.sink, &origin, &data, if known { &["tag"] } else { &[] });
    }
}

/// The commit that a tag, or a tag of a tag, tags.
fn tagged(graph: &Graph, targets: &[(ObjectId, ObjectId)], tag: &ObjectId) -> Option<super::graph::Index> {
    let mut id = *tag;
    for _ in 0..=targets.len() {
        let at = targets.binary_search_by_key(&id, |(tag, _)| *tag).ok()?;
        id = targets[at].1;
        if let Some(commit) = graph.find(&id) {
            return Some(commit);
        }
    }
    None
}

/// Names of references. Such a blob's bytes are its reference's name: that tells it from the line of a log.
pub(super) fn names(teller: &Teller<'_>, references: &References, targets: &[(ObjectId, ObjectId)]) {
    for reference in &references.list {
        if !teller.sink.worth(&reference.name) {
            continue;
        }
        let at = reference.id.and_then(|id| teller.graph.find(&id).or_else(|| tagged(teller.graph, targets, &id)));
        let origin = Origin {
            reference: Some(reference.name.clone()),
            commit: at.and_then(|at| teller.commit(at)),
            ..Origin::nowhere(Kind::Ref)
        };
        teller.sink.blob(Blob::whole(origin, reference.name.as_slice()));
    }
}

/// The lines of reflogs, each text once; a branch's log before that of a HEAD, which repeats it.
pub(super) fn logs(teller: &Teller<'_>, references: &References) {
    let mut seen: HashSet<&BString> = HashSet::new();
    let (branches, heads): (Vec<_>, Vec<_>) = references.logs.iter().partition(|l| l.name.starts_with(b"refs/"));
    for log in branches.into_iter().chain(heads) {
        for line in &log.lines {
            if !seen.insert(&line.text) || !teller.sink.worth(&line.text) {
                continue;
            }
            if line.new.is_some_and(|id| repeats(teller, &line.text, &id)) {
                continue;
            }
            let at = line.new.and_then(|id| teller.graph.find(&id));
            let origin = Origin {
                reference: Some(log.name.clone()),
                commit: at.and_then(|at| teller.commit(at)),
                ..Origin::nowhere(Kind::Ref)
            };
            teller.sink.blob(Blob::whole(origin, message(&line.text)));
        }
    }
}

/// Whether a line of a log says what the message of its commit says: `commit: SUBJECT`. The message is content already.
fn repeats(teller: &Teller<'_>, line: &[u8], commit: &ObjectId) -> bool {
    let words = line.split_once_str("\t").and_then(|(_, why)| why.split_once_str(": "));
    let Some((_, subject)) = words.filter(|(_, subject)| !subject.is_empty()) else { return false };
    let mut data = Vec::new();
    // A log holds no line ends.
    let is_here = teller.objects.get(commit, 0, &mut data).is_ok();
    is_here && parse::split(&data).1.replace("\n", " ").contains_str(subject.trim_end())
}

/// The repository's configuration files, as text; what they include is not read.
pub(super) fn configuration(sink: &dyn Sink, repository: &Repository) {
    for (path, shown) in configurations(repository) {
        match std::fs::symlink_metadata(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Ok(meta) if meta.is_file() => {}
            Ok(meta) => {
                let reason = if meta.is_symlink() { SkipReason::Symlink } else { SkipReason::Special };
                sink.skip(Skip::new(reason, shown, "no plain file: not read"));
                continue;
            }
            Err(_) => {}
        }
        match std::fs::read(&path) {
            Ok(text) => sink.blob(Blob::whole(Origin::nowhere(Kind::Config), text)),
            Err(e) => sink.skip(Skip::new(SkipReason::Unreadable, shown, e.to_string())),
        }
    }
}

/// Each configuration file, and what to call it.
fn configurations(repository: &Repository) -> Vec<(std::path::PathBuf, BString)> {
    let common = &repository.common_dir;
    let mut out =
        vec![(common.join("config"), "config".into()), (common.join("config.worktree"), "config.worktree".into())];
    if repository.git_dir != *common {
        out.push((repository.git_dir.join("config.worktree"), "config.worktree".into()));
    }
    let worktrees = common.join("worktrees").read_dir().into_iter().flatten().flatten();
    let mut names: Vec<_> = worktrees.map(|e| e.file_name()).collect();
    names.sort();
    for name in names {
        let path = common.join("worktrees").join(&name).join("config.worktree");
        let shown = format!("worktrees/{}/config.worktree", name.to_string_lossy());
        if !out.iter().any(|(known, _)| *known == path) {
            out.push((path, shown.into()));
        }
    }
    out
}
