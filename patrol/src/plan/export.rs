//! A plan as GeoJSON, for any map, and as GPX, for any device: posts are points or waypoints, routes are lines or routes.

use gpx::{Gpx, GpxVersion, Metadata, Person, Waypoint};
use serde_json::{Value, json};
use spatial::Position;
use time::OffsetDateTime;

use super::published::{Draft, Plan, Post, Route};

/// Why a plan cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// It is not such a plan.
    #[error("failed to read the plan: {0}")]
    Unreadable(String),
    /// The GPX could not be made.
    #[error("failed to write the plan as GPX: {0}")]
    Gpx(String),
}

/// A plan as a GeoJSON `FeatureCollection` (RFC 7946): one feature a post and a route, with `kind` (`post` or `route`),
/// `name` and `unit`; what is known of the whole plan stands in the foreign member `plan`.
pub fn geojson(plan: &Plan) -> Value {
    let pair = |place: &Position| json!([place.lon(), place.lat()]);
    let post = |post: &Post| {
        json!({
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": pair(&post.position)},
            "properties": {"kind": "post", "name": post.name, "unit": post.unit},
        })
    };
    let route = |route: &Route| {
        let line: Vec<Value> = route.points.iter().map(pair).collect();
        json!({
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": line},
            "properties": {"kind": "route", "name": route.name, "unit": route.unit},
        })
    };
    let Draft { id, title, note, posts, routes, covers } = &plan.draft;
    let features: Vec<Value> = posts.iter().map(post).chain(routes.iter().map(route)).collect();
    let covers = covers.map(|(total, covered)| json!({"total": total, "within_3_5_8_min": covered}));
    json!({
        "type": "FeatureCollection",
        "plan": {
            "id": id, "version": plan.version, "title": title, "note": note,
            "by": plan.by, "at_ms": plan.at_ms, "covers": covers,
        },
        "features": features,
    })
}

/// Reads back what [`geojson`] wrote; posts come before routes.
pub fn from_geojson(value: &Value) -> Result<Plan, ExportError> {
    let missing = |what: &str| ExportError::Unreadable(format!("{what} is missing or of another type"));
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).ok_or_else(|| missing(name));
    let place = |value: &Value| {
        let degrees = |n: usize| value[n].as_f64().ok_or_else(|| missing("a coordinate"));
        Position::new(degrees(0)?, degrees(1)?).map_err(|error| ExportError::Unreadable(error.to_string()))
    };
    let (mut posts, mut routes) = (Vec::new(), Vec::new());
    for feature in value["features"].as_array().ok_or_else(|| missing("features"))? {
        let (coordinates, properties) = (&feature["geometry"]["coordinates"], &feature["properties"]);
        let (name, unit) = (text(properties, "name")?, properties["unit"].as_str().map(str::to_owned));
        match properties["kind"].as_str() {
            Some("post") => posts.push(Post { name, position: place(coordinates)?, unit }),
            Some("route") => {
                let points = coordinates.as_array().ok_or_else(|| missing("coordinates"))?;
                routes.push(Route { name, points: points.iter().map(place).collect::<Result<_, _>>()?, unit });
            }
            Some(_) | None => return Err(missing("kind")),
        }
    }
    let plan = &value["plan"];
    let number = |value: &Value| value.as_u64().ok_or_else(|| missing("covers"));
    let within = |covers: &Value| {
        let within = &covers["within_3_5_8_min"];
        Ok((number(&covers["total"])?, [number(&within[0])?, number(&within[1])?, number(&within[2])?]))
    };
    let covers = Some(&plan["covers"]).filter(|covers| !covers.is_null()).map(within).transpose()?;
    let note = plan["note"].as_str().map(str::to_owned);
    let draft = Draft { id: text(plan, "id")?, title: text(plan, "title")?, note, posts, routes, covers };
    draft.check().map_err(|error| ExportError::Unreadable(error.to_string()))?;
    let version = plan["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    let version = version.ok_or_else(|| missing("version"))?;
    let at_ms = plan["at_ms"].as_i64().ok_or_else(|| missing("at_ms"))?;
    Ok(Plan { draft, version, by: text(plan, "by")?, at_ms })
}

/// A plan as GPX 1.1: posts as waypoints, routes as routes; the unit stands in the description. Text that XML would take
/// for its own is escaped.
pub fn gpx(plan: &Plan) -> Result<String, ExportError> {
    let Draft { id, title, note, posts, routes, .. } = &plan.draft;
    let post = |post: &Post| {
        let mut waypoint = Waypoint::new(post.position.point());
        waypoint.name = Some(post.name.clone());
        waypoint.description.clone_from(&post.unit);
        waypoint.type_ = Some("post".to_owned());
        waypoint
    };
    let route = |route: &Route| gpx::Route {
        name: Some(route.name.clone()),
        description: route.unit.clone(),
        type_: Some("patrol".to_owned()),
        points: route.points.iter().map(|place| Waypoint::new(place.point())).collect(),
        ..gpx::Route::new()
    };
    let at = OffsetDateTime::from_unix_timestamp(plan.at_ms.div_euclid(1_000));
    let metadata = Metadata {
        name: Some(format!("{title} ({id}, version {})", plan.version)),
        description: note.clone(),
        author: Some(Person { name: Some(plan.by.clone()), ..Person::default() }),
        time: at.ok().map(Into::into),
        ..Metadata::default()
    };
    let file = Gpx {
        version: GpxVersion::Gpx11,
        creator: Some("onemap".to_owned()),
        metadata: Some(metadata),
        waypoints: posts.iter().map(post).collect(),
        routes: routes.iter().map(route).collect(),
        ..Gpx::default()
    };
    let mut bytes = Vec::new();
    gpx::write(&file, &mut bytes).map_err(|error| ExportError::Gpx(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ExportError::Gpx(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::PlanError;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z<>&'\" ]{1,12}", "[南浦大桥—😀]{1,6}", Just("]]> <!-- &amp; -->".to_owned())]
    }

    fn position() -> impl Strategy<Value = Position> {
        (-179.0_f64..179.0, -80.0_f64..80.0).prop_map(|(lon, lat)| Position::new(lon, lat + 0.001).unwrap())
    }

    fn draft() -> impl Strategy<Value = Draft> {
        let unit = || proptest::option::of(text());
        let post = (text(), position(), unit()).prop_map(|(name, position, unit)| Post { name, position, unit });
        let route = (text(), proptest::collection::vec(position(), 2..6), unit());
        let route = route.prop_map(|(name, points, unit)| Route { name, points, unit });
        let covers = proptest::option::of((0_u64..50, 0_u64..50, 0_u64..50, 0_u64..50))
            .prop_map(|c| c.map(|(a, b, c, d)| (a + b + c + d, [a, a + b, a + b + c])));
        let lists = (proptest::collection::vec(post, 1..5), proptest::collection::vec(route, 0..4));
        ("[a-z0-9-]{1,20}", text(), proptest::option::of(text()), lists, covers)
            .prop_map(|(id, title, note, (posts, routes), covers)| Draft { id, title, note, posts, routes, covers })
    }

    proptest! {
        #[test]
        fn geojson_comes_back_as_it_went(draft in draft(), by in text(), at_ms in 0_i64..4_000_000_000_000) {
            let plan = draft.publish(None, &by, at_ms).unwrap();
            let bytes = serde_json::to_string(&geojson(&plan)).unwrap();
            prop_assert_eq!(from_geojson(&serde_json::from_str(&bytes).unwrap()).unwrap(), plan.clone());
            let stored: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
            prop_assert_eq!(stored, plan);
        }

        /// White space at the ends of a text is the one thing that a reader of XML may drop.
        #[test]
        fn gpx_comes_back_with_its_places_and_names(draft in draft(), by in text(), at_ms in 0_i64..4_000_000_000_000) {
            let plan = draft.publish(None, &by, at_ms).unwrap();
            let file = gpx::read(gpx(&plan).unwrap().as_bytes()).unwrap();
            let place = |waypoint: &Waypoint| (waypoint.point().x(), waypoint.point().y());
            prop_assert_eq!(file.waypoints.len(), plan.draft.posts.len());
            // Of the published plan, whose coordinates are rounded.
            for (waypoint, post) in file.waypoints.iter().zip(&plan.draft.posts) {
                prop_assert_eq!(place(waypoint), (post.position.lon(), post.position.lat()));
                let name = waypoint.name.clone().unwrap_or_default();
                prop_assert_eq!(name.trim(), post.name.trim());
                let unit = waypoint.description.clone().unwrap_or_default();
                let expected = post.unit.clone().unwrap_or_default();
                prop_assert_eq!(unit.trim(), expected.trim());
            }
            prop_assert_eq!(file.routes.len(), plan.draft.routes.len());
            for (line, route) in file.routes.iter().zip(&plan.draft.routes) {
                let points: Vec<(f64, f64)> = line.points.iter().map(place).collect();
                let expected: Vec<(f64, f64)> = route.points.iter().map(|p| (p.lon(), p.lat())).collect();
                prop_assert_eq!(points, expected);
            }
        }
    }

    fn small() -> Draft {
        let position = Position::new(120.65, 28.0).unwrap();
        let post = Post { name: "南浦 <1>".to_owned(), position, unit: Some("car 1".to_owned()) };
        let points = vec![position, Position::new(120.66, 28.01).unwrap()];
        let route = Route { name: "river".to_owned(), points, unit: None };
        let (id, title) = ("evening".to_owned(), "Evening".to_owned());
        Draft { id, title, note: None, posts: vec![post], routes: vec![route], covers: Some((10, [2, 5, 9])) }
    }

    /// Why the plan cannot be published after a change.
    fn check(change: impl FnOnce(&mut Draft), expect: &PlanError) {
        let mut draft = small();
        change(&mut draft);
        assert_eq!(draft.publish(None, "planner", 1).as_ref(), Err(expect));
    }

    #[test]
    fn each_mistake_is_named() {
        check(|d| d.id = "Evening".to_owned(), &PlanError::Id("Evening".to_owned()));
        check(|d| d.title = String::new(), &PlanError::Text("the title"));
        check(|d| d.posts[0].name = "a\u{0}b".to_owned(), &PlanError::Text("the name of a post"));
        check(|d| d.posts[0].unit = Some("\u{fffe}".to_owned()), &PlanError::Text("the id of a unit"));
        check(|d| d.routes[0].points.truncate(1), &PlanError::Short("river".to_owned()));
        check(|d| (d.posts, d.routes) = (Vec::new(), Vec::new()), &PlanError::Empty);
        check(|d| d.posts = vec![d.posts[0].clone(); 1_001], &PlanError::Long);
        check(|d| d.covers = Some((10, [2, 1, 9])), &PlanError::Covers);
        check(|d| d.covers = Some((8, [2, 5, 9])), &PlanError::Covers);
        let first = small().publish(None, "planner", 5).unwrap();
        assert_eq!(small().publish(Some(&first), "planner", 4), Err(PlanError::Early));
        assert_eq!(small().publish(None, "", 4), Err(PlanError::Text("who publishes it")));
        let other = Draft { id: "night".to_owned(), ..small() };
        let expect = PlanError::Other { given: "night".to_owned(), before: "evening".to_owned() };
        assert_eq!(other.publish(Some(&first), "planner", 6), Err(expect));
    }

    #[test]
    fn the_files_look_like_this() {
        let plan = small().publish(None, "planner", 1_795_406_400_000).unwrap();
        let value = geojson(&plan);
        assert_eq!(value["features"][0]["geometry"], json!({"type": "Point", "coordinates": [120.65, 28.0]}));
        assert_eq!(value["plan"]["covers"], json!({"total": 10, "within_3_5_8_min": [2, 5, 9]}));
        let gpx = gpx(&plan).unwrap();
        assert!(gpx.contains("南浦 &lt;1") && gpx.contains("<time>2026-11-23T04:00:00"), "{gpx}");
        assert!(gpx.contains("lat=\"28\" lon=\"120.65\"") || gpx.contains("lat=\"28.0\" lon=\"120.65\""), "{gpx}");
    }

    #[test]
    fn what_is_not_a_plan_is_refused_in_words() {
        let error = |value: &Value| from_geojson(value).unwrap_err().to_string();
        assert_eq!(error(&json!({})), "failed to read the plan: features is missing or of another type");
        let mut value = geojson(&small().publish(None, "planner", 1).unwrap());
        value["features"][0]["geometry"]["coordinates"] = json!([28.0, 120.65]);
        assert!(error(&value).contains("longitude comes first"), "{}", error(&value));
    }
}
