//! What is to be said of an import, and how the store keeps it.

use std::collections::BTreeMap;

use geo::{Coord, CoordsIter, Geometry};
use intake::Report;
use serde::{Deserialize, Serialize};
use spatial::{Feature, Layer};
use store::{Difference, Differing, Gone};

/// Refused rows that a kept report names; all are counted.
pub(super) const NAMED: usize = 1_000;
/// Longest reason that a kept report has, characters.
const LONGEST: usize = 300;

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Line where it begins, from 1; none for formats without lines.
    pub line: Option<u64>,
    /// Byte where it begins, from 0; in a zip, of the file inside. For formats with lines only of a row that is not the
    /// first on its line.
    #[serde(default)]
    pub offset: Option<u64>,
    /// Its id in the source.
    pub id: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// A row that was taken after its drawing was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendedRow {
    /// As in [`RefusedRow`].
    pub line: Option<u64>,
    /// As in [`RefusedRow`].
    pub offset: Option<u64>,
    /// Its id in the source.
    pub id: String,
    /// What was done, in words.
    pub what: String,
}

/// What the file as a whole is suspected of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspected {
    /// Which: `axes_swapped`, `shifted`…
    pub code: String,
    /// What was seen and what may be the cause.
    pub words: String,
    /// The numbers behind it, by name; lengths in metres.
    pub evidence: BTreeMap<String, f64>,
}

impl From<intake::Suspicion> for Suspected {
    fn from(found: intake::Suspicion) -> Self {
        let evidence = found.evidence.into_iter().map(|(name, number)| (name.to_owned(), number)).collect();
        Self { code: found.code.word().to_owned(), words: short(found.words), evidence }
    }
}

/// Rows of one source that the file, said to be complete, does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneRows {
    /// Whose.
    pub source: String,
    /// How many.
    pub rows: u64,
    /// Source ids of the first five.
    pub first: Vec<String>,
}

/// What was read of a file; kept with its import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// Rows seen.
    pub read: u64,
    /// Rows taken.
    pub accepted: u64,
    /// Rows refused.
    pub rejected: u64,
    /// How many were refused for which reason.
    pub by_reason: BTreeMap<String, u64>,
    /// The first 1,000 refused rows.
    pub rejects: Vec<RefusedRow>,
    /// Rows taken after they were mended.
    pub repaired: u64,
    /// The first 100 of them.
    pub repairs: Vec<MendedRow>,
    /// What the file as a whole is suspected of.
    pub suspicions: Vec<Suspected>,
    /// The file ends in the middle of a row.
    pub truncated: bool,
    /// What else is to be said.
    pub notes: Vec<String>,
    /// Taken rows by the name of their layer.
    pub by_layer: BTreeMap<String, u64>,
    /// What is gone, of at most 20 sources; only when the file is said to be complete.
    pub gone: Vec<GoneRows>,
    /// Why nothing came of it.
    pub failed: Option<String>,
}

impl ImportReport {
    /// What a reader says, bounded. It has at most 200 reasons and 100 notes by itself.
    pub(super) fn of(report: Report, by_layer: &BTreeMap<Layer, u64>) -> Self {
        let row = |row: intake::Rejected| RefusedRow {
            line: row.line,
            offset: row.offset,
            id: row.id.map(short),
            reason: short(row.reason),
        };
        let mended = |row: intake::Repaired| MendedRow {
            line: row.line,
            offset: row.offset,
            id: short(row.id),
            what: short(row.what),
        };
        Self {
            read: report.read,
            accepted: report.accepted,
            rejected: report.rejected,
            by_reason: report.by_reason,
            rejects: report.rejects.into_iter().take(NAMED).map(row).collect(),
            repaired: report.repaired,
            repairs: report.repairs.into_iter().map(mended).collect(),
            suspicions: report.suspicions.into_iter().map(Suspected::from).collect(),
            truncated: report.truncated,
            notes: report.notes,
            by_layer: by_layer.iter().map(|(layer, rows)| (layer.name().to_owned(), *rows)).collect(),
            gone: Vec::new(),
            failed: None,
        }
    }

    /// The same, with what is gone by it.
    pub(super) fn without(&self, gone: &[Gone]) -> Self {
        let rows = |gone: &Gone| GoneRows { source: gone.source.clone(), rows: gone.rows, first: gone.first.clone() };
        Self { gone: gone.iter().map(rows).collect(), ..self.clone() }
    }

    /// Turns a taken row into a refused one: it cannot be stored.
    pub(super) fn refuse(&mut self, key: &spatial::FeatureKey, why: &store::Error) {
        self.accepted = self.accepted.saturating_sub(1);
        self.rejected += 1;
        *self.by_reason.entry("cannot be stored".to_owned()).or_default() += 1;
        if self.rejects.len() < NAMED {
            let (id, reason) = (Some(short(key.source_id.clone())), short(why.to_string()));
            self.rejects.push(RefusedRow { line: None, offset: None, id, reason });
        }
    }

    /// As the store keeps it.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the store has kept; nothing when another version wrote it.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

pub(super) fn short(text: String) -> String {
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// What an import is of; the store keeps it of what was published, nobody else of a preview.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Name of the file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Who says so.
    pub source: String,
    /// Coordinate system of the file.
    pub crs: String,
    /// Who imports it.
    pub who: String,
    /// When it began, milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended; only of a preview.
    pub ended_ms: i64,
}

/// What became of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOutcome {
    /// Its number.
    pub id: u64,
    /// What it is of.
    pub about: About,
    /// What was read.
    pub report: ImportReport,
    /// What it changed in the registry, or would.
    pub done: Differing,
    /// The registry's revision after it, when it changed anything.
    pub revision: Option<u64>,
    /// Chunks that an earlier run had staged.
    pub resumed: u32,
    /// Nothing was published: only a preview was asked for.
    pub dry_run: bool,
    /// Some of the changed rows of a preview: as they are, and as they would be.
    pub changes: Vec<(Feature, Feature)>,
}

impl ImportOutcome {
    pub(super) fn compared(mut self, difference: Difference) -> Self {
        self.report = self.report.without(&difference.gone);
        self.done = difference.counts;
        self.changes = difference.changed;
        self
    }
}

/// A field of a row that would be different.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Which; `geometry` for the shape.
    pub field: String,
    /// As it is; nothing when it has none.
    pub old: Option<spatial::Value>,
    /// As it would be.
    pub new: Option<spatial::Value>,
}

/// The fields in which two forms of a row differ.
pub fn changed_fields(old: &Feature, new: &Feature) -> Vec<FieldChange> {
    let (before, after) = (old.properties(), new.properties());
    let mut changes = Vec::new();
    if old.geometry != new.geometry {
        let place = |feature: &Feature| {
            let at = feature.position()?;
            Some(spatial::Value::Text(format!("{:.7} {:.7}", at.lon(), at.lat())))
        };
        let (from, mut to) = (place(old), place(new));
        if from == to
            && let Some(spatial::Value::Text(text)) = &mut to
        {
            *text = format!("{text} ({})", moved(&old.geometry, &new.geometry));
        }
        changes.push(FieldChange { field: "geometry".to_owned(), old: from, new: to });
    }
    for (name, value) in before.iter() {
        if after.get(name) != Some(value) {
            let change =
                FieldChange { field: name.to_owned(), old: Some(value.clone()), new: after.get(name).cloned() };
            changes.push(change);
        }
    }
    for (name, value) in after.iter().filter(|(name, _)| before.get(name).is_none()) {
        changes.push(FieldChange { field: name.to_owned(), old: None, new: Some(value.clone()) });
    }
    changes
}

/// What differs between two shapes that are printed as the same place.
fn moved(old: &Geometry<f64>, new: &Geometry<f64>) -> &'static str {
    let (before, after): (Vec<Coord<f64>>, Vec<Coord<f64>>) =
        (old.coords_iter().collect(), new.coords_iter().collect());
    // About a centimetre of latitude.
    let near = |(a, b): (&Coord<f64>, &Coord<f64>)| (a.x - b.x).abs() < 1e-7 && (a.y - b.y).abs() < 1e-7;
    if std::mem::discriminant(old) != std::mem::discriminant(new) {
        "another kind of shape"
    } else if before.len() != after.len() {
        "more or fewer points"
    } else if before.iter().zip(&after).all(near) {
        "by less than a centimetre"
    } else if before.iter().all(|point| after.contains(point)) {
        "the same points in another order"
    } else {
        "another outline"
    }
}

#[cfg(test)]
mod tests {
    use spatial::{FeatureKey, Properties};

    use super::*;

    fn land(points: &[(f64, f64)]) -> Feature {
        let key = FeatureKey::new(Layer::Land, "t", "1").unwrap();
        let ring = geo::LineString::from(points.to_vec());
        Feature::new(key, geo::Polygon::new(ring, Vec::new()).into(), Properties::new()).unwrap()
    }

    #[test]
    fn a_change_that_looks_like_none_says_what_it_is() {
        let square = [(120.0, 28.0), (121.0, 28.0), (121.0, 29.0), (120.0, 29.0), (120.0, 28.0)];
        let mut turned = square;
        turned.reverse();
        let mut beside = square;
        beside[1].0 += 1e-9;
        for (other, expect) in [(turned, "the same points in another order"), (beside, "by less than a centimetre")] {
            let change = changed_fields(&land(&square), &land(&other)).remove(0);
            let words = change.new.map(|value| value.to_string()).unwrap_or_default();
            assert!(words.ends_with(&format!("({expect})")), "{words}");
        }
    }
}
