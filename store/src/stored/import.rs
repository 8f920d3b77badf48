//! An import as a row.

use spatial::{Feature, FeatureKey, Layer};
use sqlx::FromRow;

use super::feature::{Columns, feature, layer, say};
use super::number::{signed, unsigned};
use crate::imports::{ChunkDigest, GONE_NAMED, GONE_SOURCES};
use crate::{Differing, EditedSince, Error, Gone, Import, ImportDraft, ImportState};

const READ: &str = "read imports";

/// What is selected of an import, in the order in which [`Stored`] reads it.
macro_rules! columns {
    () => {
        "id, layers, source, crs, file, bytes, sha256, who, state, started_ms, ended_ms, added, changed, unchanged, gone,
         first_revision, last_revision, undoable, report"
    };
}
pub(crate) use columns;

/// An import as it is read from a row.
pub(crate) struct Stored(pub(crate) Import);

impl<'r, R> FromRow<'r, R> for Stored
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    bool: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let number = |at: usize| row.try_get::<i64, _>(at).map(unsigned);
        let broken = |error: Error| sqlx::Error::Decode(error.to_string().into());
        let draft = ImportDraft {
            layers: layers(&row.try_get::<String, _>(1)?).map_err(broken)?,
            source: row.try_get(2)?,
            crs: row.try_get(3)?,
            file: row.try_get(4)?,
            bytes: number(5)?,
            sha256: row.try_get(6)?,
            who: row.try_get(7)?,
        };
        let (first, last) = (number(15)?, number(16)?);
        Ok(Self(Import {
            id: number(0)?,
            draft,
            state: state(&row.try_get::<String, _>(8)?).map_err(broken)?,
            started_ms: row.try_get(9)?,
            ended_ms: row.try_get(10)?,
            done: Differing { added: number(11)?, changed: number(12)?, unchanged: number(13)?, gone: number(14)? },
            revisions: (last > 0).then_some((first, last)),
            undoable: row.try_get(17)?,
            report: row.try_get(18)?,
        }))
    }
}

/// Layers as one text.
pub(crate) fn joined(layers: &[Layer]) -> String {
    layers.iter().map(|layer| layer.name()).collect::<Vec<_>>().join(",")
}

fn layers(text: &str) -> Result<Vec<Layer>, Error> {
    text.split(',').filter(|name| !name.is_empty()).map(layer).collect()
}

fn state(word: &str) -> Result<ImportState, Error> {
    let all = [ImportState::Staging, ImportState::Published, ImportState::Undone, ImportState::Failed];
    let found = all.into_iter().find(|state| state.word() == word);
    found.ok_or_else(|| Error::corrupt(READ, format!("there is no state {word:?}")))
}

/// Chunks that are staged, as the tables have them.
pub(crate) fn chunks(rows: Vec<(i64, Vec<u8>)>) -> Vec<(u32, ChunkDigest)> {
    let known = |(number, digest): (i64, Vec<u8>)| Some((u32::try_from(number).ok()?, digest.try_into().ok()?));
    rows.into_iter().filter_map(known).collect()
}

/// Place of a row among those staged: in the order of the file.
pub(crate) fn place(chunk: u32, row: usize) -> i64 {
    (i64::from(chunk) << 20) + signed(row as u64)
}

/// A changed row: layer, source, source id; revision, geometry, properties, attributes as they are; the same three as
/// they would be.
pub(crate) type Pair = (String, String, String, i64, Vec<u8>, String, String, Vec<u8>, String, String);

/// Both features of a changed row.
pub(crate) fn pair(columns: Pair) -> Result<(Feature, Feature), Error> {
    let (layer, source, id, revision, geometry, fields, bag, new_geometry, new_fields, new_bag) = columns;
    let row = |revision, geometry, fields, bag| -> Columns {
        (layer.clone(), source.clone(), id.clone(), revision, geometry, fields, bag)
    };
    let old = feature(row(revision, geometry, fields, bag))?;
    Ok((old, feature(row(0, new_geometry, new_fields, new_bag))?))
}

/// Selects the sources of rows and the first rows of each: `from` is what follows the word, with the rows as `f`.
pub(crate) fn gone_of(from: &str) -> String {
    format!(
        "select source, source_id, number from
             (select f.source, f.source_id, count(*) over (partition by f.source) as number,
                     dense_rank() over (order by f.source) as nth,
                     row_number() over (partition by f.source order by f.layer, f.source_id) as place
              from {from}) named
         where nth <= {GONE_SOURCES} and place <= {GONE_NAMED} order by source, place"
    )
}

/// What that selected.
pub(crate) fn gone(rows: Vec<(String, String, i64)>) -> Vec<Gone> {
    let mut all: Vec<Gone> = Vec::new();
    for (source, id, number) in rows {
        match all.last_mut().filter(|gone| gone.source == source) {
            Some(gone) => gone.first.push(id),
            None => all.push(Gone { source, rows: unsigned(number), first: vec![id] }),
        }
    }
    all
}

/// Columns: `layer, source, source_id, revision, deleted`.
pub(crate) type EditedColumns = (String, String, String, i64, bool);

/// A row that was edited since its import.
pub(crate) fn edited((name, source, source_id, revision, removed): EditedColumns) -> Result<EditedSince, Error> {
    let key = FeatureKey { layer: layer(&name)?, source, source_id };
    Ok(EditedSince { key, revision: unsigned(revision), removed })
}

/// Columns: layer, number, and the two keys that share it.
pub(crate) type Clash = (String, i64, String, String, String, String);

/// The refusal of a number that stands for two keys.
pub(crate) fn clash((name, fid, source, source_id, other, other_id): Clash, doing: &'static str) -> Error {
    let Ok(layer) = layer(&name) else { return Error::corrupt(doing, format!("there is no layer {name:?}")) };
    let one = FeatureKey { layer, source: other, source_id: other_id };
    let two = FeatureKey { layer, source, source_id };
    Error::conflict(doing, format!("the keys {} and {} have the same number {fid}", say(&one), say(&two)))
}

/// The refusal of an import that is not in the state it should be in.
pub(crate) fn not_in(doing: &'static str, id: u64, found: Option<&Import>) -> Error {
    match found {
        None => Error::not_found(doing, format!("there is no import {id}")),
        Some(import) if import.state == ImportState::Published && import.revisions.is_none() => {
            Error::conflict(doing, format!("import {id} changed nothing, so there is nothing to undo"))
        }
        Some(import) if import.state == ImportState::Published && !import.undoable => {
            Error::conflict(doing, format!("what import {id} replaced is no longer kept"))
        }
        Some(import) => Error::conflict(doing, format!("import {id} is {}", import.state.word())),
    }
}
