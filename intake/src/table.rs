//! Rows of a table to features: by the plan of its columns, mended, checked, counted, handed on.

use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};
use spatial::{Feature, FeatureKey, Layer, Properties, Value};

use crate::digits::KEPT;
use crate::mapping::Plan;
use crate::mend::{Mended, Mender};
use crate::problem::Problem;
use crate::report::At;
use crate::seen::Seen;
use crate::shape::RawShape;
use crate::suspect::Watch;
use crate::{Door, Flow, Report, Row};

/// What a table's rows have in common.
pub(crate) struct Table<'a> {
    pub(crate) layer: Layer,
    pub(crate) source: &'a str,
    pub(crate) door: &'a Door<'a>,
    pub(crate) plan: Plan,
    /// The format draws outlines clockwise.
    pub(crate) clockwise: bool,
    pub(crate) report: Report,
    pub(crate) watch: Watch,
    pub(crate) each: &'a mut dyn FnMut(Row) -> Flow,
    /// Where the first row of each number is: 24 bytes a row, the one thing that grows with the file.
    pub(crate) seen: Seen<At>,
    pub(crate) ids_made: u64,
    /// Cells that are whole numbers of more than 64 bits.
    pub(crate) digits: u64,
    pub(crate) mended: Mended,
}

/// A row as its format has it.
pub(crate) struct RawRow<'c> {
    pub(crate) at: At,
    /// The format's own id of the row, if it has one that lasts.
    pub(crate) id: Option<String>,
    /// The geometry beside the cells, with the flag whether it has heights; `None` when it is in them.
    pub(crate) shape: Option<Result<(RawShape, bool), Problem>>,
    pub(crate) cells: &'c [Option<Value>],
}

impl Table<'_> {
    /// Checks a row and hands it on.
    pub(crate) fn row(&mut self, row: RawRow<'_>) -> Flow {
        let (at, mut id) = (row.at, None);
        match self.feature(row, &mut id) {
            Ok(feature) => {
                self.report.accept();
                self.watch.place(&feature);
                (self.each)(Row::Good(feature))
            }
            Err(problem) => self.refuse(at, id, problem),
        }
    }

    /// Hands on a row that could not even be taken apart.
    pub(crate) fn refuse(&mut self, at: At, id: Option<String>, problem: Problem) -> Flow {
        let rejected = self.report.reject(Some(at), id, problem);
        (self.each)(Row::Bad(rejected))
    }

    fn feature(&mut self, row: RawRow<'_>, known_id: &mut Option<String>) -> Result<Feature, Problem> {
        let RawRow { at, id, shape, cells } = row;
        let given = self.plan.id(cells)?.or(id);
        known_id.clone_from(&given);
        let (raw, heights) = match (self.plan.shape(cells), shape) {
            (Ok(Some(found)), _) => {
                if let Some(srid) = found.srid {
                    self.watch.said(&format!("epsg:{srid}"));
                }
                (found.shape, found.heights)
            }
            (Ok(None), Some(shape)) => shape?,
            (Ok(None), None) => return Err(Problem::plain("the row has no geometry")),
            (Err(problem), _) => return Err(problem),
        };
        self.watch.see(raw.first());
        let properties = self.plan.properties(cells)?;
        let id = given.clone().unwrap_or_else(|| made(&raw, &properties));
        *known_id = Some(id.clone());
        let source = self.plan.source(cells).unwrap_or_else(|| self.source.to_owned());
        let key = FeatureKey::new(self.layer, source, id)?;
        let mut mender = Mender::new(self.door, self.clockwise);
        mender.mended.heights += u64::from(heights);
        let geometry = mender.shape(raw)?;
        let (feature, settled) = Feature::settled(key, geometry, properties)?;
        mender.mended.settled(settled);
        match self.seen.entry(feature.fid()) {
            Entry::Vacant(empty) => drop(empty.insert(at)),
            Entry::Occupied(first) => {
                let first = first.get();
                return Err(match given {
                    Some(_) => Problem::grouped(format!("has the id of {first}"), "has the id of an earlier row"),
                    None => Problem::grouped(format!("says the same as {first}"), "says the same as an earlier row"),
                });
            }
        }
        self.ids_made += u64::from(given.is_none());
        self.report.repair(at, &feature.key.source_id, &mender.mended);
        self.mended += mender.mended;
        Ok(feature)
    }

    /// The sum, when no row is left.
    pub(crate) fn finish(mut self) -> Report {
        self.report.note_count("rows without an id, so that a changed row is a new one", self.ids_made);
        self.report.note_count(KEPT, self.digits);
        self.report.note_mended(&self.mended);
        self.report.suspicions = self.watch.suspicions();
        self.report
    }
}

/// An id made of what a row says: the same as long as it says the same.
fn made(shape: &RawShape, properties: &Properties) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{shape:?}"));
    let mut all: Vec<(&str, &Value)> = properties.iter().collect();
    all.sort_by_key(|(name, _)| *name);
    for (name, value) in all {
        let value = value.to_string();
        for part in [name, &value] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().take(12).fold("h".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
