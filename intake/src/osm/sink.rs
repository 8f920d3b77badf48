//! Where rows go: checked, counted, handed on.

use geo::Geometry;
use spatial::{Feature, FeatureKey, Layer, Noun, Properties};

use crate::mend::Mended;
use crate::problem::Problem;
use crate::{Flow, Report, Row, rings};

/// The source of every row.
const SOURCE: &str = "osm";

/// Hands rows to the caller until the caller has enough.
pub(super) struct Sink<'a> {
    pub(super) report: Report,
    pub(super) each: &'a mut dyn FnMut(Row) -> Flow,
    pub(super) mended: Mended,
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
        let feature = FeatureKey::new(layer, SOURCE, id).and_then(|key| Feature::new(key, geometry, properties));
        let flow = match feature {
            Ok(feature) => {
                self.report.accept();
                (self.each)(Row::Good(feature))
            }
            Err(error) => self.refuse(id, Problem::from(error)),
        };
        self.report.stopped = flow.is_break();
        true
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
