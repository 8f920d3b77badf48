//! Who may write which feature: decided by where the feature is, never by what it says of itself alone.

use spatial::codes::Division;
use spatial::{Feature, Layer, Position, reach};

use super::caller::Caller;
use super::policy::Refusal;
use super::roles::Role;

/// Layers that rights rest on: they say which place belongs to whom, so whoever draws them gives rights away.
pub const RIGHTS_REST_ON: &[Layer] = &[Layer::Jurisdictions, Layer::Grids];

/// Whether `caller` may write `feature`, as it is or as it is to be: ask for the stored one and for the new one.
///
/// - A layer that rights rest on is written by a lead whose scope is the whole city; any other lead is refused by
///   scope, everybody else by role.
/// - Any other feature must lie inside the caller's scope with all of its geometry ([`reach`]), and the division that
///   it names itself (a grid's code, a jurisdiction's) must lie there too.
/// - A sysadmin, who loads data and sees none of it, may write everything; what opens that door is the role check of the
///   path (edits do not let a sysadmin in).
///
/// `division` says which division a place lies in, by the borders that hold now. Imports do not ask this row by row:
/// [`may_import`](super::policy::may_import) lets in only who answers for the whole city.
pub fn may_write(
    caller: &Caller,
    feature: &Feature,
    division: impl Fn(Position) -> Option<Division>,
) -> Result<(), Refusal> {
    if caller.is(&[Role::Sysadmin]) {
        return Ok(());
    }
    if RIGHTS_REST_ON.contains(&feature.key.layer) {
        caller.must_be(&[Role::Lead])?;
        if !caller.scope.is_whole_city() {
            return Err(Refusal::Scope);
        }
    }
    let named = feature.division(|_place| None);
    if named.is_some_and(|named| !caller.scope.holds(Some(named))) {
        return Err(Refusal::Scope);
    }
    let places = reach(&feature.geometry);
    let inside = !places.is_empty() && places.into_iter().all(|place| caller.scope.holds(division(place)));
    if inside { Ok(()) } else { Err(Refusal::Scope) }
}

#[cfg(test)]
mod tests {
    use geo::{point, polygon};
    use spatial::{FeatureKey, Properties, Value};

    use super::super::caller::tests::caller;
    use super::*;

    /// Lucheng lies west of 120.7, Longwan east of it.
    fn at(place: Position) -> Option<Division> {
        Division::new(if place.lon() < 120.7 { "330302" } else { "330303" }).ok()
    }

    fn feature(layer: Layer, geometry: geo::Geometry<f64>, fields: &[(&'static str, &str)]) -> Feature {
        let text = |(name, value): &(&'static str, &str)| ((*name).into(), Value::Text((*value).to_owned()));
        let properties: Properties = fields.iter().map(text).collect();
        Feature::new(FeatureKey::new(layer, "t", "1").unwrap(), geometry, properties).unwrap()
    }

    fn square(west: f64, east: f64) -> geo::Geometry<f64> {
        polygon![(x: west, y: 28.0), (x: east, y: 28.0), (x: east, y: 28.1), (x: west, y: 28.1)].into()
    }

    fn county(west: f64, east: f64) -> Feature {
        let fields = [("code", "330302"), ("name", "鹿城区"), ("level", "county"), ("parent", "330300")];
        feature(Layer::Jurisdictions, square(west, east), &fields)
    }

    fn place(lon: f64) -> Feature {
        feature(Layer::Places, point!(x: lon, y: 28.0).into(), &[("name", "x"), ("kind", "school")])
    }

    #[test]
    fn what_rights_rest_on_is_written_by_the_whole_citys_lead() {
        let may = |role, scope| may_write(&caller(role, scope), &county(120.6, 120.65), at);
        assert_eq!(may(Role::Dispatcher, "330302"), Err(Refusal::Role));
        assert_eq!(may(Role::Dispatcher, "330300"), Err(Refusal::Role));
        assert_eq!(may(Role::Lead, "330302"), Err(Refusal::Scope));
        assert_eq!(may(Role::Lead, "330300"), Ok(()));
        assert_eq!(may(Role::Lead, "*"), Ok(()));
        assert_eq!(may(Role::Lead, "330200"), Err(Refusal::Scope), "another city's lead");
        assert_eq!(may(Role::Sysadmin, "330302"), Ok(()));
    }

    #[test]
    fn a_place_is_written_where_it_is() {
        let lucheng = caller(Role::Lead, "330302");
        assert_eq!(may_write(&lucheng, &place(120.65), at), Ok(()));
        assert_eq!(may_write(&lucheng, &place(120.75), at), Err(Refusal::Scope));
        assert_eq!(may_write(&lucheng, &place(120.65), |_| None), Err(Refusal::Scope), "in no known division");
        assert_eq!(may_write(&caller(Role::Lead, "330300"), &place(120.65), |_| None), Ok(()));
    }

    #[test]
    fn an_area_may_not_reach_outside() {
        let lucheng = caller(Role::Dispatcher, "330302");
        let land = |west, east| feature(Layer::Land, square(west, east), &[("kind", "park")]);
        assert_eq!(may_write(&lucheng, &land(120.60, 120.69), at), Ok(()));
        // Its middle is at home, its eastern edge is not.
        assert_eq!(may_write(&lucheng, &land(120.50, 120.71), at), Err(Refusal::Scope));
    }
}
