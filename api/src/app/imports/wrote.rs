//! Which import wrote a row: the one that gave it its revision.

use std::sync::Arc;

use spatial::Layer;
use store::{EditedSince, Import, ImportState, Store};

/// Imports that are looked through, the newest: only some of them can be undone at all.
const LOOKED_THROUGH: u32 = 100;

/// The imports that gave rows of these layers their revisions, the newest first, and how many of the rows each.
pub(super) async fn wrote(store: &Arc<dyn Store>, rows: &[(Layer, u64)]) -> Result<Vec<(Import, usize)>, store::Error> {
    let mut all = Vec::new();
    for import in store.imports(LOOKED_THROUGH).await? {
        let Some((first, last)) = import.revisions.filter(|_| import.state == ImportState::Published) else { continue };
        let its = |(layer, revision): &&(Layer, u64)| {
            import.draft.layers.contains(layer) && (first..=last).contains(revision)
        };
        let rows = rows.iter().filter(its).count();
        if rows > 0 {
            all.push((import, rows));
        }
    }
    all.sort_by_key(|(import, _)| std::cmp::Reverse(import.id));
    Ok(all)
}

/// What is to be undone before an import over whose rows these edits were made: `; undo import 5 first`. Empty when no
/// import made them.
///
/// # Errors
/// When the store cannot be asked.
pub async fn undo_first(store: &Arc<dyn Store>, edited: &[EditedSince]) -> Result<String, store::Error> {
    let rows: Vec<(Layer, u64)> = edited.iter().map(|row| (row.key.layer, row.revision)).collect();
    let later = wrote(store, &rows).await?;
    let ids: Vec<String> = later.iter().map(|(import, _)| import.id.to_string()).collect();
    Ok(match &ids[..] {
        [] => String::new(),
        [one] => format!("; undo import {one} first"),
        several => format!("; undo imports {} first, in this order", several.join(", ")),
    })
}
