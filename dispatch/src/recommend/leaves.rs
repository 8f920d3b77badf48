//! What a dispatch leaves uncovered, and who could move up to mend it.
//!
//! Demand is a list of points with weights: the calls of the last 90 days that asked for a service. A point is covered
//! when a free unit of the service reaches it within the target. Times come as sparse lists from the road graph.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use spatial::Position;

use super::said::{Said, duration, said};
use super::service::Service;

/// Points of demand with the seconds to them: a point that is not listed is not reached.
pub type Reached = Vec<(u32, u32)>;

/// A free unit and what it reaches from where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeUnit {
    /// Its id.
    pub unit: String,
    /// What it reaches.
    pub reached: Reached,
}

/// A place where a unit could stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its name.
    pub post: String,
    /// Where, WGS84.
    pub at: Option<Position>,
    /// What is reached from there.
    pub reached: Reached,
    /// Units that could move there, and their seconds to it.
    pub from: Vec<(String, u32)>,
}

/// A place in which demand is covered no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftPlace {
    /// Its name.
    pub name: String,
    /// Weight that is covered no longer.
    pub lost: u64,
}

/// What a choice leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaves {
    /// Whose demand.
    pub service: Service,
    /// Target, seconds.
    pub target_s: u32,
    /// Weight of all demand.
    pub total: u64,
    /// Weight covered before.
    pub before: u64,
    /// Weight covered without the chosen units.
    pub after: u64,
    /// The points that are covered no longer, ascending; empty once they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<u32>,
    /// The places that lose most, the worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<LeftPlace>,
}

/// A unit that could move to a post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveUp {
    /// Whose readiness it mends.
    pub service: Service,
    /// Which unit.
    pub unit: String,
    /// Where to.
    pub post: String,
    /// The place of it, WGS84.
    #[serde(default, with = "crate::stored::position", skip_serializing_if = "Option::is_none")]
    pub at: Option<Position>,
    /// How long it takes, seconds.
    pub move_s: u32,
    /// Weight that the chosen units leave.
    #[serde(default)]
    pub lost: u64,
    /// Of that, what is covered again when it stands at the post.
    #[serde(default)]
    pub restores: u64,
    /// Weight that it covers from where it stands, with the chosen units away, and nobody covers when it stands at the
    /// post.
    #[serde(default)]
    pub gives_up: u64,
    /// Weight that nobody covered before the chosen units went either, and it covers from the post.
    #[serde(default)]
    pub adds: u64,
}

/// Places that are named as those that lose most.
const NAMED: usize = 3;

/// How many free units cover each point.
#[derive(Debug, Clone)]
pub struct Cover<'a> {
    service: Service,
    weights: &'a [u32],
    target_s: u32,
    /// Points that each unit covers, ascending.
    units: BTreeMap<&'a str, Vec<u32>>,
    /// Units that cover each point.
    count: Vec<u32>,
    /// Weight that they cover.
    covered: u64,
    /// Weight of all points.
    total: u64,
}

impl<'a> Cover<'a> {
    /// Counts the free units that reach each point within `target_s`. A point outside `weights` is nothing; of a unit
    /// that is listed twice the first counts.
    ///
    /// ```
    /// use dispatch::recommend::{Cover, FreeUnit, Service};
    /// let unit = |unit: &str, reached: &[(u32, u32)]| FreeUnit { unit: unit.to_owned(), reached: reached.to_vec() };
    /// let units = [unit("a", &[(0, 100), (1, 200)]), unit("b", &[(1, 250), (2, 400)])];
    /// let leaves = Cover::new(Service::Police, &[10, 20, 40], &units, 300).leaves(&["a"]);
    /// assert_eq!((leaves.before, leaves.after, leaves.points), (30, 20, vec![0]));
    /// ```
    pub fn new(
        service: Service,
        weights: &'a [u32],
        units: impl IntoIterator<Item = &'a FreeUnit>,
        target_s: u32,
    ) -> Self {
        let total = weights.iter().map(|weight| u64::from(*weight)).sum();
        let (units_of, count) = (BTreeMap::new(), vec![0; weights.len()]);
        let mut cover = Self { service, weights, target_s, units: units_of, count, covered: 0, total };
        for unit in units {
            if cover.units.contains_key(unit.unit.as_str()) {
                continue;
            }
            let points = cover.within(&unit.reached);
            for point in &points {
                cover.count[at(*point)] += 1;
            }
            cover.units.insert(&unit.unit, points);
        }
        cover.covered = cover.weigh(&cover.count);
        cover
    }

    /// Whose units.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The points reached within the target, ascending, each once.
    fn within(&self, reached: &[(u32, u32)]) -> Vec<u32> {
        let known = |point: u32| at(point) < self.weights.len();
        let near = reached.iter().filter(|(point, seconds)| known(*point) && *seconds <= self.target_s);
        let mut points: Vec<u32> = near.map(|(point, _)| *point).collect();
        points.sort_unstable();
        points.dedup();
        points
    }

    fn weight(&self, point: u32) -> u64 {
        u64::from(self.weights[at(point)])
    }

    /// The weight of what somebody covers.
    fn weigh(&self, count: &[u32]) -> u64 {
        self.weights.iter().zip(count).filter(|(_, count)| **count > 0).map(|(weight, _)| u64::from(*weight)).sum()
    }

    /// The chosen units that are free, each once: others leave nothing.
    fn chosen(&self, chosen: &[&str]) -> BTreeSet<&'a str> {
        chosen.iter().filter_map(|unit| self.units.get_key_value::<str>(unit).map(|(unit, _)| *unit)).collect()
    }

    /// What taking these units leaves uncovered.
    pub fn leaves(&self, chosen: &[&str]) -> Leaves {
        let mut gone: BTreeMap<u32, u32> = BTreeMap::new();
        for unit in self.chosen(chosen) {
            for point in &self.units[unit] {
                *gone.entry(*point).or_default() += 1;
            }
        }
        let uncovered = gone.into_iter().filter(|(point, gone)| self.count[at(*point)] == *gone);
        let points: Vec<u32> = uncovered.map(|(point, _)| point).collect();
        let before = self.covered;
        let after = before - points.iter().map(|point| self.weight(*point)).sum::<u64>();
        let (service, target_s, total) = (self.service, self.target_s, self.total);
        Leaves { service, target_s, total, before, after, points, places: Vec::new() }
    }

    /// The `most` best moves of one free unit to one post once the chosen units are away, best first: most of what they leave
    /// is covered again, less what the move gives up; then the shortest move. Moves that give up as much as they restore
    /// are left out. What nobody covered before makes no move better. What is uncovered on the way is not counted.
    pub fn move_ups(&self, chosen: &[&str], posts: &[Post], most: usize) -> Vec<MoveUp> {
        let chosen = self.chosen(chosen);
        let mut count = self.count.clone();
        for unit in &chosen {
            for point in &self.units[unit] {
                count[at(*point)] -= 1;
            }
        }
        let lost = self.covered - self.weigh(&count);
        // A point is covered by one unit alone at most once, so all of these lists together are no longer than the demand.
        let alone = |points: &Vec<u32>| points.iter().copied().filter(|point| count[at(*point)] == 1).collect();
        let alone: BTreeMap<&str, Vec<u32>> = self.units.iter().map(|(unit, points)| (*unit, alone(points))).collect();
        let mut moves = Vec::new();
        for post in posts {
            let mut at_post = vec![false; self.weights.len()];
            let (mut restores, mut adds) = (0, 0);
            for point in self.within(&post.reached) {
                at_post[at(point)] = true;
                if count[at(point)] == 0 {
                    // Who reached it before: the chosen units, or nobody.
                    *(if self.count[at(point)] > 0 { &mut restores } else { &mut adds }) += self.weight(point);
                }
            }
            for (unit, move_s) in &post.from {
                let Some(alone) = alone.get(unit.as_str()).filter(|_| !chosen.contains(unit.as_str())) else {
                    continue;
                };
                let gives_up: u64 =
                    alone.iter().filter(|point| !at_post[at(**point)]).map(|point| self.weight(*point)).sum();
                if restores > gives_up {
                    moves.push(MoveUp {
                        service: self.service,
                        unit: unit.clone(),
                        post: post.post.clone(),
                        at: post.at.map(rounded),
                        move_s: *move_s,
                        lost,
                        restores,
                        gives_up,
                        adds,
                    });
                }
            }
        }
        let key = |m: &MoveUp| (std::cmp::Reverse(m.net()), m.move_s, m.unit.clone(), m.post.clone());
        moves.sort_by_key(key);
        moves.truncate(most);
        moves
    }
}

fn at(point: u32) -> usize {
    usize::try_from(point).unwrap_or(usize::MAX)
}

/// To a centimetre, so that it comes back from the log as it went.
fn rounded(at: Position) -> Position {
    let to = |degrees: f64| (degrees * 1e7).round() / 1e7;
    Position::new(to(at.lon()), to(at.lat())).unwrap_or(at)
}

impl Leaves {
    /// Weight that is covered no longer.
    pub fn lost(&self) -> u64 {
        self.before - self.after
    }

    /// Puts the names of the places that lose most in the stead of the points. `of` says which places a point lies in, and
    /// what of its weight lies in each.
    #[must_use]
    pub fn named<'n>(mut self, of: impl Fn(u32) -> Vec<(&'n str, u64)>) -> Self {
        let mut places: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, lost) in std::mem::take(&mut self.points).into_iter().flat_map(of) {
            *places.entry(name).or_default() += lost;
        }
        let mut places: Vec<LeftPlace> =
            places.into_iter().map(|(name, lost)| LeftPlace { name: name.to_owned(), lost }).collect();
        places.sort_by(|a, b| b.lost.cmp(&a.lost).then_with(|| a.name.cmp(&b.name)));
        places.truncate(NAMED);
        self.places = places;
        self
    }

    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        let ((target, zh_target), (service, zh_service)) = (duration(self.target_s), self.service.words());
        if self.lost() == 0 {
            return said(
                format!("leaves no call of the last 90 days that {service} reached within {target}"),
                format!("不减少近90天报警的{zh_target}{zh_service}可达范围"),
            );
        }
        let (lost, total) = (self.lost(), self.total);
        let (before, after) = (percent(self.before, total), percent(self.after, total));
        let named = |between: &str| {
            self.places.iter().map(|place| format!("{} {}", place.name, place.lost)).collect::<Vec<_>>().join(between)
        };
        let (worst, zh_worst) = if self.places.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" (most in {})", named(", ")), format!("（最多：{}）", named("、")))
        };
        said(
            format!(
                "leaves {lost} of {total} calls of the last 90 days farther than {target} from {service}: \
                 {after} reached instead of {before}{worst}"
            ),
            format!(
                "使近90天{total}起报警中的{lost}起超出{zh_target}{zh_service}可达范围：可达率由{before}降至{after}{zh_worst}"
            ),
        )
    }
}

impl MoveUp {
    /// By what a move is chosen: weight that is covered again, less what it gives up.
    pub fn net(&self) -> u64 {
        self.restores.saturating_sub(self.gives_up)
    }

    /// In words: English, Chinese.
    pub fn words(&self) -> Said {
        let Self { unit, post, lost, restores, .. } = self;
        let (takes, zh_takes) = duration(self.move_s);
        let some = |weight: u64, (en, zh): (&str, &str)| {
            if weight == 0 { Said::default() } else { (format!(", {weight} {en}"), format!("，{weight}起{zh}")) }
        };
        let (gives_up, zh_gives_up) = some(self.gives_up, ("others no longer", "其他报警不再可达"));
        let (adds, zh_adds) = some(self.adds, ("that nobody reached before as well", "原本不可达的报警新增可达"));
        said(
            format!(
                "{unit} to {post} ({takes}): {restores} of these {lost} calls of the last 90 days are reached again\
                 {gives_up}{adds}"
            ),
            format!(
                "{unit}前移至{post}（{zh_takes}）：近90天这{lost}起报警中{restores}起恢复可达{zh_gives_up}{zh_adds}"
            ),
        )
    }
}

/// A share with one decimal, cut and not rounded: 99.96 % is not 100 %.
fn percent(part: u64, total: u64) -> String {
    let permille = part.saturating_mul(1_000).checked_div(total).unwrap_or(0);
    format!("{}.{} %", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Weight that these lists cover, by asking for each point whether any of them has it.
    fn twin(weights: &[u32], lists: &[&Reached], target_s: u32) -> u64 {
        let covered = |point: u32| covers(lists, point, target_s);
        weights.iter().zip(0..).filter(|(_, point)| covered(*point)).map(|(weight, _)| u64::from(*weight)).sum()
    }

    fn covers(lists: &[&Reached], point: u32, target_s: u32) -> bool {
        lists.iter().any(|list| list.iter().any(|(p, s)| *p == point && *s <= target_s))
    }

    fn reached() -> impl Strategy<Value = Reached> {
        proptest::collection::vec((0_u32..14, 0_u32..600), 0..12)
    }

    proptest! {
        #[test]
        fn what_is_left_is_what_the_others_cover(
            weights in proptest::collection::vec(0_u32..100, 12),
            lists in proptest::collection::vec(reached(), 1..7),
            posts in proptest::collection::vec(reached(), 0..4),
            chosen in proptest::collection::vec(0_usize..7, 0..4),
            target_s in 100_u32..600,
        ) {
            let name = |n: usize| format!("u{n}");
            let units: Vec<FreeUnit> =
                lists.iter().enumerate().map(|(n, r)| FreeUnit { unit: name(n), reached: r.clone() }).collect();
            let names: Vec<String> = chosen.iter().map(|n| name(*n)).collect();
            let away: Vec<&str> = names.iter().map(String::as_str).collect();
            let rest: Vec<usize> = (0..lists.len()).filter(|n| !chosen.contains(n)).collect();
            let cover = Cover::new(Service::Police, &weights, &units, target_s);
            let leaves = cover.leaves(&away);
            prop_assert_eq!(leaves.before, twin(&weights, &lists.iter().collect::<Vec<_>>(), target_s));
            let left: Vec<&Reached> = rest.iter().map(|n| &lists[*n]).collect();
            prop_assert_eq!(leaves.after, twin(&weights, &left, target_s));
            let lost: u64 = leaves.points.iter().map(|p| u64::from(weights[at(*p)])).sum();
            prop_assert_eq!(lost, leaves.lost());

            // Every unit may go to every post; the chosen are listed too and must not be proposed.
            let from: Vec<(String, u32)> = (0..lists.len()).map(|n| (name(n), 60)).collect();
            let post = |(n, reached): (usize, &Reached)| Post { post: format!("p{n}"), at: None, reached: reached.clone(), from: from.clone() };
            let asked: Vec<Post> = posts.iter().enumerate().map(post).collect();
            let moves = cover.move_ups(&away, &asked, usize::MAX);
            let all: Vec<&Reached> = lists.iter().collect();
            let mut expected = 0;
            for unit in &rest {
                for (at_post, post) in posts.iter().enumerate() {
                    let others = rest.iter().filter(|n| *n != unit).map(|n| &lists[*n]);
                    let moved: Vec<&Reached> = others.chain([post]).collect();
                    // Point by point: who reached it with everybody there, without the chosen, and after the move.
                    let count = |was: bool, without: bool, then: bool| -> u64 {
                        let so = |point: &u32| {
                            (covers(&all, *point, target_s), covers(&left, *point, target_s), covers(&moved, *point, target_s))
                                == (was, without, then)
                        };
                        (0..12).filter(so).map(|point: u32| u64::from(weights[at(point)])).sum()
                    };
                    let (restores, adds, gives_up) =
                        (count(true, false, true), count(false, false, true), count(true, true, false));
                    let found = moves.iter().find(|m| m.unit == name(*unit) && m.post == format!("p{at_post}"));
                    let better = restores > gives_up;
                    let told = found.map(|m| (m.lost, m.restores, m.adds, m.gives_up));
                    prop_assert_eq!(told, better.then_some((lost, restores, adds, gives_up)));
                    prop_assert!(restores <= lost);
                    expected += usize::from(better);
                }
            }
            prop_assert_eq!(moves.len(), expected);
            prop_assert!(moves.is_sorted_by_key(|m| std::cmp::Reverse(m.net())));
        }
    }

    #[test]
    fn the_last_unit_of_a_district_is_seen_to_be_the_last() {
        let unit = |unit: &str, reached: &[(u32, u32)]| FreeUnit { unit: unit.to_owned(), reached: reached.to_vec() };
        let units = [unit("last", &[(0, 60), (1, 120)]), unit("a", &[(2, 60)]), unit("b", &[(2, 90)])];
        let cover = Cover::new(Service::Police, &[100, 50, 30], &units, 300);
        let leaves = cover.leaves(&["last"]);
        assert_eq!((leaves.before, leaves.after, leaves.lost()), (180, 30, 150));
        let leaves =
            leaves.named(|point| if point == 0 { vec![("Nanpu", 60), ("Wuma", 40)] } else { vec![("Wuma", 50)] });
        let places: Vec<(&str, u64)> = leaves.places.iter().map(|place| (place.name.as_str(), place.lost)).collect();
        assert_eq!((places, leaves.points.len()), (vec![("Wuma", 90), ("Nanpu", 60)], 0));
        assert_eq!(
            leaves.words().0,
            "leaves 150 of 180 calls of the last 90 days farther than 5 min from police: 16.6 % reached instead of \
             100.0 % (most in Wuma 90, Nanpu 60)"
        );
        assert_eq!(
            leaves.words().1,
            "使近90天180起报警中的150起超出5分钟警力可达范围：可达率由100.0 %降至16.6 %（最多：Wuma 90、Nanpu 60）"
        );
        let from = vec![("last".to_owned(), 0), ("a".to_owned(), 240), ("b".to_owned(), 200)];
        let post = Post { post: "bridge".to_owned(), at: None, reached: vec![(0, 100)], from };
        let moves = cover.move_ups(&["last"], &[post], 5);
        // Either may go; b is there sooner.
        assert_eq!(moves.iter().map(|m| m.unit.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        let words = "b to bridge (3 min 20 s): 100 of these 150 calls of the last 90 days are reached again";
        assert_eq!(moves[0].words().0, words);
    }

    #[test]
    fn what_nobody_reached_before_is_not_reached_again() {
        let unit = |unit: &str, reached: &[(u32, u32)]| FreeUnit { unit: unit.to_owned(), reached: reached.to_vec() };
        let units = [unit("last", &[(0, 60)]), unit("a", &[(1, 60)])];
        let cover = Cover::new(Service::Police, &[13, 5, 327], &units, 300);
        let post = |post: &str, reached: &[(u32, u32)]| {
            let from = vec![("a".to_owned(), 120)];
            Post { post: post.to_owned(), at: None, reached: reached.to_vec(), from }
        };
        let moves = cover.move_ups(&["last"], &[post("north", &[(0, 100), (2, 100)]), post("far", &[(2, 100)])], 5);
        let told: Vec<_> = moves.iter().map(|m| (m.post.as_str(), m.lost, m.restores, m.gives_up, m.adds)).collect();
        // Far out it would reach much that nobody reached, and nothing of what is left: that is no move-up.
        assert_eq!(told, [("north", 13, 13, 5, 327)]);
        let (en, zh) = moves[0].words();
        assert_eq!(
            en,
            "a to north (2 min): 13 of these 13 calls of the last 90 days are reached again, 5 others no longer, 327 that \
             nobody reached before as well"
        );
        assert_eq!(
            zh,
            "a前移至north（2分钟）：近90天这13起报警中13起恢复可达，5起其他报警不再可达，327起原本不可达的报警新增可达"
        );
    }
}
