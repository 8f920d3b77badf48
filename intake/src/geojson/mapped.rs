//! A mapping over properties: what it names is taken from a row first, then the rest is kept, left or refused.

use serde_json::{Map, Value};
use spatial::{Layer, Properties};

use super::rows::{NOT_FACTS, fact, facts};
use crate::mapping::{Others, Places, Plan};
use crate::problem::Problem;
use crate::{IntakeError, Mapping, Report};

/// A mapping made ready for rows whose properties are known only when they come.
pub(in crate::geojson) struct Mapped {
    plan: Plan,
    /// Properties that the mapping names, and whether a row had them.
    names: Vec<(String, bool)>,
    others: Others,
}

/// What the mapping found in a row: its id, and its properties so far.
pub(super) type Found = (Option<String>, Properties);

impl Mapped {
    /// The plan of a mapping for a layer.
    pub(super) fn new(mapping: &Mapping, layer: Layer) -> Result<Self, IntakeError> {
        if mapping.says_place() {
            let why = "the mapping has [geometry], and a GeoJSON feature has its own: leave it out";
            return Err(IntakeError::options("mapping", why));
        }
        let names = mapping.columns();
        let plan = Plan::new(Some(mapping), &names, layer, Places::Beside)?;
        let names = names.into_iter().map(|name| (name.trim().to_owned(), false)).collect();
        Ok(Self { plan, names, others: mapping.others() })
    }

    /// Takes what the mapping names out of a row's properties.
    pub(super) fn take(&mut self, properties: &mut Map<String, Value>) -> Result<Found, Problem> {
        let mut cells = Vec::with_capacity(self.names.len());
        for (at, (name, seen)) in self.names.iter_mut().enumerate() {
            let value = properties.remove(name.as_str());
            *seen |= value.is_some();
            // What is ignored is not looked at, whatever it holds.
            let value = value.filter(|_| self.plan.reads(at));
            cells.push(value.map(|value| fact(name, value)).transpose()?.flatten());
        }
        Ok((self.plan.id(&cells)?, self.plan.properties(&cells)?))
    }

    /// Adds the properties that the mapping does not name.
    pub(super) fn rest(&self, taken: Properties, rest: Map<String, Value>) -> Result<Properties, Problem> {
        match self.others {
            Others::Ignore => Ok(taken),
            Others::Refuse => match rest.keys().find(|name| !NOT_FACTS.contains(&name.as_str())) {
                Some(name) => {
                    Err(Problem::plain(format!("the mapping does not name the property {:?}", spatial::shown(name))))
                }
                None => Ok(taken),
            },
            Others::Keep => {
                let mut all = facts(rest)?;
                for (name, value) in taken.iter() {
                    all.put(name.to_owned(), value.clone());
                }
                Ok(all)
            }
        }
    }

    /// Says which names no row had.
    pub(super) fn tell(&self, report: &mut Report) {
        for (name, _) in self.names.iter().filter(|(_, seen)| !seen) {
            report.note(format!("the mapping names the property {name:?}, and no row has it"));
        }
    }
}
