//! Where rows go: checked, counted, handed on.

use geo::Geometry;
use spatial::{Feature, FeatureKey, Layer, Noun, Properties};

use super::unfit::Unfit;
use crate::mend::Mended;
use crate::problem::Problem;
use crate::seen::Numbers;
use crate::{Flow, Report, Row, rings};

/// The source of every row.
const SOURCE: &str = "osm";

/// Hands rows to the caller until the caller has enough.
pub(super) struct Sink<'a> {
    pub(super) report: Report,
    pub(super) each: &'a mut dyn FnMut(Row) -> Flow,
    pub(super) mended: Mended,
    /// The rows that were taken, by number: some 16 bytes each.
    seen: Numbers,
    /// Texts that were left out.
    unfit: Unfit,
}

impl<'a> Sink<'a> {
    pub(super) fn new(each: &'a mut dyn FnMut(Row) -> Flow) -> Self {
        Self {
            report: Report::default(),
            each,
            mended: Mended::default(),
            seen: Numbers::default(),
            unfit: Unfit::default(),
        }
    }
}

impl Sink<'_> {
    /// A feature, if it passes the checks of its layer; `id` is `n123`, `w123` or `r123`. Answers whether its outline passed
    /// the checks of areas.
    pub(super) fn put(&mut self, layer: Layer, id: &str, geometry: Geometry<f64>, mut properties: Properties) -> bool {
        if self.report.stopped {
            return true;
        }
        if let Err(problem) = rings::check_outlines(&geometry) {
            self.report.stopped = self.refuse(id, problem).is_break();
            return false;
        }
        self.mended.settled(Noun::settle(layer, &mut properties));
        if layer == Layer::Houses {
            // What an address says of the inside goes nowhere: nobody's register of rooms is read here.
            drop((properties.take("room"), properties.take("floor")));
        }
        self.unfit.leave_out(id, &mut properties);
        let feature = FeatureKey::new(layer, SOURCE, id).and_then(|key| Feature::new(key, geometry, properties));
        let flow = match feature {
            Ok(feature) if !self.seen.insert(feature.fid()) => self.refuse(id, again(layer)),
            Ok(feature) => {
                self.report.accept();
                (self.each)(Row::Good(feature))
            }
            Err(error) => self.refuse(id, Problem::from(error)),
        };
        self.report.stopped = flow.is_break();
        true
    }

    /// An object of that id has made a row of the layer, or is kept to make one.
    pub(super) fn again(&mut self, layer: Layer, id: &str) {
        self.bad(id, again(layer));
    }

    /// The sum, when no object is left.
    pub(super) fn finish(mut self) -> Report {
        self.unfit.write(&mut self.report);
        self.report.note_mended(&self.mended);
        self.report
    }

    /// Something that cannot be read.
    pub(super) fn bad(&mut self, what: &str, problem: Problem) {
        if !self.report.stopped {
            self.report.stopped = self.refuse(what, problem).is_break();
        }
    }

    fn refuse(&mut self, id: &str, problem: Problem) -> Flow {
        let rejected = self.report.reject(None, Some(id.to_owned()), problem);
        (self.each)(Row::Bad(rejected))
    }
}

/// Why a second object of one id is refused: extracts that were put together may hold it as it was at two times.
fn again(layer: Layer) -> Problem {
    Problem::plain(format!("has the id of an earlier one of {}", layer.name()))
}
