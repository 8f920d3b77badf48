//! What an upsert does, decided before anything is written and the same for both databases.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use spatial::{FeatureKey, Layer};

use super::feature::{Row, say};
use crate::{Error, Put, Removed, Upserted};

/// What a table knows of a feature.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) source: String,
    pub(crate) source_id: String,
    pub(crate) digest: Vec<u8>,
    pub(crate) revision: u64,
    pub(crate) deleted: bool,
}

/// What tables know, by layer and number.
pub(crate) type Knowledge = HashMap<(Layer, i64), Known>;

/// Rows to write, with the revision of each.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) writes: Vec<(Row, i64)>,
    pub(crate) done: Upserted,
}

impl Plan {
    /// The newest revision that the plan gives each layer.
    pub(crate) fn heads(&self) -> BTreeMap<Layer, i64> {
        let mut heads = BTreeMap::new();
        for (row, revision) in &self.writes {
            heads.insert(row.key.layer, *revision);
        }
        heads
    }
}

/// Makes the rows of features: one a key (the later counts), no number twice.
pub(crate) fn rows<'a>(features: impl IntoIterator<Item = &'a spatial::Feature>) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: HashMap<(Layer, i64), usize> = HashMap::new();
    for feature in features {
        let row = Row::of(feature)?;
        match places.entry((row.key.layer, row.fid)) {
            Entry::Vacant(place) => {
                place.insert(rows.len());
                rows.push(row);
            }
            Entry::Occupied(place) => {
                if let Some(older) = rows.get_mut(*place.get()) {
                    same_key(&row, &older.key.source, &older.key.source_id)?;
                    *older = row;
                }
            }
        }
    }
    Ok(rows)
}

/// Writes all rows, unseen; `head` is the newest revision so far.
pub(crate) fn all(rows: impl Iterator<Item = Row>, head: u64) -> Plan {
    let mut plan = Plan { done: Upserted { revision: head, ..Upserted::default() }, ..Plan::default() };
    for row in rows {
        plan.done.added += 1;
        plan.done.revision += 1;
        plan.writes.push((row, i64::try_from(plan.done.revision).unwrap_or(i64::MAX)));
    }
    plan
}

/// Decides which rows to write; `head` is the newest revision so far.
pub(crate) fn plan(rows: Vec<Row>, known: &Knowledge, head: u64) -> Result<Plan, Error> {
    let mut plan = Plan { done: Upserted { revision: head, ..Upserted::default() }, ..Plan::default() };
    for row in rows {
        match known.get(&(row.key.layer, row.fid)) {
            Some(old) => {
                same_key(&row, &old.source, &old.source_id)?;
                match (old.deleted, old.digest == row.digest) {
                    (true, _) => plan.done.added += 1,
                    (false, false) => plan.done.changed += 1,
                    (false, true) => {
                        plan.done.unchanged += 1;
                        continue;
                    }
                }
            }
            None => plan.done.added += 1,
        }
        plan.done.revision += 1;
        plan.writes.push((row, i64::try_from(plan.done.revision).unwrap_or(i64::MAX)));
    }
    Ok(plan)
}

/// Whether the feature of an expected revision is the one that is there: the revision to report when it is not.
pub(crate) fn unexpected(known: Option<&Known>, expected: Option<u64>) -> Option<u64> {
    let revision = known.filter(|old| !old.deleted).map_or(0, |old| old.revision);
    expected.filter(|expected| *expected != revision).map(|_| revision)
}

/// What a put answers, after its plan was made.
pub(crate) fn put(known: Option<&Known>, plan: &Plan) -> Put {
    let revision = match plan.writes.first() {
        Some(_) => plan.done.revision,
        None => known.map_or(0, |old| old.revision),
    };
    Put::Stored { revision, created: plan.done.added > 0 }
}

/// What a remove answers when there is nothing to write; `None` when the row is to become a tombstone.
pub(crate) fn remove(known: Option<&Known>, expected: Option<u64>) -> Option<Removed> {
    match (known.filter(|old| !old.deleted), unexpected(known, expected)) {
        (None, _) => Some(Removed::Missing),
        (Some(_), Some(revision)) => Some(Removed::Conflict { revision }),
        (Some(_), None) => None,
    }
}

/// Refuses a number that stands for two keys: with 53 bits, one layer of a million features in 18,000 has such a pair.
fn same_key(row: &Row, source: &str, source_id: &str) -> Result<(), Error> {
    if row.key.source == source && row.key.source_id == source_id {
        return Ok(());
    }
    let other = FeatureKey { layer: row.key.layer, source: source.to_owned(), source_id: source_id.to_owned() };
    let why = format!("the keys {} and {} have the same number {}", say(&other), say(&row.key), row.fid);
    Err(Error::conflict("store features", why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn row(source_id: &str, digest: u8) -> Row {
        let key = FeatureKey::new(Layer::Houses, "t", source_id).unwrap();
        Row {
            key,
            fid: 7,
            geometry: vec![],
            properties: String::new(),
            attributes: String::new(),
            digest: vec![digest],
        }
    }

    fn known(source_id: &str, deleted: bool) -> Knowledge {
        let known = Known { source: "t".into(), source_id: source_id.into(), digest: vec![1], revision: 3, deleted };
        [((Layer::Houses, 7), known)].into_iter().collect()
    }

    #[test]
    fn only_what_differs_is_written() {
        let done = |row, known: &Knowledge| plan(vec![row], known, 9).unwrap().done;
        let nothing = Upserted { revision: 9, ..Upserted::default() };
        assert_eq!(done(row("a", 1), &Knowledge::new()), Upserted { added: 1, revision: 10, ..nothing });
        assert_eq!(done(row("a", 1), &known("a", false)), Upserted { unchanged: 1, ..nothing });
        assert_eq!(done(row("a", 2), &known("a", false)), Upserted { changed: 1, revision: 10, ..nothing });
        assert_eq!(done(row("a", 1), &known("a", true)), Upserted { added: 1, revision: 10, ..nothing });
    }

    #[test]
    fn a_number_of_two_keys_names_both() {
        let refusal = plan(vec![row("b", 1)], &known("a", false), 9).unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::Conflict);
        assert_eq!(refusal.to_string(), "store features: the keys houses/t/a and houses/t/b have the same number 7");
    }

    #[test]
    fn an_expected_revision_is_the_live_one() {
        let at =
            |known: Option<Knowledge>, expected| unexpected(known.as_ref().and_then(|k| k.values().next()), expected);
        assert_eq!(at(None, None), None);
        assert_eq!(at(None, Some(0)), None);
        assert_eq!(at(None, Some(1)), Some(0));
        assert_eq!(at(Some(known("a", false)), Some(3)), None);
        assert_eq!(at(Some(known("a", false)), Some(0)), Some(3));
        assert_eq!(at(Some(known("a", true)), Some(3)), Some(0));
    }
}
