//! The repository's own text, for the tests that keep the house in order.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::workspace;

/// Made by tools or brought in by them.
const NOT_OURS: [&str; 7] = ["target", "node_modules", "dist", ".git", "test-results", "data", ".venv"];

/// A text file of the repository.
#[derive(Debug)]
pub struct Source {
    /// Where it is, from the root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Every text file of the repository that people or their tools keep there.
pub fn sources() -> Vec<Source> {
    let root = workspace();
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let entries = fs::read_dir(folder).expect("the repository can be read");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}
