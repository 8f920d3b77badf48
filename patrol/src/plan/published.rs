//! A plan: where units are to stand and which ways they are to go. Published once and never changed; what comes after it
//! is the next version.

use serde::{Deserialize, Serialize};
use spatial::Position;

use super::place;
use crate::coverage::LIMITS;

/// Longest text of a name, a title or a note, characters.
const MOST_TEXT: usize = 200;
/// Most posts.
const MOST_POSTS: usize = 1_000;
/// Most routes.
const MOST_ROUTES: usize = 200;
/// Most points of a route.
const MOST_POINTS: usize = 20_000;

/// A place where a unit is to stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Its name.
    pub name: String,
    /// Where, WGS84.
    #[serde(with = "place::one")]
    pub position: Position,
    /// Which unit is to stand there, if it is settled.
    pub unit: Option<String>,
}

/// A way that a unit is to go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// Its points in order, WGS84; two at least.
    #[serde(with = "place::many")]
    pub points: Vec<Position>,
    /// Which unit is to go it, if it is settled.
    pub unit: Option<String>,
}

/// A plan that nobody has published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id, the same in all versions: 1 to 64 of a-z, 0-9 and -.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Anything that should be known.
    pub note: Option<String>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Routes.
    pub routes: Vec<Route>,
    /// Demand, and what of it the posts reach within 3, 5 and 8 minutes, if that was reckoned.
    pub covers: Option<(u64, [u64; LIMITS])>,
}

/// A published plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was published.
    pub draft: Draft,
    /// From 1, growing by one.
    pub version: u32,
    /// Who published it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Why a plan cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The id.
    #[error("the id must be 1 to 64 of a-z, 0-9 and -, not {0:?}")]
    Id(String),
    /// The version before is of another plan.
    #[error("{given:?} cannot follow a version of {before:?}")]
    Other {
        /// The id of the draft.
        given: String,
        /// The id of the version before.
        before: String,
    },
    /// A text.
    #[error("{0} must have 1 to 200 characters that can be written in a file, and no line breaks")]
    Text(&'static str),
    /// It holds nothing.
    #[error("a plan has at least one post or route")]
    Empty,
    /// It holds too much.
    #[error("a plan has at most 1000 posts, 200 routes and 20000 points in a route")]
    Long,
    /// A route that leads nowhere.
    #[error("route {0:?} has fewer than two points")]
    Short(String),
    /// Earlier than the version before.
    #[error("the version before was published later")]
    Early,
    /// More is covered than there is.
    #[error("what is covered must grow with the minutes and be no more than all demand")]
    Covers,
}

impl Draft {
    /// Checks the draft and publishes it as the version after `before`, or as the first. Coordinates are rounded to 7
    /// decimals (a centimetre): so they come back from any file as they went.
    ///
    /// ```
    /// use patrol::{Draft, Post};
    /// let position = spatial::Position::new(120.65, 28.0)?;
    /// let post = Post { name: "Nanpu bridge".to_owned(), position, unit: None };
    /// let draft = Draft {
    ///     id: "evening".to_owned(),
    ///     title: "Evening".to_owned(),
    ///     note: None,
    ///     posts: vec![post],
    ///     routes: Vec::new(),
    ///     covers: None,
    /// };
    /// let first = draft.clone().publish(None, "planner", 1_000)?;
    /// assert_eq!(draft.publish(Some(&first), "planner", 2_000)?.version, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn publish(mut self, before: Option<&Plan>, by: &str, at_ms: i64) -> Result<Plan, PlanError> {
        self.check()?;
        if !writable(by) {
            return Err(PlanError::Text("who publishes it"));
        }
        let version = match before {
            None => 1,
            Some(before) if before.draft.id != self.id => {
                return Err(PlanError::Other { given: self.id, before: before.draft.id.clone() });
            }
            Some(before) if before.at_ms > at_ms => return Err(PlanError::Early),
            Some(before) => before.version.saturating_add(1),
        };
        let posts = self.posts.iter_mut().map(|post| &mut post.position);
        for position in posts.chain(self.routes.iter_mut().flat_map(|route| &mut route.points)) {
            *position = rounded(*position);
        }
        Ok(Plan { draft: self, version, by: by.to_owned(), at_ms })
    }

    /// Whether it could be published.
    pub fn check(&self) -> Result<(), PlanError> {
        let letters = self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if self.id.is_empty() || self.id.len() > 64 || !letters {
            return Err(PlanError::Id(self.id.clone()));
        }
        let units = self.posts.iter().map(|p| &p.unit).chain(self.routes.iter().map(|r| &r.unit)).flatten();
        let texts = [("the title", &self.title)].into_iter();
        let texts = texts.chain(self.note.iter().map(|note| ("the note", note)));
        let texts = texts.chain(self.posts.iter().map(|post| ("the name of a post", &post.name)));
        let texts = texts.chain(self.routes.iter().map(|route| ("the name of a route", &route.name)));
        let mut texts = texts.chain(units.map(|unit| ("the id of a unit", unit)));
        if let Some((what, _)) = texts.find(|(_, text)| !writable(text)) {
            return Err(PlanError::Text(what));
        }
        if self.posts.is_empty() && self.routes.is_empty() {
            return Err(PlanError::Empty);
        }
        let long = self.routes.iter().any(|route| route.points.len() > MOST_POINTS);
        if self.posts.len() > MOST_POSTS || self.routes.len() > MOST_ROUTES || long {
            return Err(PlanError::Long);
        }
        if let Some(route) = self.routes.iter().find(|route| route.points.len() < 2) {
            return Err(PlanError::Short(route.name.clone()));
        }
        let sane = |(total, covered): (u64, [u64; LIMITS])| covered.is_sorted() && covered[LIMITS - 1] <= total;
        if self.covers.is_none_or(sane) { Ok(()) } else { Err(PlanError::Covers) }
    }
}

fn rounded(position: Position) -> Position {
    let to = |degrees: f64| (degrees * 1e7).round() / 1e7;
    Position::new(to(position.lon()), to(position.lat())).unwrap_or(position)
}

/// What XML and JSON can both carry and a list can show: no control characters, and none of the two that XML forbids.
fn writable(text: &str) -> bool {
    let length = text.chars().count();
    let bad = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    (1..=MOST_TEXT).contains(&length) && !text.contains(bad)
}
