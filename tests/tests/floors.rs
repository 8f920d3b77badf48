//! The floors of the house: who may know whom (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use tests::workspace;

/// Each crate and the crates it may lean on. Nothing else.
const MAY_KNOW: [(&str, &[&str]); 10] = [
    ("spatial", &[]),
    ("intake", &["spatial"]),
    ("tiles", &["spatial"]),
    ("dispatch", &["spatial"]),
    ("patrol", &["spatial"]),
    ("store", &["spatial", "dispatch", "patrol"]),
    ("video", &[]),
    ("fixtures", &["spatial", "dispatch"]),
    ("api", &["spatial", "intake", "tiles", "dispatch", "patrol", "store", "video", "fixtures"]),
    ("tests", &[]),
];

/// Values in, values out. `fixtures` is pure too, but makes chance from a seed.
const PURE: [&str; 5] = ["spatial", "intake", "tiles", "dispatch", "patrol"];

/// Crates that bring a clock, a runtime, a file or a socket with them.
const IMPURE: [&str; 9] =
    ["tokio", "async-trait", "futures", "axum", "sqlx", "tower-http", "tracing", "rand_chacha", "indicatif"];

/// Every crate of the workspace with its dependencies: (name, kind), kind empty for the normal ones.
fn crates() -> BTreeMap<String, Vec<(String, String)>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--no-deps", "--offline"]).current_dir(workspace());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("a list of packages").iter();
    let needs = |package: &Value| -> Vec<(String, String)> {
        let all = package["dependencies"].as_array().expect("a list of dependencies").iter();
        all.map(|d| (text(&d["name"]), text(&d["kind"]))).collect()
    };
    packages.map(|package| (text(&package["name"]), needs(package))).collect()
}

#[test]
fn no_crate_knows_another_than_its_floor_allows() {
    let crates = crates();
    let ours: BTreeSet<&str> = crates.keys().map(String::as_str).collect();
    let allowed: BTreeMap<&str, &[&str]> = MAY_KNOW.into_iter().collect();
    assert_eq!(ours, allowed.keys().copied().collect(), "each crate has its line in MAY_KNOW");

    let mut wrong = Vec::new();
    for (name, needs) in &crates {
        for (other, kind) in needs.iter().filter(|(other, _)| ours.contains(other.as_str())) {
            // Tests and benches of any crate may use the seeded city.
            let dev_only = kind == "dev" && other == "fixtures";
            if !dev_only && !allowed[name.as_str()].contains(&other.as_str()) {
                wrong.push(format!("{name} must not know {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_pure_crate_brings_no_clock_no_runtime_and_no_socket() {
    let crates = crates();
    for name in PURE {
        let needs = crates[name].iter().filter(|(_, kind)| kind != "dev");
        let bad: Vec<&str> = needs.map(|(other, _)| other.as_str()).filter(|other| IMPURE.contains(other)).collect();
        assert!(bad.is_empty(), "{name} is pure, so it must not know {bad:?}");
    }
}

#[test]
fn a_pure_crate_has_the_linter_hold_the_line() {
    for name in PURE {
        let path = workspace().join(name).join("clippy.toml");
        let rules = std::fs::read_to_string(&path).unwrap_or_default();
        let bans = ["std::time::SystemTime::now", "std::time::Instant::now", "std::fs::File", "std::net::TcpStream"];
        for ban in bans {
            assert!(rules.contains(ban), "{} does not ban {ban}", path.display());
        }
    }
}
