//! Streets and what is said by them: carriageways, crossings, house numbers, kilometres.

use super::best::{Draft, Label};
use super::doors::Number;
use super::find::{MOST_STREETS, Reading, SURE, Search};
use super::hit::Kind;
use super::pattern::Pattern;
use super::score::{Match, Score};
use super::spoken::Spoken;
use super::streets::{Street, Streets, metres};
use super::text::units;
use crate::codes::Division;
use crate::layer::Layer;
use crate::mercator::World;

/// What the next house number is worth.
const NEXT_DOOR: f32 = 0.75;
/// Pairs of streets that are looked at for a crossing.
const MOST_PAIRS: usize = 16_000;

/// Streets that a text may mean, each with how sure that is.
type Meant = Vec<(u32, Score)>;

impl Search<'_> {
    pub(super) fn streets(&mut self, spoken: &Spoken, readings: &[Reading], loose: bool) {
        if !self.eyes.layer(Layer::Roads) {
            return;
        }
        let index = self.index;
        for reading in readings.iter().filter(|reading| reading.on.is_empty() && !reading.number) {
            let found = index.streets.words.like(&reading.pattern, loose, &mut self.scratch);
            for (number, score) in found.into_iter().take(MOST_STREETS) {
                let Some(street) = index.streets.get(number) else { continue };
                let Some(place) = index.streets.place(street, self.best.near()) else { continue };
                if self.is_there(reading, place, self.division_of(street)) {
                    self.street(spoken, street, score);
                }
            }
        }
    }

    fn division_of(&self, street: &Street) -> Option<Division> {
        let middle = street.rows.get(street.rows.len() / 2)?;
        self.index.streets.layer.as_ref()?.division(*middle as usize)
    }

    fn road(&self, street: &Street, place: World, score: Score, words: (&str, &str)) -> Draft {
        let en = street.name_en.as_ref().map(|name| format!("{name}{}", words.1));
        let fid = street.rows.first().and_then(|row| self.index.streets.layer.as_ref()?.fid(*row as usize));
        Draft {
            kind: Kind::Road,
            of: fid.map(|fid| (Layer::Roads, fid)),
            id: None,
            label: Label::Text(format!("{}{}", street.name, words.0), en),
            via: None,
            place,
            division: self.division_of(street),
            bearing: None,
            score,
            rank: 0.0,
        }
    }

    /// A street, or the carriageway that was meant; of a bridge all that may be meant: each direction, and below it.
    fn street(&mut self, spoken: &Spoken, street: &Street, score: Score) {
        let index = self.index;
        let near = self.best.near();
        let bearings = match spoken.bearing {
            Some(bearing) => vec![bearing],
            None if street.bridge && !spoken.under => Streets::directions(street),
            None => Vec::new(),
        };
        for (n, bearing) in (0_u8..).zip(&bearings) {
            let Some((place, _)) = index.streets.carriageway(street, *bearing, near) else { continue };
            let words = (format!(" {}", bearing.zh()), format!(" {}", bearing.en()));
            let sure = Score { confidence: score.confidence - f32::from(n) * 0.005, ..score };
            let draft = self.road(street, place, sure, (&words.0, &words.1));
            self.put(Draft { bearing: Some(*bearing), ..draft });
        }
        let Some(place) = index.streets.place(street, near) else { return };
        if street.bridge && spoken.bearing.is_none() {
            let sure = if spoken.under { score.confidence } else { score.confidence - 0.03 };
            let draft = self.road(street, place, Score { confidence: sure, ..score }, (" 桥下", " (below)"));
            self.put(draft);
        }
        if bearings.is_empty() && !(street.bridge && spoken.under) {
            let draft = self.road(street, place, score, ("", ""));
            self.put(draft);
        }
    }

    /// Streets that a text may mean, by sound at once, else by anything.
    fn streets_named(&mut self, text: &str) -> Meant {
        let index = self.index;
        let mut found = index.streets.words.called(&units(text));
        if found.is_empty() {
            let Some(pattern) = Pattern::of(text) else { return Vec::new() };
            found = index.streets.words.like(&pattern, false, &mut self.scratch);
            if found.first().is_none_or(|(_, score)| score.confidence < SURE) {
                found.extend(index.streets.words.like(&pattern, true, &mut self.scratch));
            }
        }
        found.truncate(MOST_STREETS);
        found
    }

    pub(super) fn crossing(&mut self, spoken: &Spoken) {
        let Some(crossing) = spoken.crossing.as_ref().filter(|_| self.eyes.layer(Layer::Roads)) else { return };
        let mut pairs: Vec<(Meant, Meant, Vec<Division>)> = Vec::new();
        for (a, b) in &crossing.pairs {
            let placed = self.index.areas.strip(a);
            let b = self.streets_named(b);
            if !placed.areas.is_empty() {
                pairs.push((self.streets_named(&placed.rest), b.clone(), placed.areas));
            }
            pairs.push((self.streets_named(a), b, Vec::new()));
        }
        for text in &crossing.joined {
            let placed = self.index.areas.strip(text);
            for text in [text, &placed.rest] {
                let areas = if text == &placed.rest { placed.areas.clone() } else { Vec::new() };
                pairs.extend(self.cut(text).into_iter().map(|(a, b)| (a, b, areas.clone())));
            }
        }
        for (a, b, areas) in pairs {
            self.meet(spoken, &a, &b, &areas);
        }
    }

    /// A text as two names of streets, wherever both halves are some: the end of a street's kind may be left out of the
    /// first (`人民解放路口`).
    fn cut(&mut self, text: &str) -> Vec<(Meant, Meant)> {
        let chars: Vec<char> = text.chars().collect();
        let mut all = Vec::new();
        for at in 2..chars.len().saturating_sub(1) {
            let Some((a, b)) = chars.split_at_checked(at) else { continue };
            let (a, b): (String, String) = (a.iter().collect(), b.iter().collect());
            let of = |text: &str| {
                let whole = self.index.streets.words.called(&units(text));
                if !whole.is_empty() {
                    return whole;
                }
                let mut short = Vec::new();
                for end in ["路", "街", "大道"] {
                    let found = self.index.streets.words.called(&units(&format!("{text}{end}")));
                    short.extend(
                        found
                            .into_iter()
                            .map(|(n, s)| (n, Score { confidence: s.confidence * 0.9, why: Match::Prefix })),
                    );
                }
                short
            };
            let (of_a, of_b) = (of(&a), of(&b));
            if !of_a.is_empty() && !of_b.is_empty() {
                all.push((of_a, of_b));
            }
        }
        all
    }

    fn meet(&mut self, spoken: &Spoken, a: &[(u32, Score)], b: &[(u32, Score)], areas: &[Division]) {
        let index = self.index;
        let streets = &index.streets;
        let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b))).filter(|(a, b)| a.0 != b.0);
        for ((a, of_a), (b, of_b)) in pairs.take(MOST_PAIRS) {
            let (Some(x), Some(y)) = (streets.get(*a), streets.get(*b)) else { continue };
            if !x.bounds.buffered(1 << 13).meets(&y.bounds) {
                continue;
            }
            let division = self.division_of(x);
            if !areas.is_empty() && !division.is_some_and(|own| areas.iter().any(|area| area.contains(own))) {
                continue;
            }
            let sure = of_a.confidence.min(of_b.confidence);
            let why = if sure >= 1.0 { Match::Exact } else { of_a.why.max(of_b.why) };
            let (zh, en) =
                spoken.bearing.map_or_else(Default::default, |h| (format!(" {}", h.zh()), format!(" {}", h.en())));
            let english = x.name_en.as_ref().zip(y.name_en.as_ref());
            let label =
                Label::Text(format!("{}与{}路口{zh}", x.name, y.name), english.map(|(a, b)| format!("{a} / {b}{en}")));
            for place in streets.crossings(x, y) {
                self.put(Draft {
                    kind: Kind::Crossing,
                    of: None,
                    id: None,
                    label: label.clone(),
                    via: None,
                    place,
                    division,
                    bearing: spoken.bearing,
                    score: Score { confidence: sure, why },
                    rank: 0.0,
                });
            }
        }
    }

    pub(super) fn doors(&mut self, spoken: &Spoken) {
        if self.eyes.layer(Layer::Houses) {
            for (street, number) in &spoken.doors {
                self.door(street, *number);
            }
        }
    }

    fn door(&mut self, street: &str, number: Number) {
        let index = self.index;
        let Some(layer) = index.doors.layer.as_ref() else { return };
        let placed = index.areas.strip(street);
        for (text, areas) in [(placed.rest.as_str(), placed.areas.as_slice()), (street, &[])] {
            let mut named = index.doors.words.called(&units(text));
            if named.is_empty() {
                named = self.streets_of_doors(text);
            }
            for (street, score) in named.into_iter().take(MOST_STREETS) {
                for house in index.doors.find(street, number, "") {
                    let division = layer.division(house.row);
                    let inside =
                        areas.is_empty() || division.is_some_and(|own| areas.iter().any(|area| area.contains(own)));
                    let (Some(place), Some(fid)) = (layer.world(house.row), layer.fid(house.row)) else { continue };
                    if !inside || !self.eyes.row(Layer::Houses, division) {
                        continue;
                    }
                    let draft = Draft {
                        kind: Kind::Address,
                        of: Some((Layer::Houses, fid)),
                        id: None,
                        label: Label::Row(house.row),
                        via: None,
                        place,
                        division,
                        bearing: None,
                        score,
                        rank: 0.0,
                    };
                    self.put(if house.exact { draft } else { draft.worth(NEXT_DOOR, Match::Near) });
                }
            }
            if placed.areas.is_empty() {
                break;
            }
        }
    }

    /// Streets of addresses that a text may mean; an English name leads there by the road of that name.
    fn streets_of_doors(&mut self, text: &str) -> Meant {
        let index = self.index;
        let Some(pattern) = Pattern::of(text) else { return Vec::new() };
        let mut named = index.doors.words.like(&pattern, false, &mut self.scratch);
        if named.is_empty() {
            named = index.doors.words.like(&pattern, true, &mut self.scratch);
        }
        let mut roads = index.streets.words.called(&units(text));
        if roads.is_empty() && named.is_empty() {
            roads = index.streets.words.like(&pattern, true, &mut self.scratch);
        }
        for (road, score) in roads.into_iter().take(MOST_STREETS) {
            let Some(street) = index.streets.get(road) else { continue };
            let same = index.doors.words.called(&units(&street.name));
            let exact = same.into_iter().filter(|(_, of)| of.why == Match::Exact);
            named.extend(exact.map(|(number, _)| (number, score)));
        }
        named.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
        named.dedup_by_key(|(number, _)| *number);
        named
    }

    pub(super) fn kilometre(&mut self, spoken: &Spoken) {
        let index = self.index;
        let Some((road, along_m)) = spoken.kilometre.as_ref().filter(|_| self.eyes.layer(Layer::Places)) else {
            return;
        };
        let Some(found) = index.posts.find(road, *along_m) else { return };
        let Some(layer) = index.posts.layer.as_ref() else { return };
        let division = layer.division(found.row);
        if !self.eyes.row(Layer::Places, division) {
            return;
        }
        // The carriageway that was meant, where the road is drawn with two.
        let streets: Vec<u32> = index.streets.words.called(&units(road)).into_iter().map(|(n, _)| n).collect();
        let beside = spoken.bearing.and_then(|bearing| {
            let ways = streets.iter().filter_map(|n| index.streets.get(*n));
            let places = ways.filter_map(|street| index.streets.carriageway(street, bearing, Some(found.place)));
            places.map(|(place, _)| place).min_by(|a, b| metres(*a, found.place).total_cmp(&metres(*b, found.place)))
        });
        let place = beside.filter(|place| metres(*place, found.place) < 60.0).unwrap_or(found.place);
        let (zh, en) =
            spoken.bearing.map_or_else(Default::default, |h| (format!(" {}", h.zh()), format!(" {}", h.en())));
        let at = format!("{} K{}+{:03}", road.to_uppercase(), along_m / 1_000, along_m % 1_000);
        let score = if found.at_post {
            Score { confidence: 1.0, why: Match::Exact }
        } else {
            Score { confidence: 0.85, why: Match::Near }
        };
        self.put(Draft {
            kind: Kind::Kilometre,
            of: None,
            id: None,
            label: Label::Text(format!("{at}{zh}"), Some(format!("{at}{en}"))),
            via: None,
            place,
            division,
            bearing: spoken.bearing,
            score,
            rank: 0.0,
        });
    }
}
