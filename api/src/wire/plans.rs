//! Plans as they are published and shown.

use patrol::{LIMITS_S, Plan, Route};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::items::round7;
use crate::app::{PlanInSight, rfc3339};

/// A place where a unit is to stand.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPlace {
    /// Its name.
    pub name: String,
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// Which unit is to stand there, if that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A way that a unit is to go.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteLine {
    /// Its name.
    pub name: String,
    /// Its points in order, `[lon, lat]`, WGS84 degrees; two at least.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub points: Vec<[f64; 2]>,
    /// Which unit is to go it, if that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A plan to publish.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanAsk {
    /// Its id, the same in all versions: 1 to 64 of a-z, 0-9 and -.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Anything that should be known.
    #[serde(default)]
    pub note: Option<String>,
    /// Posts, at most 1,000.
    #[serde(default)]
    pub posts: Vec<PostPlace>,
    /// Routes, at most 200.
    #[serde(default)]
    pub routes: Vec<RouteLine>,
    /// The version that it was made from, 0 for none: when another is the newest, it is refused. Left out, it follows
    /// whatever is the newest.
    #[serde(default)]
    pub follows: Option<u32>,
}

/// A published plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanBody {
    /// Its id.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Anything that should be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who published it.
    pub by: String,
    /// When.
    pub at: String,
    /// What the posts were reckoned to reach when it was published: `{total, limits_s, covered}` in reported incidents of the
    /// publisher's part of the city; missing when there was no road graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub covers: Option<Json>,
    /// Posts in the caller's part of the city.
    pub posts: Vec<PostPlace>,
    /// Routes that touch it.
    pub routes: Vec<RouteLine>,
    /// How many posts and routes lie elsewhere and are not shown.
    pub outside: usize,
}

impl PlanBody {
    /// A plan as somebody sees it.
    pub fn of(seen: PlanInSight) -> Self {
        let PlanInSight { plan, outside } = seen;
        let Plan { draft, version, by, at_ms } = plan;
        let post = |post: patrol::Post| PostPlace {
            name: post.name,
            lon: post.position.lon(),
            lat: post.position.lat(),
            unit: post.unit,
        };
        let route = |Route { name, points, unit }: Route| RouteLine {
            name,
            points: points.iter().map(|at| [round7(at.lon()), round7(at.lat())]).collect(),
            unit,
        };
        Self {
            id: draft.id,
            version,
            title: draft.title,
            note: draft.note,
            by,
            at: rfc3339(at_ms),
            covers: draft
                .covers
                .map(|(total, covered)| json!({"total": total, "limits_s": LIMITS_S, "covered": covered})),
            posts: draft.posts.into_iter().map(post).collect(),
            routes: draft.routes.into_iter().map(route).collect(),
            outside,
        }
    }
}

/// The newest version of a plan, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanLine {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub by: String,
    /// When.
    pub at: String,
    /// How many posts of it lie in the caller's part of the city.
    pub posts: usize,
    /// How many routes touch it.
    pub routes: usize,
}

impl PlanLine {
    /// A plan as somebody sees it.
    pub fn of(seen: &PlanInSight) -> Self {
        let Plan { draft, version, by, at_ms } = &seen.plan;
        Self {
            id: draft.id.clone(),
            version: *version,
            title: draft.title.clone(),
            by: by.clone(),
            at: rfc3339(*at_ms),
            posts: draft.posts.len(),
            routes: draft.routes.len(),
        }
    }
}

/// Plans.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanList {
    /// The newest version of each that the caller sees something of, by id.
    pub plans: Vec<PlanLine>,
    /// Ask for those after this id for more; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
