//! What the black-box tests stand on: scratch folders with an empty home, the real git, the built binary.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A scratch folder with a home of its own; nothing of the machine's configuration reaches it.
pub struct Sandbox {
    dir: tempfile::TempDir,
}

/// What a program did.
#[derive(Debug)]
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Sandbox {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("home")).unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Sandbox { dir }
    }

    /// A folder with an empty repository on branch `main`.
    pub fn repository() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.git(["init", "-q", "-b", "main"]);
        sandbox
    }

    /// Where commands run.
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    /// The folder around, with `home` and `work` in it.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs git, which must succeed; its output, trimmed.
    pub fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let run = self.try_git(args);
        assert_eq!(run.status, 0, "{run:?}");
        run.stdout.trim_end().to_owned()
    }

    /// Runs git.
    pub fn try_git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        run(self.command("git").args(args), b"")
    }

    /// Adds everything and commits it; the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "--allow-empty", "-m", message]);
        self.git(["rev-parse", "HEAD"])
    }

    /// Runs leakbreak.
    pub fn leakbreak<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.leakbreak_with(args, b"")
    }

    /// Runs leakbreak with something on its standard input.
    pub fn leakbreak_with<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, stdin: &[u8]) -> Run {
        run(self.command(env!("CARGO_BIN_EXE_leakbreak")).args(args), stdin)
    }

    /// A command in the work folder, with an environment of its own: git's identity and dates are fixed.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let bin = Path::new(env!("CARGO_BIN_EXE_leakbreak")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([bin.to_path_buf()].into_iter().chain(std::env::split_paths(&path))).unwrap();
        command.current_dir(self.path()).env_clear().env("PATH", path).env("HOME", self.dir.path().join("home"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C.UTF-8").env("TMPDIR", self.dir.path());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Dev").env(format!("GIT_{who}_EMAIL"), "dev@example.org");
        }
        command
    }
}

impl Run {
    /// The findings of a jsonl report.
    pub fn findings(&self) -> Vec<Value> {
        self.objects().into_iter().filter(|o| o["type"] == "finding").collect()
    }

    /// The receipt of a jsonl report.
    pub fn receipt(&self) -> Value {
        let receipt = self.objects().pop().unwrap_or_else(|| panic!("no receipt: {self:?}"));
        assert_eq!(receipt["type"], "receipt", "{self:?}");
        receipt
    }

    fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }

    /// "path:line rule" of each finding, in order.
    pub fn places(&self) -> Vec<String> {
        let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
        self.findings().iter().map(|f| format!("{}:{} {}", text(&f["path"]), f["line"], text(&f["rule"]))).collect()
    }
}

/// Starts a command. A file that was just written can be "busy" while another thread's child, born in that moment, still holds
/// the handle: that lasts until the child's own exec, so it is tried again.
fn spawn(command: &mut Command) -> std::process::Child {
    for _ in 0..200 {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            started => return started.unwrap(),
        }
    }
    command.spawn().unwrap()
}

/// Runs a command to its end.
pub fn run(command: &mut Command, stdin: &[u8]) -> Run {
    let mut child = spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    let mut pipe = child.stdin.take().unwrap();
    let input = stdin.to_vec();
    let writer = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A repository with a key in its history, its index and its tree.
pub fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("old.py", line(&key(1)));
    sandbox.commit("Old");
    sandbox.write("new.py", line(&key(2)));
    sandbox.git(["add", "."]);
    sandbox
}

/// A random-looking key of 32 letters and digits, the same for the same seed; never a real one.
pub fn key(seed: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03;
    let mut next = || {
        // splitmix64 (Steele, Lea, Flood 2014)
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..32).map(|_| char::from(LETTERS[(next() % LETTERS.len() as u64) as usize])).collect()
}

/// A line that holds a Mistral key.
pub fn line(key: &str) -> String {
    format!("MISTRAL_API_KEY = \"{key}\"\n")
}

/// `n` lines that hold nothing.
pub fn filler(n: usize) -> String {
    (0..n).map(|i| format!("x{i} = {i}\n")).collect()
}
