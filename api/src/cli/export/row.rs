//! A row on its way out: a feature of the registry, or what is made of people, units and incidents.

use std::borrow::Cow;

use dispatch::{Desk, HistoricIncident, Incident, Unit, UnitState};
use geo::Geometry;
use serde_json::Value as Json;
use spatial::noun::{FieldSpec, FieldType};
use spatial::people::Cell;
use spatial::{Feature, Layer, Noun, Position, Properties, Value};

use crate::app::rfc3339;
use crate::wire::{geojson_of, geojson_row};

/// What is not kept as a feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawn {
    id: String,
    geometry: Option<Geometry<f64>>,
    values: Properties,
}

/// One row.
pub(super) enum Row<'a> {
    /// Of the registry.
    Feature(&'a Feature),
    /// Of something else.
    Drawn(&'a Drawn),
}

const fn field(name: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { name, kind, required: false }
}

const PEOPLE: &[FieldSpec] = &[
    field("residents", FieldType::Int),
    field("households", FieldType::Int),
    field("need_help", FieldType::Int),
    field("division", FieldType::Text),
];

const UNITS: &[FieldSpec] = &[
    field("kind", FieldType::Text),
    field("call_sign", FieldType::Text),
    field("org", FieldType::Text),
    field("division", FieldType::Text),
    field("skills", FieldType::Text),
    field("height_m", FieldType::Float),
    field("weight_t", FieldType::Float),
    field("duty", FieldType::Text),
    field("availability", FieldType::Text),
    field("channel", FieldType::Text),
];

const INCIDENTS: &[FieldSpec] = &[
    field("kind", FieldType::Text),
    field("priority", FieldType::Int),
    field("phase", FieldType::Text),
    field("reported_by", FieldType::Text),
    field("division", FieldType::Text),
    field("location_state", FieldType::Text),
    field("accuracy_m", FieldType::Float),
    field("reported_at", FieldType::Text),
    field("assigned_at", FieldType::Text),
    field("accepted_at", FieldType::Text),
    field("arrived_at", FieldType::Text),
    field("closed_at", FieldType::Text),
];

/// The fields of a layer's rows.
pub(super) fn fields(layer: Layer) -> &'static [FieldSpec] {
    match layer {
        Layer::People => PEOPLE,
        Layer::Units => UNITS,
        Layer::Incidents => INCIDENTS,
        Layer::Houses
        | Layer::Buildings
        | Layer::Enterprises
        | Layer::Cameras
        | Layer::Places
        | Layer::Roads
        | Layer::Water
        | Layer::Land
        | Layer::Grids
        | Layer::Jurisdictions
        | Layer::Residents => Noun::fields(layer),
    }
}

/// What of a dwelling lies inside its building, or names the door.
pub(super) const OF_ROOMS: [&str; 3] = ["floor", "room", "address_code"];

/// Takes it from a dwelling.
pub(super) fn to_the_building(feature: &mut Feature) {
    if let Noun::House(house) = &mut feature.noun {
        (house.floor, house.room, house.address_code) = (None, None, None);
    }
}

impl Row<'_> {
    /// Where it is; `None` where nobody knows.
    pub(super) fn geometry(&self) -> Option<&Geometry<f64>> {
        match self {
            Self::Feature(feature) => Some(&feature.geometry),
            Self::Drawn(drawn) => drawn.geometry.as_ref(),
        }
    }

    /// The place that stands for it.
    pub(super) fn position(&self) -> Option<Position> {
        match self {
            Self::Feature(feature) => feature.position(),
            Self::Drawn(drawn) => {
                let middle = geo::Centroid::centroid(drawn.geometry.as_ref()?)?;
                Position::new(middle.x(), middle.y()).ok()
            }
        }
    }

    /// All values, with `source`, `source_id` and `revision`.
    pub(super) fn values(&self) -> Cow<'_, Properties> {
        match self {
            Self::Feature(feature) => Cow::Owned(feature.full_properties()),
            Self::Drawn(drawn) => Cow::Borrowed(&drawn.values),
        }
    }

    /// What it has beyond the fields of its layer.
    pub(super) fn attributes(&self) -> Option<&Properties> {
        match self {
            Self::Feature(feature) => Some(feature.attributes.properties()),
            Self::Drawn(_) => None,
        }
    }

    /// As `GeoJSON`.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::Feature(feature) => geojson_of(feature),
            Self::Drawn(drawn) => geojson_row(&drawn.id, drawn.geometry.as_ref(), drawn.values.clone()),
        }
    }
}

/// Values of a row, one after the other.
struct Values(Properties);

impl Values {
    fn of(source: &str, id: &str, revision: u64) -> Self {
        let mut values = Properties::new();
        values.put("source", Value::Text(source.to_owned()));
        values.put("source_id", Value::Text(id.to_owned()));
        values.put("revision", Value::Int(i64::try_from(revision).unwrap_or(i64::MAX)));
        Self(values)
    }

    fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.put(name, Value::Text(value));
        }
        self
    }

    fn measure(mut self, name: &'static str, value: Option<f64>) -> Self {
        if let Some(number) = value {
            self.0.put(name, Value::Float(number));
        }
        self
    }

    fn number(mut self, name: &'static str, value: impl Into<Option<i64>>) -> Self {
        if let Some(number) = value.into() {
            self.0.put(name, Value::Int(number));
        }
        self
    }

    fn moment(self, name: &'static str, ms: Option<i64>) -> Self {
        self.text(name, ms.map(rfc3339).unwrap_or_default())
    }

    fn drawn(self, id: &str, geometry: Option<Geometry<f64>>) -> Drawn {
        Drawn { id: id.to_owned(), geometry, values: self.0 }
    }
}

fn point(position: Position) -> Geometry<f64> {
    geo::Point::new(position.lon(), position.lat()).into()
}

fn short(division: Option<spatial::codes::Division>) -> String {
    division.map(spatial::codes::Division::short).unwrap_or_default()
}

/// A published cell: counts of at least ten persons, as they are on the map.
pub(super) fn cell(cell: &Cell, revision: u64) -> Drawn {
    let id = format!("{}/{}/{}/{}", short(cell.division), cell.z, cell.x, cell.y);
    Values::of("published", &id, revision)
        .number("residents", i64::from(cell.residents))
        .number("households", i64::from(cell.households))
        .number("need_help", cell.need_help().map(i64::from))
        .text("division", short(cell.division))
        .drawn(&id, Some(cell.polygon().into()))
}

/// A unit at its home post: where it was on duty is no part of a file.
pub(super) fn unit(state: &UnitState) -> Drawn {
    let record = &state.record;
    roster(&record.clone().at_epoch(state.epoch), state.stream_version, state.availability().word())
}

/// A unit that no event speaks of yet.
pub(super) fn roster(unit: &Unit, revision: u64, availability: &str) -> Drawn {
    Values::of("onemap", &unit.id, revision)
        .text("kind", unit.kind.word())
        .text("call_sign", unit.call_sign.clone())
        .text("org", unit.org.clone())
        .text("division", short(unit.division))
        .text("skills", unit.skills.join(","))
        .measure("height_m", unit.size.height_m)
        .measure("weight_t", unit.size.weight_t)
        .text("duty", unit.duty.word())
        .text("availability", availability)
        .text("channel", unit.contact.channel.word())
        .drawn(&unit.id, unit.home.map(point))
}

/// An incident of the desk: what was said about it stays in the log.
pub(super) fn incident(incident: &Incident) -> Drawn {
    let (location, times) = (&incident.location, incident.times);
    let source = incident.source_ref.as_ref().map_or("onemap", |reference| reference.system.as_str());
    let mut values = Values::of(source, &incident.id, incident.version)
        .text("kind", incident.kind.word())
        .number("priority", i64::from(incident.priority.number()))
        .text("phase", incident.phase().word())
        .text("reported_by", incident.source.word())
        .text("division", short(location.division))
        .text("location_state", location.state.word())
        .moment("reported_at", times.reported)
        .moment("assigned_at", times.offered)
        .moment("accepted_at", times.accepted)
        .moment("arrived_at", times.arrived)
        .moment("closed_at", times.ended);
    if let Some(accuracy_m) = location.accuracy_m {
        values.0.put("accuracy_m", Value::Float(accuracy_m));
    }
    values.drawn(&incident.id, location.position.map(point))
}

/// An incident of the past.
pub(super) fn past(past: &HistoricIncident) -> Drawn {
    let known = past.milestones;
    Values::of(&past.source_system, &past.number, 0)
        .text("kind", past.kind.word())
        .number("priority", i64::from(past.priority.number()))
        .text("phase", if known.closed_ms.is_some() { "closed" } else { "" })
        .text("reported_by", past.source.word())
        .text("division", short(past.division))
        .moment("reported_at", Some(past.reported_ms))
        .moment("assigned_at", known.assigned_ms)
        .moment("accepted_at", known.accepted_ms)
        .moment("arrived_at", known.arrived_ms)
        .moment("closed_at", known.closed_ms)
        .drawn(&past.number, past.position.map(point))
}

/// Units of the desk and, after them, those of the roster that the log does not know yet.
pub(super) fn units(desk: &Desk, known: &[Unit]) -> Vec<Drawn> {
    let new = known.iter().filter(|unit| desk.unit(&unit.id).is_none());
    desk.units().map(|state| unit(state)).chain(new.map(|unit| roster(unit, 0, ""))).collect()
}
