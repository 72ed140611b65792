//! CLI cases as data: tests/cmd/*.toml.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cmd/*.toml").env("GIT_CONFIG_NOSYSTEM", "1").run();
}
