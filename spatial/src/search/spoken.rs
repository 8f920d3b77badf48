//! What somebody says of a place, taken apart: words around it, the room, the direction, the crossing, the kilometre, the
//! number. Nothing here knows the city; what the parts mean is looked up later.

use super::bearing::Bearing;
use super::doors::{self, Number};
use super::posts;
use super::text::{folded, with_digits, with_lanes};

/// Words before a place that say nothing of it.
const BEFORE: [&str; 22] = [
    "我现在在",
    "我们在",
    "我在",
    "人在",
    "就在",
    "现在在",
    "这里是",
    "这边是",
    "地点是",
    "地址是",
    "位置在",
    "位于",
    "大概在",
    "好像在",
    "在",
    "at the ",
    "at ",
    "near the ",
    "near ",
    "opposite ",
    "in front of ",
    "the ",
];
/// Words behind it.
const BEHIND: [&str; 36] = [
    "的附近",
    "附近",
    "的旁边",
    "旁边",
    "边上",
    "的对面",
    "斜对面",
    "对面",
    "那里",
    "那边",
    "这里",
    "这边",
    "里面",
    "楼下",
    "后面",
    "前面",
    "隔壁",
    "大门口",
    "门口",
    "门前",
    "处",
    "东侧",
    "南侧",
    "西侧",
    "北侧",
    "东边",
    "南边",
    "西边",
    "北边",
    "东面",
    "南面",
    "西面",
    "北面",
    "周边",
    " nearby",
    " please",
];
const UNDER: [&str; 7] = ["桥下面", "桥底下", "桥下", "桥底", " underneath", " under the bridge", "高架下"];
const UPON: [&str; 4] = ["桥面上", "桥面", "桥上", " on the bridge"];
/// What a crossing is called behind the names of its streets.
const CROSSING: [&str; 17] = [
    "交叉路口",
    "交叉口",
    "十字路口",
    "丁字路口",
    "三岔路口",
    "交界处",
    "交汇处",
    "交汇口",
    "交界",
    "转角",
    "拐角",
    "的路口",
    "路口",
    "口",
    " crossing",
    " intersection",
    " junction",
];
const CORNER: [&str; 7] = [
    "corner of ",
    "the corner of ",
    "intersection of ",
    "the intersection of ",
    "crossing of ",
    "junction of ",
    "where ",
];
const AND: [&str; 12] = ["与", "和", "跟", "及", "、", "/", "&", " and ", " at ", " x ", " meets ", " @ "];

/// A place as it was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spoken {
    /// As it was written, half-width and small.
    pub(super) whole: String,
    /// Without words around it, without room and direction.
    pub(super) text: String,
    pub(super) bearing: Option<Bearing>,
    /// Below a bridge.
    pub(super) under: bool,
    /// A road and metres along it.
    pub(super) kilometre: Option<(String, u32)>,
    /// A street and a number; in two ways where a lane may be a street or a number.
    pub(super) doors: Vec<(String, Number)>,
    pub(super) crossing: Option<Crossing>,
}

/// Two streets, in the ways in which a text can be two streets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Crossing {
    /// Cut where a word says so.
    pub(super) pairs: Vec<(String, String)>,
    /// Texts that may be two names without a word between.
    pub(super) joined: Vec<String>,
}

impl Spoken {
    /// Takes a text apart.
    pub(super) fn of(text: &str) -> Self {
        let whole = folded(text).trim().to_owned();
        let mut text = with_digits(&whole);
        for word in BEFORE {
            if let Some(rest) = text.strip_prefix(word).filter(|rest| long(rest)) {
                text = rest.trim_start().to_owned();
                break;
            }
        }
        // What lies inside the building does not lead to it.
        if let Some((building, _)) = crate::noun::inside(&text).filter(|(building, _)| long(building)) {
            text = building;
        }
        let mut spoken = Self { whole, ..Self::default() };
        for _ in 0..2 {
            for word in BEHIND {
                if let Some(rest) = text.strip_suffix(word).filter(|rest| long(rest)) {
                    text = rest.trim_end().to_owned();
                    break;
                }
            }
            if let Some((rest, bearing)) = Bearing::at_end(&text).filter(|(rest, _)| long(rest)) {
                (text, spoken.bearing) = (rest, Some(bearing));
            }
        }
        if let Some(rest) = UNDER.iter().find_map(|word| text.strip_suffix(word)) {
            spoken.under = true;
            text = bridge(rest);
        } else if let Some(rest) = UPON.iter().find_map(|word| text.strip_suffix(word)) {
            text = bridge(rest);
        }
        let text = text.trim().trim_matches(['.', ',', '，', '。', '?', '？', '!', '"']).to_owned();
        spoken.kilometre = posts::read(&text);
        let lanes = with_lanes(&text);
        let texts = std::iter::once(&text).chain(Some(&lanes).filter(|lanes| **lanes != text));
        let doors = texts.filter_map(|text| doors::split(text));
        spoken.doors = doors.map(|(street, number)| (street.to_owned(), number)).collect();
        spoken.crossing = crossing(&text);
        spoken.text = text;
        spoken
    }
}

fn long(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// `瓯江大桥桥下` and `瓯江大桥下` are both below the `瓯江大桥`.
fn bridge(before: &str) -> String {
    let before = before.trim();
    if before.ends_with(['桥', 'e']) { before.to_owned() } else { format!("{before}桥") }
}

fn crossing(text: &str) -> Option<Crossing> {
    let mut found = Crossing::default();
    let text = CORNER.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    // `解放路口` is the crossing of a 解放路: each ending that fits is tried.
    let ends = CROSSING.iter().filter_map(|word| text.strip_suffix(word));
    let mut marked: Vec<&str> = ends.filter(|rest| long(rest)).collect();
    marked.sort_unstable();
    marked.dedup();
    let all = if marked.is_empty() { vec![text] } else { marked };
    for text in all {
        for word in AND {
            if let Some((a, b)) = text.split_once(word).filter(|(a, b)| long(a) && long(b)) {
                found.pairs.push((a.trim().to_owned(), b.trim().to_owned()));
            }
        }
        let blank = text.split_once(' ').filter(|(a, b)| !text.is_ascii() && long(a) && long(b) && !b.contains(' '));
        found.pairs.extend(blank.map(|(a, b)| (a.to_owned(), b.to_owned())));
        if text.chars().filter(|c| super::text::is_han(*c)).count() >= 4 {
            found.joined.push(text.chars().filter(|c| *c != ' ').collect());
        }
    }
    (!found.pairs.is_empty() || !found.joined.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) -> Spoken {
        let spoken = Spoken::of(text);
        assert_eq!(spoken.text, expect, "{text}");
        spoken
    }

    #[test]
    fn words_around_a_place() {
        check("我在人民医院门口", "人民医院");
        check("在 解放路旁边", "解放路");
        check("near the hospital", "hospital");
        check("人民医院对面", "人民医院");
        check("在", "在");
    }

    #[test]
    fn the_room_is_left_out() {
        let spoken = check("公园路一百号3单元502室", "公园路100号");
        assert_eq!(spoken.doors, [("公园路".to_owned(), (100, 0))]);
        assert_eq!(Spoken::of("公园路十二弄3号").doors.len(), 2);
    }

    #[test]
    fn bridges_and_directions() {
        let spoken = check("瓯江大桥上往北", "瓯江大桥");
        assert_eq!(spoken.bearing.map(Bearing::zh), Some("往北".to_owned()));
        assert!(check("瓯江大桥桥下", "瓯江大桥").under && check("瓯江大桥下面", "瓯江大桥").under);
        assert!(!check("瓯江大桥桥面往南", "瓯江大桥").under);
        let spoken = check("G15 1823公里 往北", "g15 1823公里");
        assert_eq!(spoken.kilometre, Some(("g15".to_owned(), 1_823_000)));
    }

    #[test]
    fn crossings() {
        let pair = |text: &str| Spoken::of(text).crossing.and_then(|c| c.pairs.first().cloned());
        let expect = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(pair("人民路与解放路交叉口"), expect("人民路", "解放路"));
        assert_eq!(pair("人民路和解放路"), expect("人民路", "解放路"));
        assert_eq!(pair("corner of Renmin Road and Jiefang Road"), expect("renmin road", "jiefang road"));
        let joined = Spoken::of("人民路解放路口").crossing.unwrap().joined;
        assert!(joined.contains(&"人民路解放路".to_owned()), "{joined:?}");
        assert_eq!(Spoken::of("公园").crossing, None);
    }
}
