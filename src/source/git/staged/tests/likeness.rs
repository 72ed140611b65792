//! Random changes, compared with what git itself shows.

use super::*;

/// Random edits, moves and deletions: the lines that count are those that `git diff --cached` adds.
#[test]
fn git_says_the_same() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |n: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % n
    };
    let (mut renames, mut lines) = (0, 0);
    for _ in 0..15 {
        let git = Git::new();
        for n in 0..12 {
            let text: String = (0..4 + next(30)).map(|_| format!("w{}\n", next(12 + 40 * (n % 3)))).collect();
            git.write(&format!("d{}/f{n}", n % 4), text.as_bytes());
        }
        git.commit_all("begin");
        for n in 0..12 {
            let path = format!("d{}/f{n}", n % 4);
            let text = fs::read_to_string(git.root().join(&path)).unwrap();
            let mut edited: Vec<&str> = text.split_inclusive('\n').collect();
            for _ in 0..next(9) {
                let at = next(edited.len() as u64) as usize;
                match next(3) {
                    0 if edited.len() > 1 => drop(edited.remove(at)),
                    1 => edited.insert(at, "inserted\n"),
                    _ => edited[at] = "changed",
                }
            }
            let edited = edited.concat();
            match next(4) {
                0 => fs::remove_file(git.root().join(&path)).unwrap(),
                1 => {
                    fs::remove_file(git.root().join(&path)).unwrap();
                    git.write(&format!("moved/{}/g{n}", next(2)), edited.as_bytes());
                }
                _ => git.write(&path, edited.as_bytes()),
            }
        }
        git.run(&["add", "-A"]);
        let diff = git.run(&["diff", "--cached", "-U0", "--no-color", "-M", "--no-prefix", "--diff-algorithm=myers"]);
        assert_eq!(added_lines(&scan(&git)), added_by(&diff), "{diff}");
        renames += diff.matches("\nrename from").count();
        lines += added_by(&diff).len();
    }
    assert!(renames > 10 && lines > 100, "{renames} renames and {lines} lines are too few to tell");
}

/// `path:text` of each line that counts, sorted; where a line stands does not matter if another like it is beside it.
fn added_lines(sink: &Recorder) -> Vec<String> {
    let mut all = Vec::new();
    for blob in sink.blobs() {
        let path = blob.origin.path.unwrap();
        let text = String::from_utf8(blob.bytes.into_owned()).unwrap();
        for (at, line) in text.split_terminator('\n').enumerate() {
            let n = at as u64 + 1;
            if !matches!(&blob.scope, crate::blob::Scope::Lines(set) if !set.touches(n, n)) {
                all.push(format!("{path}:{line}"));
            }
        }
    }
    all.sort();
    all
}

fn added_by(diff: &str) -> Vec<String> {
    let (mut path, mut all) = ("", Vec::new());
    for line in diff.lines() {
        if let Some(name) = line.strip_prefix("+++ ") {
            path = name;
        } else if let Some(text) = line.strip_prefix('+') {
            all.push(format!("{path}:{text}"));
        }
    }
    all.sort();
    all
}
