//! `completions` and `man`: the command line described by itself.

use crate::args::{self, Completions, Man};
use crate::output::print;
use crate::status::Status;
use leakbreak::{Error, Result};

/// Prints completions for a shell.
pub(crate) fn completions(args: Completions) -> Result<Status> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "leakbreak", &mut text);
    print(|out| out.write_all(&text))?;
    Ok(Status::Clean)
}

/// Prints a manual page.
pub(crate) fn man(args: Man) -> Result<Status> {
    let mut command = args::command();
    command.build();
    let mut name = String::from("leakbreak");
    for word in &args.command {
        let Some(inner) = command.find_subcommand(word).cloned() else {
            let known = command.get_subcommands().map(|c| c.get_name().to_owned());
            return Err(Error::Usage(unknown(&name, word, known)));
        };
        name = format!("{name}-{word}");
        command = inner;
    }
    let source = format!("leakbreak {}", env!("CARGO_PKG_VERSION"));
    print(|out| clap_mangen::Man::new(command.display_name(name)).source(source).render(out))?;
    Ok(Status::Clean)
}

fn unknown(parent: &str, word: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<_> = known.collect();
    let near = leakbreak::config::nearest(word, known.iter().map(String::as_str));
    let tip = near.map_or_else(|| format!("known are: {}", known.join(", ")), |near| format!("did you mean {near}?"));
    format!("{parent} has no command '{word}'; {tip}")
}
