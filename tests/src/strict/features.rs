//! Layers, features, keys and values.

use std::collections::HashSet;

use super::Rule;
use super::geometry::{self, Ground};
use super::wire::{Held, fields, packed};

/// Judges a layer; its name, if it has one.
pub(super) fn layer(bytes: &[u8], nth: usize, find: &mut dyn FnMut(Rule, String)) -> Option<Vec<u8>> {
    let at = format!("layer {nth}");
    let fields = match fields(bytes) {
        Ok(fields) => fields,
        Err(rule) => {
            find(rule, at);
            return None;
        }
    };
    let (mut name, mut version, mut extent): (Option<&[u8]>, Option<u64>, Option<u64>) = (None, None, None);
    let (mut features, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields {
        match field {
            (1, Held::Bytes(text)) => once(&mut name, text, &at, find),
            (2, Held::Bytes(feature)) => features.push(feature),
            (3, Held::Bytes(key)) => keys.push(key),
            (4, Held::Bytes(value)) => values.push(value),
            (5, Held::Number(units)) => once(&mut extent, units, &at, find),
            (15, Held::Number(number)) => once(&mut version, number, &at, find),
            (1..=5 | 15, _) => find(Rule::Wire, at.clone()),
            _ => find(Rule::Unknown, at.clone()),
        }
    }
    match version {
        Some(2) => {}
        Some(1) => find(Rule::Older, at.clone()),
        _ => find(Rule::Version, at.clone()),
    }
    if name.is_none_or(|name| name.is_empty() || std::str::from_utf8(name).is_err()) {
        find(Rule::Name, at.clone());
    }
    let at = format!("layer {}", name.map_or_else(|| nth.to_string(), |n| String::from_utf8_lossy(n).into_owned()));
    let units = extent.and_then(|units| i64::try_from(units).ok()).filter(|units| (1..1 << 31).contains(units));
    if units.is_none() {
        find(Rule::Extent, at.clone());
    }
    if features.is_empty() {
        find(Rule::Empty, at.clone());
    }
    if keys.iter().any(|key| std::str::from_utf8(key).is_err()) {
        find(Rule::Wire, at.clone());
    }
    for value in &values {
        if let Err(rule) = is_value(value) {
            find(rule, at.clone());
        }
    }
    if twice(&keys) {
        find(Rule::KeyTwice, at.clone());
    }
    if twice(&values) {
        find(Rule::ValueTwice, at.clone());
    }
    let mut used = Used { keys: vec![false; keys.len()], values: vec![false; values.len()], ids: HashSet::new() };
    for (n, bytes) in features.into_iter().enumerate() {
        let at = format!("{at}, feature {n}");
        feature(bytes, Ground { units: units.unwrap_or(4096) }, &mut used, &mut |rule| find(rule, at.clone()));
    }
    if !used.keys.iter().chain(&used.values).all(|used| *used) {
        find(Rule::Unused, at);
    }
    name.map(<[u8]>::to_vec)
}

/// What the features of a layer have used so far.
struct Used {
    keys: Vec<bool>,
    values: Vec<bool>,
    ids: HashSet<u64>,
}

fn feature(bytes: &[u8], ground: Ground, used: &mut Used, find: &mut dyn FnMut(Rule)) {
    let fields = match fields(bytes) {
        Ok(fields) => fields,
        Err(rule) => return find(rule),
    };
    let (mut id, mut kind) = (None::<u64>, None::<u64>);
    let (mut tags, mut commands) = (None::<&[u8]>, None::<&[u8]>);
    let mut twice = false;
    for field in fields {
        match field {
            (1, Held::Number(number)) => twice |= id.replace(number).is_some(),
            (2, Held::Bytes(list)) => twice |= tags.replace(list).is_some(),
            (3, Held::Number(number)) => twice |= kind.replace(number).is_some(),
            (4, Held::Bytes(list)) => twice |= commands.replace(list).is_some(),
            (1..=4, _) => find(Rule::Wire),
            _ => find(Rule::Unknown),
        }
    }
    if twice {
        find(Rule::FieldTwice);
    }
    if id.is_some_and(|id| !used.ids.insert(id)) {
        find(Rule::IdTwice);
    }
    match packed(tags.unwrap_or_default()) {
        Ok(tags) => judge_tags(&tags, used, find),
        Err(rule) => find(rule),
    }
    let Some(commands) = commands.filter(|commands| !commands.is_empty()) else { return find(Rule::NoGeometry) };
    match (kind, packed(commands)) {
        (_, Err(rule)) => find(rule),
        (Some(0), _) => find(Rule::UnknownKind),
        (Some(1), Ok(commands)) => geometry::points(&commands, ground, find),
        (Some(2), Ok(commands)) => geometry::lines(&commands, ground, find),
        (Some(3), Ok(commands)) => geometry::polygons(&commands, ground, find),
        (None | Some(4..), _) => find(Rule::Kind),
    }
}

fn judge_tags(tags: &[u32], used: &mut Used, find: &mut dyn FnMut(Rule)) {
    let mut own = HashSet::new();
    for pair in tags.chunks(2) {
        let [key, value] = pair else { return find(Rule::OddTags) };
        if !own.insert(*key) {
            find(Rule::TagTwice);
        }
        let slot = |all: &mut Vec<bool>, at: u32| all.get_mut(at as usize).map(|used| *used = true).is_some();
        if !slot(&mut used.keys, *key) | !slot(&mut used.values, *value) {
            find(Rule::TagBeyond);
        }
    }
}

fn is_value(bytes: &[u8]) -> Result<(), Rule> {
    match fields(bytes)?.as_slice() {
        [(1, Held::Bytes(text))] => std::str::from_utf8(text).map(|_| ()).map_err(|_bad| Rule::Wire),
        [(2, Held::Four(_)) | (3, Held::Eight(_)) | (4..=6, Held::Number(_)) | (7, Held::Number(0 | 1))] => Ok(()),
        [(1..=7, _)] => Err(Rule::Wire),
        _ => Err(Rule::Value),
    }
}

fn once<T>(slot: &mut Option<T>, held: T, at: &str, find: &mut dyn FnMut(Rule, String)) {
    if slot.replace(held).is_some() {
        find(Rule::FieldTwice, at.to_owned());
    }
}

fn twice(all: &[&[u8]]) -> bool {
    all.iter().collect::<HashSet<_>>().len() < all.len()
}
