//! Houses by street and number. A city has millions of dwellings and a few thousand names of streets: the names are a
//! dictionary, the numbers of each street are sorted, and no address is kept here as text.

use std::collections::HashMap;
use std::sync::Arc;

use super::areas::Areas;
use super::words::Words;
use crate::still::StillLayer;

/// Numbers further from the one asked for than this are not offered in its place.
const NEXT: u32 = 10;

/// Number and second number: `12-3号` and `12弄3号` are (12, 3).
pub(super) type Number = (u32, u32);

/// Houses by street and number.
#[derive(Debug, Default)]
pub(super) struct Doors {
    pub(super) layer: Option<Arc<StillLayer>>,
    /// Names of streets without what stands before them; each stands for a range of `heads`.
    pub(super) words: Words,
    streets: Vec<Vec<u32>>,
    heads: Vec<Head>,
    numbers: Vec<Door>,
}

/// A street of one name in one division.
#[derive(Debug)]
struct Head {
    /// Divisions as the address writes them.
    before: Box<str>,
    first: u32,
    count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Door {
    head: u32,
    number: Number,
    row: u32,
}

/// A house that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct House {
    pub(super) row: usize,
    /// Whether it has the number that was asked for.
    pub(super) exact: bool,
}

impl Doors {
    /// The houses of the layer, whose addresses begin with divisions that `areas` knows.
    pub(super) fn of(layer: &Arc<StillLayer>, areas: &Areas) -> Self {
        let mut doors = Self { layer: Some(Arc::clone(layer)), ..Self::default() };
        let Some((codes, texts)) = layer.columns().column("address").and_then(|column| layer.columns().texts(column))
        else {
            return doors;
        };
        // An address is read once, whoever lives there.
        let mut first: Vec<u32> = vec![u32::MAX; texts.len()];
        for (row, code) in (0_u32..).zip(codes.iter()) {
            if let Some(held) = (code as usize).checked_sub(1).and_then(|at| first.get_mut(at)) {
                *held = (*held).min(row);
            }
        }
        let mut heads: HashMap<String, u32> = HashMap::new();
        let mut streets: HashMap<String, u32> = HashMap::new();
        for (at, row) in first.iter().enumerate().filter(|(_, row)| **row != u32::MAX) {
            let Some((street, number)) = texts.get(at).and_then(split) else { continue };
            let head = match heads.get(street) {
                Some(head) => *head,
                None => doors.head(street, areas, &mut heads, &mut streets),
            };
            doors.numbers.push(Door { head, number, row: *row });
        }
        doors.numbers.sort_unstable();
        doors.numbers.shrink_to_fit();
        for (at, door) in (0_u32..).zip(&doors.numbers) {
            if let Some(head) = doors.heads.get_mut(door.head as usize) {
                head.first = head.first.min(at);
                head.count += 1;
            }
        }
        doors
    }

    fn head(
        &mut self,
        street: &str,
        areas: &Areas,
        heads: &mut HashMap<String, u32>,
        streets: &mut HashMap<String, u32>,
    ) -> u32 {
        let (before, name) = street.split_at(areas.head_of(street));
        // A street is never called like a division alone.
        let (before, name) = if name.trim().is_empty() { ("", street) } else { (before, name.trim()) };
        let number = u32::try_from(self.heads.len()).unwrap_or(u32::MAX);
        self.heads.push(Head { before: before.into(), first: u32::MAX, count: 0 });
        heads.insert(street.to_owned(), number);
        let next = u32::try_from(self.streets.len()).unwrap_or(u32::MAX);
        let of = *streets.entry(name.to_owned()).or_insert(next);
        if of == next {
            self.words.add(name, of);
            self.streets.push(Vec::new());
        }
        if let Some(all) = self.streets.get_mut(of as usize) {
            all.push(number);
        }
        number
    }

    /// Bytes of memory beside the layer's own.
    pub(super) fn bytes(&self) -> usize {
        let heads: usize = self.heads.iter().map(|head| size_of::<Head>() + head.before.len()).sum();
        self.words.bytes()
            + heads
            + self.numbers.len() * size_of::<Door>()
            + self.streets.iter().map(|all| all.len() * 4 + 24).sum::<usize>()
    }

    /// How many different addresses there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The house of that number in each street of that name (a thing of `words`), or the next number on its side of the
    /// street; `before` must be part of what stands before the street's name.
    pub(super) fn find(&self, street: u32, number: Number, before: &str) -> Vec<House> {
        let heads = self.streets.get(street as usize).map_or(&[][..], Vec::as_slice);
        let named = heads.iter().filter_map(|head| self.heads.get(*head as usize));
        named.filter(|head| holds(&head.before, before)).filter_map(|head| self.door(head, number)).collect()
    }

    fn door(&self, head: &Head, number: Number) -> Option<House> {
        let all = self.numbers.get(head.first as usize..head.first as usize + head.count as usize)?;
        let at = all.partition_point(|door| door.number < number);
        if let Some(door) = all.get(at).filter(|door| door.number == number) {
            return Some(House { row: door.row as usize, exact: true });
        }
        // `12号` stands for 12-1, 12-2… as well, and 12-3 for 12 where nothing finer is known.
        let same = |door: &&Door| door.number.0 == number.0;
        let alike = all.get(at).filter(same).or_else(|| all.get(at.checked_sub(1)?).filter(same));
        if let Some(door) = alike {
            return Some(House { row: door.row as usize, exact: number.1 == 0 });
        }
        let side = |door: &&Door| door.number.0 % 2 == number.0 % 2 && door.number.0.abs_diff(number.0) <= NEXT;
        let near = all.iter().filter(side).min_by_key(|door| (door.number.0.abs_diff(number.0), door.number));
        near.map(|door| House { row: door.row as usize, exact: false })
    }
}

/// Whether all characters of a text come in another, in their order.
fn holds(whole: &str, part: &str) -> bool {
    let mut left = whole.chars();
    part.chars().filter(|c| c.is_alphanumeric()).all(|c| left.any(|held| held == c))
}

/// An address as street and number; nothing when it has no number, or no street.
pub(super) fn split(address: &str) -> Option<(&str, Number)> {
    let digit = |c: char| c.is_ascii_digit();
    let at = address.find(digit)?;
    let (street, rest) = address.split_at(at);
    let street = street.trim().trim_end_matches(['第', ',', '#']).trim();
    if !street.is_empty() {
        let street = street
            .strip_suffix("No.")
            .or_else(|| street.strip_suffix("no."))
            .or_else(|| street.strip_suffix(" no"))
            .unwrap_or(street);
        return Some((street.trim(), number(rest)?));
    }
    // `12 Main Street`.
    let end = rest.find(|c: char| !digit(c))?;
    let (first, street) = rest.split_at(end);
    let street = street.trim_start_matches(['号', ' ', ',']);
    let words = street.chars().any(char::is_alphabetic) && !street.contains(digit);
    words.then_some((street.trim(), number(first)?))
}

/// The first number and, right behind it, a second.
fn number(text: &str) -> Option<Number> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    let second = ["号之", "弄", "-", "之", "－"].iter().find_map(|word| rest.strip_prefix(word));
    let second = second.map_or(0, |text| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        text.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    });
    Some((first.parse().ok()?, second))
}

#[cfg(test)]
mod tests {
    use geo::point;

    use super::super::text::units;
    use super::*;
    use crate::{Feature, FeatureKey, Layer, Value};

    fn doors(addresses: &[&str]) -> Doors {
        let rows = addresses.iter().enumerate().map(|(n, address)| {
            let key = FeatureKey::new(Layer::Houses, "t", format!("h{n}")).unwrap();
            let at = point!(x: 120.6 + f64::from(u32::try_from(n).unwrap()) * 0.001, y: 28.0);
            Feature::new(key, at.into(), [("address".into(), Value::Text((*address).to_owned()))].into_iter().collect())
                .unwrap()
        });
        let layer = StillLayer::build(Layer::Houses, &rows.collect::<Vec<_>>(), |_| None);
        Doors::of(&Arc::new(layer), &super::super::areas::tests::areas())
    }

    #[test]
    fn streets_and_numbers() {
        let check = |address: &str, street: &str, number: Number| {
            assert_eq!(split(address), Some((street, number)), "{address}");
        };
        check("公园路100号", "公园路", (100, 0));
        check("公园路12-3号", "公园路", (12, 3));
        check("公园路12弄3号", "公园路", (12, 3));
        check("公园路12号之二", "公园路", (12, 0));
        check("Mannerheimintie 12 B", "Mannerheimintie", (12, 0));
        check("Renmin Road No. 12", "Renmin Road", (12, 0));
        check("12 Main Street", "Main Street", (12, 0));
        assert_eq!(split("公园路"), None);
        assert_eq!(split("12号"), None);
    }

    #[test]
    fn a_house_or_its_neighbour_on_the_same_side() {
        let doors = doors(&[
            "鹿城区五马街道公园社区公园路9号",
            "鹿城区五马街道公园社区公园路10号",
            "鹿城区五马街道公园社区公园路10号",
            "鹿城区五马街道公园社区公园路14-2号",
            "龙湾区公园路10号",
            "龙湾区解放街2号",
        ]);
        assert_eq!(doors.len(), 5, "an address is one");
        let street = doors.words.called(&units("公园路"))[0].0;
        let layer = doors.layer.clone().unwrap();
        let found = |number, before: &str| {
            let all = doors.find(street, number, before);
            all.iter().map(|house| (layer.text(house.row, "address").unwrap(), house.exact)).collect::<Vec<_>>()
        };
        assert_eq!(found((10, 0), ""), [("鹿城区五马街道公园社区公园路10号", true), ("龙湾区公园路10号", true)]);
        assert_eq!(found((10, 0), "龙湾"), [("龙湾区公园路10号", true)]);
        assert_eq!(found((14, 0), "鹿城"), [("鹿城区五马街道公园社区公园路14-2号", true)]);
        assert_eq!(found((7, 0), ""), [("鹿城区五马街道公园社区公园路9号", false)]);
        assert_eq!(found((40, 0), ""), []);
    }
}
