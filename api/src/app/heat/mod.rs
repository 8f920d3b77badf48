//! Heat: how densely what people report, and who lives here, lies on the ground; in tiles of one scale.

mod past;
mod tiles;

use std::collections::BTreeSet;
use std::sync::Arc;

use dispatch::IncidentKind;
use moka::future::Cache;
use spatial::Layer;
use spatial::heat::{Field, Window, residents};

use super::App;
use super::cache::TileCache;
use crate::auth::{Caller, Refusal, Scope, Sight, policy};
use crate::http::problem::Problem;
use past::HeatPast;
pub use tiles::{HeatForm, HeatTile};

/// Fields that are kept, bytes of their masses; the least used go first.
const FIELD_BYTES: u64 = 64 * 1024 * 1024;
/// Tiles of heat that are kept, bytes, compressed.
const TILE_BYTES: u64 = 64 * 1024 * 1024;

/// What heat is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeatOf {
    /// What people reported.
    Incidents,
    /// Who lives where, by the published cells.
    People,
}

/// Which heat.
#[derive(Debug, Clone)]
pub struct HeatAsked {
    /// Of what.
    pub of: HeatOf,
    /// First day, counted from 1970-01-01; the first that is known when left out. Incidents only.
    pub from: Option<i32>,
    /// Last day, counted; the last that is over when left out.
    pub to: Option<i32>,
    /// Kinds that count; all when left out.
    pub kinds: Option<BTreeSet<IncidentKind>>,
    /// How far each is spread, metres.
    pub radius_m: u32,
}

/// A field with what it was made of.
#[derive(Debug, Clone)]
pub struct Heat {
    /// Where how much is.
    pub field: Arc<Field>,
    /// What stands behind it; none for people.
    pub days: Option<HeatDays>,
}

/// The days behind a field, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeatDays {
    /// First and last day that were asked for, or that are known; none when nothing is known.
    pub asked: Option<(i32, i32)>,
    /// First and last day that are known.
    pub known: Option<(i32, i32)>,
    /// Of all that was reported in those days, everywhere and of every kind, how much is told, percent.
    pub told_percent: Option<u8>,
}

/// What was read, the fields that were made of it, and their tiles.
pub struct Heats {
    past: Cache<i32, Arc<HeatPast>>,
    fields: Cache<String, Arc<Field>>,
    tiles: TileCache,
}

impl Default for Heats {
    fn default() -> Self {
        let bytes = |key: &String, field: &Arc<Field>| {
            u32::try_from(key.len() + field.len() * size_of::<[f64; 5]>() + 64).unwrap_or(u32::MAX)
        };
        Self {
            past: past::cache(),
            fields: Cache::builder().max_capacity(FIELD_BYTES).weigher(bytes).build(),
            tiles: TileCache::new(TILE_BYTES),
        }
    }
}

/// A field by the name of everything that it depends on; two callers who see the same have one.
struct Named {
    key: String,
    days: Option<HeatDays>,
    make: Box<dyn FnOnce() -> Field + Send>,
}

impl HeatOf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Incidents, Self::People];

    /// The word in paths.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::People => "people",
        }
    }

    /// Whether the caller may see it: heat of incidents who may plan, of people who sees the cells.
    pub fn in_sight(self, caller: &Caller) -> Result<(), Refusal> {
        match self {
            Self::Incidents => caller.must_be(policy::HEAT),
            Self::People => Sight::of(caller, Layer::People).map(|_| ()),
        }
    }
}

impl App {
    /// The field that is asked for, in the caller's part of the city.
    pub async fn heat(&self, caller: &Caller, asked: &HeatAsked) -> Result<Heat, Problem> {
        let named = self.named(caller, asked).await?;
        let days = named.days;
        Ok(Heat { field: self.field(named).await, days })
    }

    async fn field(&self, named: Named) -> Arc<Field> {
        let Named { key, make, .. } = named;
        // Made once even when many ask at the same moment, on the threads of heat's tiles.
        self.heats.fields.get_with(key, async { Arc::new(self.heats.tiles.aside(make).await) }).await
    }

    async fn named(&self, caller: &Caller, asked: &HeatAsked) -> Result<Named, Problem> {
        asked.of.in_sight(caller)?;
        match asked.of {
            HeatOf::Incidents => Ok(incidents(self.heat_past().await?, caller.scope.clone(), asked)),
            HeatOf::People => self.people_field(caller, asked.radius_m),
        }
    }

    fn people_field(&self, caller: &Caller, radius_m: u32) -> Result<Named, Problem> {
        let sight = Sight::of(caller, Layer::People)?;
        let still = self.world.still();
        let key = format!("people {} {} {radius_m}", still.version(Layer::People), sight.key());
        let make = move || {
            let cells = still.layer_or_empty(Layer::People);
            Field::new(residents(&cells, |row| sight.holds(cells.division(row))), f64::from(radius_m))
        };
        Ok(Named { key, days: None, make: Box::new(make) })
    }
}

fn incidents(past: Arc<HeatPast>, scope: Scope, asked: &HeatAsked) -> Named {
    let known = past.sums.days();
    let days = known.map(|(first, last)| (asked.from.unwrap_or(first), asked.to.unwrap_or(last)));
    let bit = |(n, kind): (usize, &IncidentKind)| {
        let wanted = asked.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind));
        u32::from(wanted) << n
    };
    let kinds = IncidentKind::ALL.iter().enumerate().map(bit).fold(0, |all, bit| all | bit);
    let radius_m = asked.radius_m;
    let (from, to) = days.unwrap_or((0, -1));
    let key = format!("incidents {} {} {from} {to} {kinds} {radius_m}", past.digest, scope.codes().join(","));
    let told_percent = past.told_percent;
    let make = move || {
        let may_see = |division| scope.holds(division);
        let masses = past.sums.masses(&Window { from, to, kinds, may_see: &may_see });
        Field::new(masses, f64::from(radius_m))
    };
    Named { key, days: Some(HeatDays { asked: days, known, told_percent }), make: Box::new(make) }
}
