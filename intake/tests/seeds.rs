//! What the fuzzer starts from, and what it found: read again, each must be an error or rows.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests are tests, and read files")]

mod fuzzed;

use std::fs;
use std::path::Path;

use fuzzed::{TARGETS, fuzzed};

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn seeds_and_finds_do_no_harm() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for target in TARGETS {
        let seeds = files(&fuzz.join("seeds").join(target));
        assert!(!seeds.is_empty(), "{target} starts from nothing");
        for file in seeds.into_iter().chain(files(&fuzz.join("finds").join(target))) {
            println!("{}", file.display());
            fuzzed(target, &fs::read(&file).unwrap());
        }
    }
}

#[test]
fn every_target_is_a_file_and_every_file_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut names: Vec<String> =
        files(&folder).iter().map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, TARGETS);
    for name in names {
        let text = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        assert!(text.contains(&format!("fuzzed(\"{name}\", bytes)")), "{name}");
    }
}
