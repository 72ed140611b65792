//! The command line as it is read.

use super::*;

#[test]
fn the_command_line_is_consistent() {
    command().debug_assert();
}

#[test]
fn lists_come_repeated_and_with_commas() {
    let args = Args::try_parse_from(["leakbreak", "scan", "--select", "a,b", "--select", "c", "-"]).unwrap();
    let Command::Scan(scan) = args.command else { panic!("not a scan") };
    assert_eq!(scan.policy.select, ["a", "b", "c"]);
    assert_eq!(scan.source.paths, [PathBuf::from("-")]);
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for line in [
        "scan --staged --history",
        "scan --staged --range A..B",
        "scan --history --no-ignore",
        "scan --quiet --verbose",
        "scan --config a --no-config",
        "scan --range A..B --unreachable",
    ] {
        let words = std::iter::once("leakbreak").chain(line.split(' '));
        assert!(Args::try_parse_from(words).is_err(), "{line}");
    }
}

#[test]
fn a_negative_number_is_a_wrong_value_and_no_option() {
    for option in ["--threads", "--max-size"] {
        let error = Args::try_parse_from(["leakbreak", "scan", option, "-1"]).unwrap_err().to_string();
        assert!(error.contains(&format!("'-1' for '{option}")), "{error}");
    }
}
