//! One search, from what was said to the likeliest answers.

use super::best::{Best, Draft, Label};
use super::codes;
use super::hit::{Answer, Asked, Eyes, Kind, Other};
use super::index::{CODED, SearchIndex};
use super::names::Of;
use super::pattern::{May, Pattern};
use super::score::{Match, Scratch};
use super::spoken::Spoken;
use super::text::units;
use crate::codes::Division;
use crate::mercator::World;

/// Below this the search looks a second time, with slips forgiven.
pub(super) const SURE: f32 = 0.8;
/// What stands on a street lies within this of it, metres.
const ON_STREET_M: f64 = 250.0;
/// What an answer loses that stands on a street or in a division by our reading of the words.
const BY_PLACE: f32 = 0.97;
/// What an answer loses that is found by the number on it, whatever the words before it.
const BY_NUMBER: f32 = 0.9;
/// Streets of one text that are followed.
pub(super) const MOST_STREETS: usize = 200;

/// A reading of the text: a name to look for, and where it must be.
pub(super) struct Reading {
    pub(super) pattern: Pattern,
    pub(super) areas: Vec<Division>,
    /// Streets that it must stand on.
    pub(super) on: Vec<u32>,
    /// A number that stands on a thing, behind a word for the thing: it is looked for among such numbers only.
    pub(super) number: bool,
}

impl Reading {
    fn plain(pattern: Pattern) -> Self {
        Self { pattern, areas: Vec::new(), on: Vec::new(), number: false }
    }
}

/// A search that is under way.
pub(super) struct Search<'a> {
    pub(super) index: &'a SearchIndex,
    pub(super) eyes: &'a dyn Eyes,
    pub(super) best: Best,
    pub(super) scratch: Scratch,
    whole: bool,
}

/// The number at the end of a text that begins with a word: of `路灯 LC-0342` the `lc-0342`.
fn number_behind(text: &str) -> Option<&str> {
    let at = text.char_indices().rev().take_while(|(_, c)| c.is_ascii_alphanumeric() || *c == '-').last()?.0;
    let (before, number) = text.split_at_checked(at)?;
    let number = number.trim_start_matches('-');
    (!before.trim().is_empty() && number.bytes().filter(u8::is_ascii_digit).count() >= 3).then_some(number)
}

impl SearchIndex {
    /// Finds what was said. `others` are things that move or pass and are in sight of the caller.
    pub fn find(&self, asked: &Asked<'_>, eyes: &dyn Eyes, others: &[Other]) -> Answer {
        let spoken = Spoken::of(asked.text);
        let near = asked.near.map(World::of);
        let best = Best::new(asked.most, near);
        let mut search = Search { index: self, eyes, best, scratch: Scratch::default(), whole: true };
        search.kilometre(&spoken);
        search.crossing(&spoken);
        search.doors(&spoken);
        let readings = search.readings(&spoken);
        for loose in [false, true] {
            if loose && search.best.surest() >= SURE {
                break;
            }
            search.streets(&spoken, &readings, loose);
            search.others(&readings, others);
            search.names(&readings, loose);
        }
        search.codes(&spoken);
        let whole = search.whole;
        Answer { hits: search.best.finish(|draft| self.label(draft)), whole }
    }

    fn label(&self, draft: &Draft) -> Option<(String, Option<String>)> {
        let row = match &draft.label {
            Label::Text(label, label_en) => return Some((label.clone(), label_en.clone())),
            Label::Row(row) => *row,
        };
        let layer = self.layers.layer(draft.of?.0)?;
        let text = |field| layer.text(row, field).map(str::to_owned);
        let named = text("name").or_else(|| text("address")).or_else(|| text("code"));
        let named = named.or_else(|| layer.source(row).map(|(_, id)| id.to_owned()))?;
        Some((named, text("name_en")))
    }
}

impl Search<'_> {
    fn go_on(&mut self) -> bool {
        self.whole &= self.eyes.go_on();
        self.whole
    }

    /// The text as a name; without the divisions that it begins with; without the street that it begins with.
    fn readings(&mut self, spoken: &Spoken) -> Vec<Reading> {
        let mut all = Vec::new();
        let mut add = |text: &str, areas: Vec<Division>, on: Vec<u32>| {
            if let Some(pattern) = Pattern::of(text) {
                all.push(Reading { pattern, areas, on, number: false });
            }
        };
        add(&spoken.text, Vec::new(), Vec::new());
        if spoken.whole != spoken.text {
            add(&spoken.whole, Vec::new(), Vec::new());
        }
        let placed = self.index.areas.strip(&spoken.text);
        if !placed.areas.is_empty() {
            add(&placed.rest, placed.areas.clone(), Vec::new());
        }
        if let Some((streets, rest)) = self.street_before(&placed.rest) {
            add(&rest, placed.areas, streets);
        }
        // `救生圈 长虹湖`: which word comes first is chance.
        if let Some((a, b)) = spoken.text.split_once(' ').filter(|(_, b)| !b.contains(' ')) {
            all.extend(Pattern::of(&format!("{b}{a}")).map(Reading::plain).filter(|_| !spoken.text.is_ascii()));
        }
        let number = number_behind(&spoken.text).and_then(Pattern::of);
        all.extend(number.map(|pattern| Reading { pattern, areas: Vec::new(), on: Vec::new(), number: true }));
        all
    }

    /// A street at the beginning of a text that goes on: `公园路的加油站`.
    fn street_before(&self, text: &str) -> Option<(Vec<u32>, String)> {
        let chars: Vec<char> = text.chars().collect();
        (2..=10.min(chars.len().saturating_sub(2))).rev().find_map(|long| {
            let (head, rest) = chars.split_at_checked(long)?;
            let rest: String = rest.iter().collect();
            let rest = rest.trim_start_matches(['上', '的', ' ', '那', '个']).to_owned();
            let head: String = head.iter().collect();
            let named = self.index.streets.words.called(&units(&head));
            let streets: Vec<u32> = named.into_iter().map(|(street, _)| street).take(MOST_STREETS).collect();
            (!streets.is_empty() && rest.chars().count() >= 2).then_some((streets, rest))
        })
    }

    pub(super) fn put(&mut self, draft: Draft) {
        let own = self.eyes.own(draft.division);
        self.best.put(draft, own);
    }

    // --- names ----------------------------------------------------------------------------------------------------

    fn names(&mut self, readings: &[Reading], loose: bool) {
        let index = self.index;
        for (layer, names) in index.named() {
            let Some(kind) = Kind::of(layer).filter(|_| self.eyes.layer(layer)) else { continue };
            for reading in readings.iter().filter(|reading| !reading.number || names.of == Of::Also) {
                if !self.go_on() {
                    return;
                }
                let eyes = self.eyes;
                let (found, whole) = names.scan(&reading.pattern, loose, &|| eyes.go_on(), &mut self.scratch);
                self.whole &= whole;
                if found.is_empty() {
                    continue;
                }
                for (row, found) in names.rows(&found) {
                    let division = names.layer.division(row);
                    let (Some(place), Some(fid)) = (names.layer.world(row), names.layer.fid(row)) else { continue };
                    if !eyes.row(layer, division) || !self.is_there(reading, place, division) {
                        continue;
                    }
                    let draft = Draft {
                        kind,
                        of: Some((layer, fid)),
                        id: None,
                        label: Label::Row(row),
                        via: found.part.and_then(|part| names.part(part)).map(str::to_owned),
                        place,
                        division,
                        bearing: None,
                        score: found.score,
                        rank: 0.0,
                    };
                    let (by_place, why) = (!reading.areas.is_empty() || !reading.on.is_empty(), found.score.why);
                    let draft = if by_place { draft.worth(BY_PLACE, why) } else { draft };
                    self.put(if reading.number { draft.worth(BY_NUMBER, Match::Code) } else { draft });
                }
            }
        }
    }

    pub(super) fn is_there(&self, reading: &Reading, place: World, division: Option<Division>) -> bool {
        let inside =
            reading.areas.is_empty() || division.is_some_and(|own| reading.areas.iter().any(|area| area.contains(own)));
        inside && (reading.on.is_empty() || reading.on.iter().any(|street| self.stands_on(*street, place)))
    }

    fn stands_on(&self, street: u32, place: World) -> bool {
        let streets = &self.index.streets;
        streets.get(street).is_some_and(|street| streets.runs_by(street, place, ON_STREET_M))
    }

    fn others(&mut self, readings: &[Reading], others: &[Other]) {
        for other in others {
            for reading in readings.iter().filter(|reading| reading.on.is_empty() && !reading.number) {
                if !reading.areas.is_empty() && !self.is_there(reading, World::of(other.position), other.division) {
                    continue;
                }
                let scores =
                    other.names.iter().filter_map(|name| reading.pattern.score(name, May::BOTH, &mut self.scratch));
                let Some(score) = scores.max_by(|a, b| a.confidence.total_cmp(&b.confidence)) else { continue };
                let draft = Draft {
                    kind: other.kind,
                    of: None,
                    id: Some(other.id.clone()),
                    label: Label::Text(other.names.first().cloned().unwrap_or_default(), None),
                    via: None,
                    place: World::of(other.position),
                    division: other.division,
                    bearing: None,
                    score,
                    rank: 0.0,
                };
                self.put(draft);
            }
        }
    }

    fn codes(&mut self, spoken: &Spoken) {
        let Some(code) = codes::code_of(&spoken.whole) else { return };
        let index = self.index;
        for (layer, field) in CODED {
            if !self.eyes.layer(*layer) || !self.eyes.field(*layer, field) || !self.go_on() {
                continue;
            }
            let (Some(kind), Some(rows)) = (Kind::of(*layer), index.layers.layer(*layer)) else { continue };
            let eyes = self.eyes;
            let (found, whole) = codes::rows(rows, field, &code, &|| eyes.go_on());
            self.whole &= whole;
            for (row, score) in found {
                let division = rows.division(row);
                let (Some(place), Some(fid)) = (rows.world(row), rows.fid(row)) else { continue };
                if eyes.row(*layer, division) {
                    self.put(Draft {
                        kind,
                        of: Some((*layer, fid)),
                        id: None,
                        label: Label::Row(row),
                        via: rows.text(row, field).map(str::to_owned),
                        place,
                        division,
                        bearing: None,
                        score,
                        rank: 0.0,
                    });
                }
            }
        }
    }
}
