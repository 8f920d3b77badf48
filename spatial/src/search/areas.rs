//! Divisions that stand before an address or a name: `鹿城区五马街道公园路100号`, `鹿城公园路`.

use std::collections::HashSet;

use super::score::Match;
use super::words::Words;
use crate::codes::Division;
use crate::still::StillLayer;

/// Endings of a division's name that people leave out.
const ENDINGS: [&str; 9] = ["街道", "社区", "居委会", "区", "县", "市", "镇", "乡", "村"];
/// What a street's name goes on with: where that follows, it was no division.
const ROADS: [char; 6] = ['路', '街', '巷', '弄', '桥', '道'];
/// Tiers that may stand one behind the other, with the city's own name.
const TIERS: usize = 4;
/// Longest name of a division, characters.
const LONGEST: usize = 14;

/// Names of divisions.
#[derive(Debug, Default)]
pub(super) struct Areas {
    words: Words,
    codes: Vec<Division>,
    /// Whole names only: what addresses begin with.
    whole: HashSet<String>,
}

/// A text without the divisions that it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    /// Those that are meant, the deepest tier that was named; none when no division stands there.
    pub(super) areas: Vec<Division>,
    pub(super) rest: String,
}

impl Areas {
    /// The names of the layer of jurisdictions.
    pub(super) fn of(layer: &StillLayer) -> Self {
        let mut areas = Self::default();
        for row in 0..layer.len() {
            let (Some(name), Some(code)) = (layer.text(row, "name"), layer.division(row)) else { continue };
            let number = u32::try_from(areas.codes.len()).unwrap_or(u32::MAX);
            areas.codes.push(code);
            areas.words.add(name, number);
            areas.whole.insert(name.to_owned());
            let stem = ENDINGS.iter().find_map(|end| name.strip_suffix(end));
            if let Some(stem) = stem.filter(|stem| stem.chars().count() >= 2) {
                areas.words.add(stem, number);
            }
        }
        areas
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.words.bytes() + self.codes.len() * 8 + self.whole.iter().map(|name| name.len() + 32).sum::<usize>()
    }

    /// Takes divisions off the beginning, as they were said.
    pub(super) fn strip(&self, text: &str) -> Placed {
        let mut placed = Placed { areas: Vec::new(), rest: text.trim().to_owned() };
        for _ in 0..TIERS {
            let chars: Vec<char> = placed.rest.chars().collect();
            let longest = (2..=LONGEST.min(chars.len().saturating_sub(2))).rev();
            let found = longest.filter_map(|long| {
                let rest: String = chars.get(long..)?.iter().collect();
                let rest = rest.trim_start_matches([' ', ',', '，', '的']).to_owned();
                if rest.chars().count() < 2 || rest.starts_with(ROADS) {
                    return None;
                }
                let head: String = chars.get(..long)?.iter().collect();
                let named = self.words.called(&super::text::units(&head));
                // A name that only sounds so is a division where its whole name was said.
                let sure = |score: &super::score::Score| score.why == Match::Exact || long >= 3;
                let codes = named
                    .iter()
                    .filter(|(_, score)| sure(score))
                    .filter_map(|(n, _)| self.codes.get(*n as usize).copied());
                let within =
                    |code: &Division| placed.areas.is_empty() || placed.areas.iter().any(|area| area.contains(*code));
                let codes: Vec<Division> = codes.filter(within).collect();
                (!codes.is_empty()).then_some(Placed { areas: codes, rest })
            });
            let Some(next) = found.into_iter().next() else { break };
            placed = next;
        }
        placed
    }

    /// The same of a registered address, whose divisions are written in full; how long they are, in bytes.
    pub(super) fn head_of(&self, address: &str) -> usize {
        let mut at = 0;
        for _ in 0..TIERS {
            let rest = address.get(at..).unwrap_or_default();
            let ends = rest.char_indices().map(|(n, c)| n + c.len_utf8()).take(LONGEST);
            let mut ends: Vec<usize> = ends.collect();
            ends.reverse();
            let Some(end) = ends.into_iter().find(|end| rest.get(..*end).is_some_and(|name| self.whole.contains(name)))
            else {
                break;
            };
            at += end;
        }
        at
    }
}

#[cfg(test)]
pub(super) mod tests {
    use geo::polygon;

    use super::*;
    use crate::{Feature, FeatureKey, Layer, Value};

    pub(in crate::search) fn areas() -> Areas {
        let all = [
            ("330300", "温州市", "city"),
            ("330302", "鹿城区", "county"),
            ("330303", "龙湾区", "county"),
            ("330302006", "五马街道", "township"),
            ("330302006001", "公园社区", "village"),
        ];
        let rows = all.map(|(code, name, level)| {
            let text = |text: &str| Value::Text(text.to_owned());
            let own = [("code", text(code)), ("name", text(name)), ("level", text(level))];
            let square = polygon![(x: 120.6, y: 28.0), (x: 120.7, y: 28.0), (x: 120.7, y: 28.1)];
            let key = FeatureKey::new(Layer::Jurisdictions, "t", code).unwrap();
            let above = Division::new(code).unwrap().parent().filter(|_| level != "city");
            let above = above.map(|above| ("parent", text(&above.short())));
            let own = own.into_iter().chain(above).map(|(name, value)| (name.into(), value));
            Feature::new(key, square.into(), own.collect()).unwrap()
        });
        Areas::of(&StillLayer::build(Layer::Jurisdictions, &rows, |_| None))
    }

    #[test]
    fn divisions_before_a_street() {
        let areas = areas();
        let check = |text: &str, rest: &str, deepest: Option<&str>| {
            let placed = areas.strip(text);
            assert_eq!(
                (placed.rest.as_str(), placed.areas.first().map(|d| d.short())),
                (rest, deepest.map(str::to_owned)),
                "{text}"
            );
        };
        check("温州市鹿城区五马街道公园路", "公园路", Some("330302006"));
        check("鹿城公园路", "公园路", Some("330302"));
        check("鹿城 公园路", "公园路", Some("330302"));
        check("公园路", "公园路", None);
        check("公园小学", "小学", Some("330302006001"));
        check("五马街", "五马街", None);
        check("鹿城区", "鹿城区", None);
        assert_eq!(areas.head_of("鹿城区五马街道公园社区公园路100号"), "鹿城区五马街道公园社区".len());
        assert_eq!(areas.head_of("公园路100号"), 0);
    }
}
