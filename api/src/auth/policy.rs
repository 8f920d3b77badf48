//! The policy table: who may see which layer, which part of it, and which fields. Decided here and nowhere else.
//!
//! A caller's [`Sight`] of a layer is a value: canonical scope and field mask. Its key is part of every cache key and
//! ETag, so that two people with different rights never share a tile.

use spatial::Layer;
use spatial::codes::Division;

use super::caller::Caller;
use super::roles::Role;
use super::roles::Role::{
    Analyst, Auditor, Dispatcher, Gateway, Lead, Planner, Secadmin, Station, Sysadmin, Unit, WallGuest, WallOps,
};
use super::scope::Scope;

/// Why a caller is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The role does not have this right.
    Role,
    /// The thing lies outside the caller's part of the city.
    Scope,
}

/// One line of the table.
struct Rule {
    layer: Layer,
    /// Who may see it.
    roles: &'static [Role],
    /// Whether only the part inside the caller's scope is seen. Ground, streets and public places are the same for
    /// everybody: the nearest hospital may lie across the border.
    scoped: bool,
    /// Fields that nobody sees in tiles, answers or exports.
    hidden: &'static [&'static str],
    /// Fields that only these roles see.
    restricted: &'static [(&'static str, &'static [Role])],
}

impl Rule {
    fn hidden(&self, caller: &Caller) -> Vec<&'static str> {
        let restricted = self.restricted.iter().filter(|(_, roles)| !caller.is(roles)).map(|(field, _)| *field);
        self.hidden.iter().copied().chain(restricted).collect()
    }
}

/// The fields of a layer that the caller would not see, whether or not the layer is in sight: what a filter may not name.
pub fn hidden(caller: &Caller, layer: Layer) -> Vec<&'static str> {
    TABLE.iter().find(|rule| rule.layer == layer).map(|rule| rule.hidden(caller)).unwrap_or_default()
}

const EVERYBODY: &[Role] =
    &[WallOps, WallGuest, Dispatcher, Lead, Station, Unit, Planner, Analyst, Auditor, Secadmin, Sysadmin];
const ON_THE_MAP: &[Role] = &[WallOps, WallGuest, Dispatcher, Lead, Station, Unit, Planner, Analyst];
const IN_THE_ROOM: &[Role] = &[WallOps, Dispatcher, Lead, Station, Unit, Planner, Analyst];

/// The table. A layer without a line is seen by nobody: resident counts have none, and never will.
const TABLE: &[Rule] = &[
    Rule { layer: Layer::Roads, roles: EVERYBODY, scoped: false, hidden: &["nodes"], restricted: &[] },
    Rule { layer: Layer::Water, roles: EVERYBODY, scoped: false, hidden: &[], restricted: &[] },
    Rule { layer: Layer::Land, roles: EVERYBODY, scoped: false, hidden: &[], restricted: &[] },
    Rule { layer: Layer::Buildings, roles: EVERYBODY, scoped: false, hidden: &[], restricted: &[] },
    Rule { layer: Layer::Jurisdictions, roles: EVERYBODY, scoped: false, hidden: &[], restricted: &[] },
    Rule { layer: Layer::Places, roles: ON_THE_MAP, scoped: false, hidden: &[], restricted: &[] },
    Rule { layer: Layer::Grids, roles: ON_THE_MAP, scoped: true, hidden: &[], restricted: &[] },
    // A dwelling is known to building level; room and floor need a purpose bound to a task, which opens with letter I.
    Rule {
        layer: Layer::Houses,
        roles: IN_THE_ROOM,
        scoped: true,
        hidden: &["room", "floor", "address_code"],
        restricted: &[],
    },
    Rule { layer: Layer::Enterprises, roles: ON_THE_MAP, scoped: true, hidden: &[], restricted: &[] },
    Rule {
        layer: Layer::Cameras,
        roles: &[WallOps, Dispatcher, Lead, Station, Unit, Planner],
        scoped: true,
        hidden: &["stream"],
        restricted: &[
            ("device_id", &[Dispatcher, Lead, Station]),
            ("legal_basis", &[Dispatcher, Lead, Station, Planner]),
        ],
    },
    // The field unit's "own grid total" is a number, not this layer.
    Rule {
        layer: Layer::People,
        roles: &[WallOps, WallGuest, Dispatcher, Lead, Station, Planner, Analyst],
        scoped: true,
        hidden: &[],
        restricted: &[],
    },
    Rule {
        layer: Layer::Units,
        roles: &[WallOps, Dispatcher, Lead, Station, Unit],
        scoped: true,
        hidden: &[],
        restricted: &[],
    },
];

/// Who may search: whoever sees the city's places; each finds what the table above lets them see.
pub const SEARCHERS: &[Role] = ON_THE_MAP;
/// Who may write registry features, each inside the own scope.
pub const EDITORS: &[Role] = &[Lead, Dispatcher];
/// Who may import files.
pub const IMPORTERS: &[Role] = &[Lead, Sysadmin];
/// Who may report positions for units of the own scope; a [`Role::Unit`] reports for itself, a gateway for all.
pub const REPORTERS: &[Role] = &[Dispatcher, Lead, Station];
/// Who may change units of the own scope.
pub const ROSTER_EDITORS: &[Role] = &[Dispatcher, Lead, Station];
/// Who sees incidents exactly, in the own part of the city.
pub const INCIDENT_EXACT: &[Role] = &[WallOps, Dispatcher, Lead, Station];
/// Who sees what kind of incident is roughly where.
pub const INCIDENT_SNAPPED: &[Role] = &[WallGuest];
/// Who may take calls.
pub const INTAKE: &[Role] = &[Dispatcher, Lead, Station, Gateway];
/// Who may give orders.
pub const COMMANDERS: &[Role] = &[Dispatcher, Lead, Station];
/// Who sees closures, conditions and how far somebody comes: what is closed to traffic is known to all who move.
pub const SEE_GROUND: &[Role] = &[WallOps, WallGuest, Dispatcher, Lead, Station, Unit, Planner, Analyst];
/// Who may say what the surroundings are like; a gateway brings what stations measure.
pub const SAY_CONDITIONS: &[Role] = &[Dispatcher, Lead, Station, Gateway];
/// Who sees what units cover, in the own part of the city: counts, never where a unit stands.
pub const PLANNING: &[Role] = &[WallOps, Dispatcher, Lead, Station, Planner, Analyst];
/// Who sees how densely incidents were reported in the own part of the city: never fewer than three together. Guests see
/// those of now, roughly, and no past.
pub const HEAT: &[Role] = &[WallOps, Dispatcher, Lead, Station, Planner, Analyst];
/// Who sees how long what may take.
pub const SEE_TIMES: &[Role] = &[WallOps, Dispatcher, Lead, Station, Planner, Analyst, Auditor];
/// Who sees which units an incident asks for.
pub const SEE_RESPONSES: &[Role] = SEE_TIMES;
/// Who is told building by building how many people are registered in a zone of an open incident, in the own part of the
/// city; everybody else has the published cells.
pub const ZONE_COUNTS: &[Role] = &[Lead];
/// Who may say what became of a building in a zone: also the units that were sent there.
pub const MARK_BUILDINGS: &[Role] = &[Dispatcher, Lead, Station, Unit];
/// Who may publish plans, each inside the own scope; who may plan sees them.
pub const PUBLISHERS: &[Role] = &[Planner, Lead];
/// Who may watch any camera of the own part of the city, for a purpose that is named.
pub const WATCH: &[Role] = &[Dispatcher, Lead, Station];
/// Who may watch the cameras around an open incident of priority 1 or 2.
pub const WATCH_URGENT: &[Role] = &[WallOps];
/// Who may watch the cameras around the incident that the own unit is sent to.
pub const WATCH_IN_TASK: &[Role] = &[Unit];
/// Who sees what desks have put on walls: the walls themselves, and who sends.
pub const SEE_WALLS: &[Role] = &[WallOps, WallGuest, Dispatcher, Lead];
/// Who may put something on a wall, and take it back.
pub const SEND_TO_WALLS: &[Role] = &[Dispatcher, Lead];
/// Who may override: take over, reopen, end a distress.
pub const OVERRIDERS: &[Role] = &[Lead];
/// Who may see a caller's number, each time with an audit row.
pub const CALL_BACK: &[Role] = &[Dispatcher, Lead];
/// Who may read all of the audit.
pub const AUDITORS: &[Role] = &[Auditor];
/// Who may read the own rows of the audit.
pub const OWN_ROWS: &[Role] = &[Dispatcher, Lead, Station, Unit, Planner, Analyst, Secadmin, Auditor];
/// A machine that reports positions for all units.
pub const GATEWAYS: &[Role] = &[Gateway];

/// What a caller sees of a layer.
#[derive(Debug, Clone)]
pub struct Sight {
    layer: Layer,
    scope: Option<Scope>,
    hidden: Vec<&'static str>,
    key: String,
}

impl Sight {
    /// What `caller` sees of `layer`; refused when none of the roles may.
    pub fn of(caller: &Caller, layer: Layer) -> Result<Self, Refusal> {
        let rule = TABLE.iter().find(|rule| rule.layer == layer).ok_or(Refusal::Role)?;
        caller.must_be(rule.roles)?;
        let hidden = rule.hidden(caller);
        let scope = rule.scoped.then(|| caller.scope.clone());
        let key = key(scope.as_ref(), &hidden);
        Ok(Self { layer, scope, hidden, key })
    }

    /// The layer.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// Whether a thing in that division is seen.
    pub fn holds(&self, division: Option<Division>) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.holds(division))
    }

    /// Fields that are not seen.
    pub fn hidden(&self) -> &[&'static str] {
        &self.hidden
    }

    /// Text that stands for scope and mask: equal for callers who see the same.
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn key(scope: Option<&Scope>, hidden: &[&str]) -> String {
    let mut key = scope.map_or_else(|| "-".to_owned(), |scope| scope.codes().join(","));
    let mut fields = hidden.to_vec();
    fields.sort_unstable();
    for field in fields {
        key.push('|');
        key.push_str(field);
    }
    key
}

/// The layers that the caller may see, in the fixed order of [`Layer::ALL`].
pub fn layers_in_sight(caller: &Caller) -> Vec<Layer> {
    Layer::ALL.into_iter().filter(|layer| Sight::of(caller, *layer).is_ok()).collect()
}

/// Whether the caller may import. A file may speak of every place, so a lead must answer for the whole city; a sysadmin
/// loads data and sees none of it.
pub fn may_import(caller: &Caller) -> Result<(), Refusal> {
    caller.must_be(IMPORTERS)?;
    if caller.is(&[Sysadmin]) || caller.scope.is_whole_city() { Ok(()) } else { Err(Refusal::Scope) }
}

#[cfg(test)]
mod tests {
    use super::super::caller::tests::caller;
    use super::*;

    #[test]
    fn nobody_sees_resident_counts() {
        for role in Role::ALL {
            assert_eq!(Sight::of(&caller(role, "*"), Layer::Residents).err(), Some(Refusal::Role), "{}", role.word());
        }
    }

    #[test]
    fn the_matrix() {
        let sees = |role, layer| Sight::of(&caller(role, "330302"), layer).is_ok();
        assert!(sees(Dispatcher, Layer::Cameras) && sees(Lead, Layer::Houses) && sees(WallGuest, Layer::People));
        assert!(!sees(WallGuest, Layer::Cameras) && !sees(WallGuest, Layer::Units) && !sees(WallGuest, Layer::Houses));
        assert!(!sees(Unit, Layer::People) && !sees(Analyst, Layer::Cameras) && !sees(Planner, Layer::Units));
        for layer in [Layer::Houses, Layer::People, Layer::Enterprises, Layer::Cameras, Layer::Places, Layer::Units] {
            assert!(!sees(Auditor, layer) && !sees(Secadmin, layer) && !sees(Sysadmin, layer), "{}", layer.name());
        }
        for layer in Layer::ALL {
            assert!(!sees(Gateway, layer), "{}", layer.name());
        }
    }

    #[test]
    fn who_imports_answers_for_the_whole_city() {
        assert_eq!(may_import(&caller(Lead, "330300")), Ok(()));
        assert_eq!(may_import(&caller(Lead, "330302")), Err(Refusal::Scope));
        assert_eq!(may_import(&caller(Dispatcher, "330300")), Err(Refusal::Role));
        assert_eq!(may_import(&caller(Sysadmin, "330302")), Ok(()));
    }

    #[test]
    fn same_sight_same_key() {
        let key = |role, scope, layer| Sight::of(&caller(role, scope), layer).unwrap().key().to_owned();
        assert_eq!(key(Dispatcher, "330302", Layer::Houses), key(Planner, "330302", Layer::Houses));
        assert_ne!(key(Dispatcher, "330302", Layer::Houses), key(Dispatcher, "330303", Layer::Houses));
        assert_ne!(
            key(Dispatcher, "330302", Layer::Cameras),
            key(WallOps, "330302", Layer::Cameras),
            "device_id is masked"
        );
        assert_eq!(
            key(Dispatcher, "330302", Layer::Roads),
            key(Auditor, "330300", Layer::Roads),
            "ground is one for all"
        );
    }
}
