//! The house rules that a machine can check (CONVENTIONS.md).

use tests::{Source, sources};

/// What people write; at this length they talk about it.
const LONGEST_FILE: usize = 500;
/// `lib.rs` and `mod.rs` are tables of contents, with at most the one type that the folder is named after.
const LONGEST_CONTENTS: usize = 180;

const CODE: [&str; 8] = [".rs", ".ts", ".svelte", ".mjs", ".js", ".py", ".sh", ".sql"];

fn is_code(source: &Source) -> bool {
    CODE.iter().any(|ending| source.path.ends_with(ending)) && !source.path.ends_with(".gen.ts")
}

fn code() -> Vec<Source> {
    let code: Vec<Source> = sources().into_iter().filter(is_code).collect();
    assert!(code.len() > 50, "only {} files found: is this the repository?", code.len());
    code
}

fn none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long = |s: &Source| {
        (s.text.lines().count() > LONGEST_FILE).then(|| format!("{}: {} lines", s.path, s.text.lines().count()))
    };
    none("at 500 lines we talk", &code().iter().filter_map(long).collect::<Vec<_>>());
}

#[test]
fn a_crate_root_is_a_table_of_contents() {
    let root = |s: &&Source| s.path.ends_with("/lib.rs") || s.path.ends_with("/mod.rs");
    let lines = |s: &Source| s.text.lines().take_while(|line| !line.starts_with("mod tests {")).count();
    let long = |s: &Source| (lines(s) > LONGEST_CONTENTS).then(|| format!("{}: {} lines", s.path, lines(s)));
    none("more than a table of contents", &code().iter().filter(root).filter_map(long).collect::<Vec<_>>());
}

#[test]
fn no_module_is_named_for_nothing() {
    let empty = ["utils", "util", "helpers", "helper", "common", "manager", "misc"];
    let stem = |path: &str| path.rsplit('/').next().and_then(|file| file.split('.').next()).map(str::to_owned);
    let named = |s: &Source| stem(&s.path).filter(|stem| empty.contains(&stem.as_str())).map(|_| s.path.clone());
    none("a file is named by its noun", &code().iter().filter_map(named).collect::<Vec<_>>());
}

#[test]
fn every_exception_to_the_linter_says_why() {
    let mut wrong = Vec::new();
    for source in code().iter().filter(|s| s.path.rsplit('.').next() == Some("rs")) {
        for (at, line) in source.text.lines().enumerate() {
            let line = line.trim_start();
            // What stands beside a crate (its tests and benches) is compiled in several ways: there `expect` cannot hold
            // every time, so a reason is enough.
            let beside = source.path.contains("/tests/") || source.path.contains("/benches/");
            let shared = beside && line.contains("reason = ");
            let attribute = line.strip_prefix("#![").or_else(|| line.strip_prefix("#["));
            if !shared && attribute.is_some_and(|a| a.starts_with("allow(")) {
                wrong.push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    none("#[expect(lint, reason = \"…\")] instead of allow", &wrong);
}

#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    // Put together here so that this file does not name one either.
    let folders: Vec<String> = ["home", "root", "work", "Users"].iter().map(|name| format!("/{name}/")).collect();
    let starts = |before: Option<char>| before.is_none_or(|c| c.is_whitespace() || "\"'`=(:[,".contains(c));
    let mut wrong = Vec::new();
    for source in sources() {
        for (at, line) in source.text.lines().enumerate() {
            let named = folders.iter().flat_map(|folder| line.match_indices(folder.as_str()));
            if named.into_iter().any(|(index, _)| starts(line[..index].chars().next_back())) {
                wrong.push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    none("an absolute path", &wrong);
}

#[test]
fn a_lock_file_does_not_say_where_packages_were_fetched() {
    let locks = sources().into_iter().filter(|s| s.path.ends_with("package-lock.json"));
    let wrong = locks.filter(|s| s.text.contains("\"resolved\": \"http")).map(|s| s.path).collect::<Vec<_>>();
    none("`omit-lockfile-registry-resolved=true` belongs into .npmrc", &wrong);
}

#[test]
fn every_alert_has_words_in_both_languages() {
    let all = sources();
    let words: Vec<&Source> = all.iter().filter(|s| s.path.contains("web-viewer/src/words/dispatch-")).collect();
    assert_eq!(words.len(), 2, "a file for each language");
    let mut codes = Vec::new();
    for source in all.iter().filter(|s| s.path.contains("dispatch/src/desk/decide/")) {
        for before in ["alert(\"", "alert(incident, \"", "Alerted { code: \""] {
            let told = source.text.split(before).skip(1).filter_map(|rest| rest.split('"').next());
            codes.extend(told.map(str::to_owned));
        }
    }
    assert!(codes.len() > 10, "{codes:?}");
    let lacks = |file: &Source, code: &String| {
        !file.text.contains(&format!("'alert_{code}':")) && !file.text.contains(&format!(" alert_{code}:"))
    };
    let wrong =
        codes.iter().flat_map(|code| words.iter().filter(move |file| lacks(file, code)).map(move |file| (code, file)));
    none("an alert without words", &wrong.map(|(code, file)| format!("{code} in {}", file.path)).collect::<Vec<_>>());
}
