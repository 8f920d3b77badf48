//! Directions as people say them, and which way a line runs.

use crate::mercator::World;

/// One of eight directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bearing(u8);

/// Chinese and English, from north clockwise.
const WORDS: [(&str, &str); 8] = [
    ("北", "north"),
    ("东北", "north-east"),
    ("东", "east"),
    ("东南", "south-east"),
    ("南", "south"),
    ("西南", "south-west"),
    ("西", "west"),
    ("西北", "north-west"),
];
/// What stands before or behind a direction.
const TOWARDS: [&str; 6] = ["往", "向", "朝", "去", "开往", "驶向"];
const BEHIND: [&str; 10] = ["方向行驶", "方向", "行驶的", "行驶", "开的", "开", "走的", "走", "向", "行"];
const ENGLISH: [&str; 4] = ["bound", " bound", "ward", "wards"];

impl Bearing {
    /// Degrees clockwise from north.
    pub fn degrees(self) -> f64 {
        f64::from(self.0) * 45.0
    }

    /// `往北`, `往东北`…
    pub fn zh(self) -> String {
        format!("往{}", WORDS.get(usize::from(self.0)).map_or("", |(zh, _)| zh))
    }

    /// `northbound`, `north-eastbound`…
    pub fn en(self) -> String {
        format!("{}bound", WORDS.get(usize::from(self.0)).map_or("", |(_, en)| en))
    }

    /// The nearest of the eight.
    fn of_degrees(degrees: f64) -> Self {
        let eighth = (degrees.rem_euclid(360.0) / 45.0).round();
        Self((0..8_u8).find(|n| (f64::from(*n) - eighth).abs() < 0.5).unwrap_or(0))
    }

    /// Which way a line runs from its first place to its last; nothing when it comes back to where it began.
    pub(super) fn of_line(line: &[World]) -> Option<Self> {
        let (first, last) = (line.first()?, line.last()?);
        let east = f64::from(last.x) - f64::from(first.x);
        let north = f64::from(first.y) - f64::from(last.y);
        (first != last).then(|| Self::of_degrees(east.atan2(north).to_degrees()))
    }

    /// The direction opposite.
    pub(super) fn back(self) -> Self {
        Self((self.0 + 4) % 8)
    }

    /// How far apart two are, in steps of 45°: 0 to 4.
    pub(super) fn apart(self, other: Self) -> u8 {
        let steps = self.0.abs_diff(other.0);
        steps.min(8 - steps)
    }

    /// A direction at the end of a text (`瓯江大桥往北`, `由南向北`, `Ou Bridge northbound`): the text before it, and the
    /// direction. A name that ends in a direction as such (`学院东`) is none.
    pub(super) fn at_end(text: &str) -> Option<(String, Self)> {
        let text = text.trim_end();
        english(text).or_else(|| chinese(text))
    }

    /// A direction that a name of a carriageway ends in: `瓯江大桥北行`, `Oujiang Bridge northbound`.
    pub(super) fn of_carriageway(name: &str) -> Option<(String, Self)> {
        if let Some(before) = name.strip_suffix('行') {
            return word_at_end(before).map(|(rest, bearing)| (rest.to_owned(), bearing));
        }
        english(name)
    }
}

fn chinese(text: &str) -> Option<(String, Bearing)> {
    let bare = BEHIND.iter().find_map(|word| text.strip_suffix(word));
    let (before, bearing) = word_at_end(bare.unwrap_or(text))?;
    let towards = TOWARDS.iter().find_map(|word| before.strip_suffix(word));
    // `自南往北`: where from says no more than where to.
    let rest = match towards {
        Some(rest) => ["由", "自", "从"]
            .iter()
            .find_map(|from| {
                let (rest, whence) = rest.rsplit_once(from)?;
                WORDS.iter().any(|(zh, _)| *zh == whence).then_some(rest)
            })
            .unwrap_or(rest),
        None if bare.is_some() && !before.is_empty() => before,
        None => return None,
    };
    let rest = rest.trim_end_matches([' ', ',', '，', '的']);
    Some((rest.to_owned(), bearing))
}

/// The longest word of a direction that a text ends in.
fn word_at_end(text: &str) -> Option<(&str, Bearing)> {
    let ends = (0_u8..).zip(WORDS).filter_map(|(n, (zh, _))| Some((text.strip_suffix(zh)?, Bearing(n))));
    ends.min_by_key(|(rest, _)| rest.len())
}

fn english(text: &str) -> Option<(String, Bearing)> {
    let small = text.to_lowercase();
    let found = (0_u8..).zip(WORDS).filter_map(|(n, (_, en))| {
        let joined = en.replace('-', "");
        let ends = ENGLISH.iter().flat_map(|end| [format!("{en}{end}"), format!("{joined}{end}")]);
        let towards = ["heading ", "towards ", "going "].into_iter().map(|before| format!("{before}{en}"));
        let end = ends.chain(towards).filter(|end| small.ends_with(end.as_str())).max_by_key(String::len)?;
        Some((end.len(), Bearing(n)))
    });
    let (long, bearing) = found.max_by_key(|(long, _)| *long)?;
    let rest = text.get(..text.len().checked_sub(long)?)?.trim_end_matches([' ', ',']);
    Some((rest.to_owned(), bearing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> Option<(String, String)> {
        Bearing::at_end(text).map(|(rest, bearing)| (rest, bearing.zh()))
    }

    #[test]
    fn directions_as_people_say_them() {
        let check = |text: &str, rest: &str, zh: &str| {
            assert_eq!(at_end(text), Some((rest.to_owned(), zh.to_owned())), "{text}");
        };
        check("瓯江大桥往北", "瓯江大桥", "往北");
        check("瓯江大桥向东北方向", "瓯江大桥", "往东北");
        check("瓯江大桥由南向北", "瓯江大桥", "往北");
        check("瓯江大桥 北向", "瓯江大桥", "往北");
        check("瓯江大桥北行", "瓯江大桥", "往北");
        check("ou bridge northbound", "ou bridge", "往北");
        check("ou bridge heading north-east", "ou bridge", "往东北");
        assert_eq!(at_end("环城北路"), None);
        assert_eq!(at_end("学院东"), None);
        assert_eq!(at_end("河北"), None);
    }

    #[test]
    fn carriageways_and_lines() {
        assert_eq!(
            Bearing::of_carriageway("瓯江大桥南行").map(|(rest, h)| (rest, h.en())),
            Some(("瓯江大桥".to_owned(), "southbound".to_owned()))
        );
        assert_eq!(Bearing::of_carriageway("人民路"), None);
        let at = |x, y| World { x, y };
        let north = Bearing::of_line(&[at(5, 10), at(5, 2)]).unwrap();
        assert_eq!(
            (north.zh(), north.back().zh(), north.apart(north.back())),
            ("往北".to_owned(), "往南".to_owned(), 4)
        );
        assert_eq!(Bearing::of_line(&[at(5, 5), at(9, 5), at(5, 5)]), None);
    }
}
