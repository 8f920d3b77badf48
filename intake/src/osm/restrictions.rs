//! Turn restrictions: kept from their relations until the road comes that they are about, then written with it.
//!
//! A road says `turns = "no 5 w123; only 0 w77"`: the word, the vertex of the road's own line at which it holds, and the
//! road that is turned into. What cannot be said so is counted. Traffic lights and barriers are points of the line as well:
//! `signals = "3,17"`, `barriers = "3 bollard; 9 gate access=private foot=yes"`.

use std::collections::{HashMap, HashSet};

use spatial::{Properties, Value};

use super::pbf::{Kind, Member, Tags};

/// Longest text of a property.
const LONGEST_TEXT: usize = 400;

/// All of a file.
#[derive(Default)]
pub(super) struct Restrictions {
    /// By the way that they come from.
    by_way: HashMap<i64, Vec<Restriction>>,
    /// Nodes with traffic lights.
    lights: HashSet<i64>,
    /// Nodes with a barrier: its kind and what its tags say of who may pass.
    barriers: HashMap<i64, Box<str>>,
    pub(super) kept: u64,
    /// They go through a way rather than a node.
    pub(super) via_way: u64,
    /// They hold at times only, or not for cars.
    pub(super) not_always: u64,
    /// A member is missing, or they say nothing that is known.
    pub(super) unclear: u64,
}

struct Restriction {
    only: bool,
    via: i64,
    to: i64,
}

impl Restrictions {
    /// A node that stops traffic.
    pub(super) fn stop(&mut self, id: i64, tags: Tags<'_>) {
        if tags.is("highway", "traffic_signals") {
            self.lights.insert(id);
        }
        if let Some(kind) = tags.some("barrier") {
            let mut text = word(kind).unwrap_or_else(|| "other".to_owned());
            for key in WHO_MAY_PASS {
                if let Some(word) = tags.get(key).and_then(word) {
                    text.extend([" ", key, "=", &word]);
                }
            }
            self.barriers.insert(id, text.into());
        }
    }

    /// A relation of type `restriction`.
    pub(super) fn relation(&mut self, members: &[Member<'_>], tags: Tags<'_>) {
        let plain = ["restriction", "restriction:motorcar", "restriction:motor_vehicle"];
        let Some(word) = plain.iter().find_map(|key| tags.some(key)) else {
            self.not_always += 1;
            return;
        };
        let spared = tags.get("except").is_some_and(|list| {
            list.split(';').any(|who| matches!(who.trim(), "motorcar" | "motor_vehicle" | "vehicle"))
        });
        if spared {
            self.not_always += 1;
            return;
        }
        let only = match word.split_once('_') {
            Some(("no", _)) => false,
            Some(("only", _)) => true,
            _ => {
                self.unclear += 1;
                return;
            }
        };
        let ways = |role: &str| -> Vec<i64> {
            members.iter().filter(|m| m.kind == Kind::Way && m.role == role).map(|m| m.id).collect()
        };
        let vias: Vec<&Member<'_>> = members.iter().filter(|m| m.role == "via").collect();
        if vias.iter().any(|via| via.kind == Kind::Way) {
            self.via_way += 1;
            return;
        }
        let (from, to) = (ways("from"), ways("to"));
        let [via] = vias.as_slice() else {
            self.unclear += 1;
            return;
        };
        if via.kind != Kind::Node || from.is_empty() || to.is_empty() {
            self.unclear += 1;
            return;
        }
        self.kept += 1;
        // `no_entry` may have several roads that it comes from, `no_exit` several that it goes to.
        for from in from {
            for to in &to {
                self.by_way.entry(from).or_default().push(Restriction { only, via: via.id, to: *to });
            }
        }
    }

    /// Writes what holds on a way whose line has these nodes; answers how many restrictions found no room or no node, and how
    /// many barriers no room.
    pub(super) fn write(&self, way: i64, nodes: &[i64], road: &mut Properties) -> [u64; 2] {
        let (mut lost, mut barriers_lost) = (0, 0);
        let vertex = |node: i64| nodes.iter().position(|id| *id == node);
        let mut turns = String::new();
        for turn in self.by_way.get(&way).into_iter().flatten() {
            let word = if turn.only { "only" } else { "no" };
            let Some(vertex) = vertex(turn.via) else {
                lost += 1;
                continue;
            };
            lost += u64::from(!append(&mut turns, "; ", &format!("{word} {vertex} w{}", turn.to)));
        }
        let mut lights = String::new();
        for (vertex, _) in nodes.iter().enumerate().filter(|(_, node)| self.lights.contains(node)) {
            append(&mut lights, ",", &vertex.to_string());
        }
        let mut barriers = String::new();
        for (vertex, node) in nodes.iter().enumerate() {
            if let Some(barrier) = self.barriers.get(node) {
                barriers_lost += u64::from(!append(&mut barriers, "; ", &format!("{vertex} {barrier}")));
            }
        }
        for (name, text) in [("turns", turns), ("signals", lights), ("barriers", barriers)] {
            if !text.is_empty() {
                road.put(name, Value::Text(text));
            }
        }
        [lost, barriers_lost]
    }
}

/// Tags of a barrier that say who may pass.
const WHO_MAY_PASS: [&str; 7] = ["bollard", "access", "foot", "motorcar", "motor_vehicle", "vehicle", "emergency"];

/// The first of the words of a tag (`bollard;gate`), in small letters; `None` where that is none for a list.
fn word(text: &str) -> Option<String> {
    let word = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "_");
    let is_word = (1..=24).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_word.then_some(word)
}

/// Adds a part to a list if there is room for it.
fn append(text: &mut String, between: &str, part: &str) -> bool {
    let between = if text.is_empty() { "" } else { between };
    let fits = text.len() + between.len() + part.len() <= LONGEST_TEXT;
    if fits {
        text.push_str(between);
        text.push_str(part);
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(kind: Kind, id: i64, role: &'static str) -> Member<'static> {
        Member { kind, id, role }
    }

    /// A restriction of way 1 at node 7 (into way 2), and what is written on a line of nodes 5, 6, 7.
    fn check(tags: &[(&str, &str)], via: Member<'static>, expect: Option<&str>) -> Restrictions {
        let mut all = Restrictions::default();
        let members = [member(Kind::Way, 1, "from"), via, member(Kind::Way, 2, "to")];
        all.relation(&members, Tags(tags));
        let mut road = Properties::new();
        all.write(1, &[5, 6, 7], &mut road);
        assert_eq!(road.get("turns").and_then(Value::as_text), expect, "{tags:?}");
        all
    }

    #[test]
    fn a_restriction_is_written_with_the_road_it_comes_from() {
        let node = member(Kind::Node, 7, "via");
        check(&[("restriction", "no_left_turn")], node, Some("no 2 w2"));
        check(&[("restriction", "only_straight_on"), ("except", "psv;bicycle")], node, Some("only 2 w2"));
        check(&[("restriction:motorcar", "no_u_turn")], node, Some("no 2 w2"));
    }

    #[test]
    fn what_cannot_be_said_is_counted() {
        let node = member(Kind::Node, 7, "via");
        assert_eq!(check(&[("restriction", "no_left_turn"), ("except", "motorcar")], node, None).not_always, 1);
        assert_eq!(check(&[("restriction:conditional", "no_left_turn @ (07:00-09:00)")], node, None).not_always, 1);
        assert_eq!(check(&[("restriction", "no_left_turn")], member(Kind::Way, 3, "via"), None).via_way, 1);
        assert_eq!(check(&[("restriction", "give_way")], node, None).unclear, 1);
        assert_eq!(check(&[("restriction", "no_left_turn")], member(Kind::Node, 7, ""), None).unclear, 1);
        let elsewhere = check(&[("restriction", "no_left_turn")], member(Kind::Node, 9, "via"), None);
        assert_eq!(elsewhere.write(1, &[5, 6, 7], &mut Properties::new()), [1, 0]);
    }

    #[test]
    fn lights_and_many_turns_are_lists() {
        let mut all = Restrictions::default();
        all.stop(6, Tags(&[("highway", "traffic_signals")]));
        all.stop(5, Tags(&[("highway", "crossing")]));
        for to in 0..40 {
            let via = member(Kind::Node, 5, "via");
            let members = [member(Kind::Way, 1, "from"), via, member(Kind::Way, 1_000_000_000 + to, "to")];
            all.relation(&members, Tags(&[("restriction", "no_left_turn")]));
        }
        let mut road = Properties::new();
        let [lost, _] = all.write(1, &[5, 6, 7, 6], &mut road);
        assert_eq!(road.get("signals").and_then(Value::as_text), Some("1,3"));
        let turns = road.get("turns").and_then(Value::as_text).unwrap();
        assert!(turns.len() <= LONGEST_TEXT && lost > 0);
        assert_eq!(turns.split("; ").count() as u64 + lost, 40);
    }

    #[test]
    fn barriers_come_with_what_says_who_may_pass() {
        let mut all = Restrictions::default();
        all.stop(5, Tags(&[("barrier", "bollard"), ("bollard", "rising"), ("material", "steel")]));
        all.stop(6, Tags(&[("foot", "yes"), ("barrier", "gate"), ("access", "private")]));
        all.stop(7, Tags(&[("barrier", "Bollard;gate"), ("access", "private;delivery")]));
        all.stop(9, Tags(&[("barrier", "3 gate"), ("access", "no @ (07:00)")]));
        all.stop(8, Tags(&[("barrier", "no")]));
        let mut road = Properties::new();
        assert_eq!(all.write(1, &[8, 5, 6, 7, 9], &mut road), [0, 0]);
        let text = road.get("barriers").and_then(Value::as_text);
        assert_eq!(
            text,
            Some("1 bollard bollard=rising; 2 gate access=private foot=yes; 3 bollard access=private; 4 other")
        );
        let mut long = Properties::new();
        let [_, lost] = all.write(1, &[6; 40], &mut long);
        let kept = long.get("barriers").and_then(Value::as_text).unwrap().split("; ").count() as u64;
        assert_eq!(kept + lost, 40);
    }
}
