//! Kilometre posts on roads: `G15 1823公里`, `沈海高速K1823+500`.

use std::collections::HashMap;
use std::sync::Arc;

use super::sound;
use super::text::folded;
use crate::mercator::World;
use crate::still::StillLayer;

/// Two posts further apart than this say nothing of what lies between, metres along the road.
const APART_M: u32 = 5_000;
/// Beyond the last post a place is offered up to so far, metres.
const BEYOND_M: u32 = 1_000;
/// A post stands for what is this near to it, metres.
const AT_POST_M: u32 = 50;

/// What a number of a road is called besides (`G15高速`).
const KINDS: [&str; 5] = ["高速公路", "高速", "国道", "省道", "公路"];

/// Posts by road and kilometre.
#[derive(Debug, Default)]
pub(super) struct Posts {
    pub(super) layer: Option<Arc<StillLayer>>,
    by_road: HashMap<String, Vec<(u32, u32)>>,
}

/// A place on a road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OnRoad {
    /// The post, or the nearer one of two.
    pub(super) row: usize,
    pub(super) place: World,
    /// Whether a post stands there; else it is reckoned between two, or beyond the last.
    pub(super) at_post: bool,
}

impl Posts {
    /// The posts among the places: those whose further names are a road with its kilometre.
    pub(super) fn of(layer: &Arc<StillLayer>) -> Self {
        let mut posts = Self { layer: Some(Arc::clone(layer)), ..Self::default() };
        let Some((codes, texts)) = layer.also() else { return posts };
        for (row, code) in (0_u32..).zip(codes.iter()).filter(|(_, code)| *code != 0) {
            for line in texts.get(code as usize - 1).unwrap_or_default().lines() {
                if let Some((road, metres)) = read(line) {
                    posts.by_road.entry(key(&road)).or_default().push((metres, row));
                }
            }
        }
        posts.by_road.values_mut().for_each(|all| all.sort_unstable());
        posts
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.by_road.iter().map(|(road, all)| road.len() + all.len() * 8 + 48).sum()
    }

    /// The place so many metres along a road.
    pub(super) fn find(&self, road: &str, metres: u32) -> Option<OnRoad> {
        let bare = KINDS.iter().find_map(|kind| road.strip_suffix(kind)).unwrap_or(road);
        let (layer, all) =
            (self.layer.as_ref()?, self.by_road.get(&key(road)).or_else(|| self.by_road.get(&key(bare)))?);
        let at = all.partition_point(|(at, _)| *at < metres);
        let (before, after) = (at.checked_sub(1).and_then(|at| all.get(at)), all.get(at));
        let nearest = before.into_iter().chain(after).min_by_key(|(at, _)| at.abs_diff(metres))?;
        let place = |row: u32| layer.world(row as usize);
        let row = nearest.1 as usize;
        if nearest.0.abs_diff(metres) <= AT_POST_M {
            return Some(OnRoad { row, place: place(nearest.1)?, at_post: true });
        }
        match (before, after) {
            (Some(a), Some(b)) if b.0 - a.0 <= APART_M => {
                let share = f64::from(metres - a.0) / f64::from(b.0 - a.0);
                Some(OnRoad { row, place: between(place(a.1)?, place(b.1)?, share), at_post: false })
            }
            _ if nearest.0.abs_diff(metres) <= BEYOND_M => {
                Some(OnRoad { row, place: place(nearest.1)?, at_post: false })
            }
            _ => None,
        }
    }
}

fn key(road: &str) -> String {
    sound::key(folded(road).chars().filter(|c| c.is_alphanumeric()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two numbers of 32 bits")]
fn between(a: World, b: World, share: f64) -> World {
    let mix = |a: u32, b: u32| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u32;
    World { x: mix(a.x, b.x), y: mix(a.y, b.y) }
}

/// A road and how far along it, metres: `g15 1823公里`, `g15 1823.5km`, `g15k1823+500`, `g15 km 1823`, `沈海高速1823公里500米`.
pub(super) fn read(text: &str) -> Option<(String, u32)> {
    let text = folded(text);
    let text = text.trim();
    let marked = text.match_indices('k').filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let rest = rest.strip_prefix('m').unwrap_or(rest).trim_start();
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some((text.get(..at)?, rest))
    });
    for (road, rest) in marked {
        let (km, rest) = digits(rest);
        let more = rest.strip_prefix('+').map_or("", |rest| digits(rest).0);
        if let Some(found) = joined(road, km, more) {
            return Some(found);
        }
    }
    let unit = ["公里", "千米", "km"].iter().find_map(|unit| Some((text.find(unit)?, unit.len())))?;
    let (before, after) = (text.get(..unit.0)?.trim_end(), text.get(unit.0 + unit.1..)?);
    let head = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let more = after.trim_start_matches(['加', '+', ' ']);
    let (metres, rest) = digits(more);
    let more = if rest.starts_with('米') || rest.starts_with('m') { metres } else { "" };
    joined(head, before.get(head.len()..)?, more)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

fn joined(road: &str, km: &str, more: &str) -> Option<(String, u32)> {
    let road = road.trim().trim_end_matches(['第', '的', ' ', ',']).trim();
    let (km, part) = km.split_once('.').unwrap_or((km, ""));
    let km: u32 = km.parse().ok().filter(|km| *km < 10_000)?;
    let part: u32 = if part.is_empty() { 0 } else { format!("{part:0<3}").get(..3)?.parse().ok()? };
    let more: u32 = if more.is_empty() { 0 } else { more.parse().ok().filter(|more| *more < 1_000)? };
    (!road.is_empty()).then(|| (road.to_owned(), km * 1_000 + part + more))
}

#[cfg(test)]
mod tests {
    use geo::point;

    use super::*;
    use crate::{Feature, FeatureKey, Layer, Value};

    #[test]
    fn kilometres_as_people_say_them() {
        let check =
            |text: &str, road: &str, metres: u32| assert_eq!(read(text), Some((road.to_owned(), metres)), "{text}");
        check("G15 1823公里", "g15", 1_823_000);
        check("Ｇ１５第1823.5公里", "g15", 1_823_500);
        check("G15K1823+500", "g15", 1_823_500);
        check("G15 K1823", "g15", 1_823_000);
        check("g15 km 1823", "g15", 1_823_000);
        check("沈海高速1823公里500米", "沈海高速", 1_823_500);
        assert_eq!(read("公园路100号"), None);
        assert_eq!(read("1823公里"), None, "on which road?");
        assert_eq!(read("kk路"), None);
    }

    #[test]
    fn at_a_post_between_two_and_beyond() {
        let rows = [1820.0, 1821.0, 1822.0].map(|km| {
            let key = FeatureKey::new(Layer::Places, "t", format!("p{km}")).unwrap();
            let own = [
                ("kind", Value::Text("other".to_owned())),
                ("road", Value::Text("G15;沈海高速".to_owned())),
                ("km", Value::Float(km)),
            ];
            let own = own.into_iter().map(|(name, value)| (name.into(), value)).collect();
            Feature::new(key, point!(x: 120.0 + (km - 1820.0) * 0.01, y: 28.0).into(), own).unwrap()
        });
        let posts = Posts::of(&Arc::new(StillLayer::build(Layer::Places, &rows, |_| None)));
        let lon = |road: &str, metres| {
            posts.find(road, metres).map(|found| ((found.place.degrees().0 * 1e4).round() / 1e4, found.at_post))
        };
        assert_eq!(lon("G15", 1_821_000), Some((120.01, true)));
        assert_eq!(lon("深海高速", 1_821_000), Some((120.01, true)), "as it sounds");
        assert_eq!(lon("g15", 1_821_500), Some((120.015, false)));
        assert_eq!(lon("g15", 1_822_900), Some((120.02, false)));
        assert_eq!(lon("g15", 1_830_000), None);
        assert_eq!(lon("g60", 1_821_000), None);
    }
}
