//! The commands of the binary.

use std::collections::BTreeSet;

use tests::{Folder, PASSWORD, Server, demo_city, onemap, onemap_with, workspace};

#[test]
fn every_setting_is_shown_with_where_it_came_from() {
    let folder = Folder::new();
    let file = folder.write("onemap.toml", "listen = \"127.0.0.1:7001\"\nsession_seconds = 600\n");
    let (data, file) = (folder.data(), file.to_str().unwrap().to_owned());
    let words = ["serve", "--print-config", "--data", data.to_str().unwrap(), "--config", &file];
    let shown = onemap_with(&words, &[("ONEMAP_LISTEN", "127.0.0.1:7002")]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let line = |name: &str| shown.out.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
    assert!(line("listen").contains("127.0.0.1:7002") && line("listen").contains("environment"), "{}", shown.out);
    assert!(line("data").contains("flag"), "{}", shown.out);
    assert!(line("session_seconds").contains("600") && line("session_seconds").contains("file"), "{}", shown.out);
    assert!(shown.out.contains("default"), "{}", shown.out);

    let words = ["serve", "--print-config", "--listen", "127.0.0.1:7003", "--data", data.to_str().unwrap()];
    let shown = onemap_with(&words, &[("ONEMAP_LISTEN", "127.0.0.1:7002")]);
    assert!(shown.out.contains("127.0.0.1:7003"), "a flag beats the environment: {}", shown.out);
}

#[test]
fn a_setting_that_cannot_be_is_refused_by_its_name() {
    let folder = Folder::new();
    let data = folder.data();
    for (line, name) in [
        ("listen = 5", "listen"),
        ("listen = \"somewhere\"", "listen"),
        ("session_seconds = \"600\"", "session_seconds"),
        ("session_seconds = -1", "session_seconds"),
        ("log = true", "log"),
        ("against_oneway = 0.5", "against_oneway"),
        ("against_oneway = \"always\"", "against_oneway"),
        ("unicorn = 1", "unicorn"),
    ] {
        let file = folder.write("onemap.toml", line);
        let words = ["serve", "--print-config", "--data", data.to_str().unwrap(), "--config", file.to_str().unwrap()];
        let ended = onemap(&words);
        assert_eq!(ended.code, 1, "{line}: {}", ended.out);
        assert!(ended.err.contains(name), "{line}: {}", ended.err);
    }
    for (line, shown) in [("3", "3"), ("1.5", "1.5"), ("\"never\"", "never")] {
        let file = folder.write("onemap.toml", format!("against_oneway = {line}"));
        let words = ["serve", "--print-config", "--data", data.to_str().unwrap(), "--config", file.to_str().unwrap()];
        let ended = onemap(&words);
        assert!(ended.out.contains(&format!("against_oneway = \"{shown}\" # file")), "{} {}", ended.out, ended.err);
    }
    let words = ["serve", "--print-config", "--data", data.to_str().unwrap()];
    let ended = onemap_with(&words, &[("ONEMAP_IMPORT_MB", "many")]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("import_mb") && ended.err.contains("many"), "{}", ended.err);
}

/// docs/operations.md lists every setting, and every variable it names does what it says.
#[test]
fn the_settings_are_those_of_the_page_on_operations() {
    let page = std::fs::read_to_string(workspace().join("docs/operations.md")).unwrap();
    let shown = onemap(&["serve", "--print-config", "--data", "x"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let names: Vec<&str> = shown.out.lines().filter_map(|line| line.split(" = ").next()).collect();
    assert!(names.len() >= 10, "{}", shown.out);
    for name in names {
        let variable = format!("ONEMAP_{}", name.to_uppercase());
        for word in [format!("`{name}`"), format!("`{variable}`"), format!("`--{}`", name.replace('_', "-"))] {
            assert!(page.contains(&word), "docs/operations.md does not say {word}");
        }
        let value = match name {
            "listen" => "127.0.0.1:7009",
            "log_format" => "json",
            _ => "77",
        };
        let words = if name == "data" || name == "database_url" {
            &["serve", "--print-config"][..]
        } else {
            &["serve", "--print-config", "--data", "x"]
        };
        let set = onemap_with(words, &[(variable.as_str(), value)]);
        let line = set.out.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap_or_default();
        assert!(line.contains(&format!("environment {variable}")), "{variable}: {}{}", set.out, set.err);
    }
}

#[test]
fn a_folder_without_data_is_refused_and_not_made() {
    let folder = Folder::new();
    let typo = folder.path().join("typo");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let commands: [&[&str]; 5] = [
        &["verify"],
        &["export", "places"],
        &["user", "list"],
        &["user", "disable", "wang"],
        &["user", "password", "wang"],
    ];
    for words in commands {
        for place in [&typo, &empty] {
            let ended = onemap_with(
                &[words, &["--data", place.to_str().unwrap()]].concat(),
                &[("ONEMAP_PASSWORD", "long-enough-0571")],
            );
            assert_eq!(ended.code, 1, "{words:?}: {}", ended.out);
            assert!(ended.err.contains(place.to_str().unwrap()), "{words:?}: {}", ended.err);
        }
    }
    assert!(!typo.exists(), "a command made the folder");
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "a command left something in the folder");
}

#[test]
fn the_description_printed_is_the_one_served_and_the_one_kept() {
    let printed = onemap(&["openapi"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let printed: serde_json::Value = serde_json::from_str(&printed.out).unwrap();
    let server = Server::demo();
    assert_eq!(server.client().get("/openapi.json").ok(), printed);
    let kept = std::fs::read_to_string(workspace().join("docs/openapi.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert!(kept == printed, "docs/openapi.json is old: scripts/generated.sh write");
}

#[test]
fn users_are_added_listed_given_a_password_and_disabled() {
    let folder = demo_city();
    let data = folder.data();
    let data = data.to_str().unwrap();
    let user = |words: &[&str], password: &str| {
        let words = [&["user"], words, &["--data", data]].concat();
        onemap_with(&words, &[("ONEMAP_PASSWORD", password)])
    };
    let (first, second) = ("first-password-0571", "second-password-0571");
    assert_eq!(user(&["add", "wang", "--role", "dispatcher", "--scope", "330302"], first).code, 0);
    assert_ne!(user(&["add", "wang", "--role", "dispatcher", "--scope", "330302"], first).code, 0, "twice");
    assert_ne!(user(&["add", "li", "--role", "emperor", "--scope", "330302"], first).code, 0, "no such role");
    let listed = user(&["list"], "");
    assert!(listed.out.contains("wang") && listed.out.contains("330302"), "{}", listed.out);
    assert!(!listed.out.contains("argon2") && !listed.out.contains(first), "{}", listed.out);

    let may_log_in = |password: &str| {
        let server = Server::serve(&folder);
        let body = serde_json::json!({"user": "wang", "password": password});
        server.client().post("/api/v1/session", &body).status
    };
    assert_eq!(may_log_in(first), 200);
    assert_eq!(user(&["password", "wang"], second).code, 0);
    assert_eq!((may_log_in(first), may_log_in(second)), (401, 200));
    assert_eq!(user(&["disable", "wang"], "").code, 0);
    assert_eq!(may_log_in(second), 401);
}

#[test]
fn a_demo_is_for_this_machine_alone() {
    let folder = Folder::new();
    let data = folder.data();
    let ended = onemap(&["demo", "--listen", "0.0.0.0:0", "--data", data.to_str().unwrap()]);
    assert_ne!(ended.code, 0);
    assert!(ended.err.contains("loopback") || ended.err.contains("127.0.0.1"), "{}", ended.err);
}

#[test]
fn a_command_that_does_not_exist_says_so_in_words() {
    for words in [&["unicorn"][..], &["serve", "--unicorn"], &["import"], &[]] {
        let ended = onemap(words);
        assert_eq!(ended.code, 2, "{words:?}");
        assert!(ended.err.contains("Usage"), "{words:?}: {}", ended.err);
    }
    assert!(onemap(&["--version"]).out.starts_with("onemap "));
}

#[test]
fn the_same_seed_makes_the_same_city() {
    let (one, two) = (Folder::new(), Folder::new());
    for folder in [&one, &two] {
        let out = folder.data();
        let words = ["generate", "city", "--scale", "small", "--seed", "7", "--anchor", "2026-01-15", "--out"];
        let made = onemap(&[&words[..], &[out.to_str().unwrap()]].concat());
        assert_eq!(made.code, 0, "{}", made.err);
    }
    let files = |folder: &Folder| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder.data()).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    assert!(files(&one).len() > 3, "{:?}", files(&one));
    assert_eq!(files(&one), files(&two));
    for file in files(&one) {
        let read = |folder: &Folder| std::fs::read(folder.data().join(&file)).unwrap();
        assert!(read(&one) == read(&two), "{file} differs");
    }
}

#[test]
fn the_logins_of_a_demo_are_printed_at_its_start() {
    let server = Server::demo();
    let said = std::fs::read_to_string(server.data().with_file_name("stdout.log")).unwrap();
    for user in ["wall", "dispatcher", "lead", "auditor"] {
        assert!(said.contains(user), "{user}: {said}");
    }
    assert!(said.contains(PASSWORD), "whoever starts a demo is told how to get in");
}

#[test]
fn an_export_can_be_imported_again() {
    let folder = demo_city();
    let (data, out) = (folder.data(), folder.path().join("places.geojson"));
    let (data, out) = (data.to_str().unwrap(), out.to_str().unwrap());
    let exported = onemap(&["export", "places", "--to", out, "--data", data]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let text = std::fs::read_to_string(out).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    let count = kept["features"].as_array().unwrap().len();
    assert!(count > 10, "{count}");
    let empty = Folder::new();
    let other = empty.data();
    let words = ["import", "places", out, "--crs", "wgs84", "--data", other.to_str().unwrap()];
    let imported = onemap(&words);
    assert_eq!(imported.code, 0, "{}", imported.err);
    assert!(format!("{}{}", imported.out, imported.err).contains(&count.to_string()), "{}", imported.out);
}
