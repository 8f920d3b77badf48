//! Where an address goes on inside a building: unit, floor, room. A dwelling's address ends before it.

use crate::value::{Properties, Value};

/// Names of properties that say where in a building a dwelling is, letters only and small.
const ROOM_NAMES: &[&str] = &[
    "房号",
    "房间号",
    "室号",
    "室",
    "户号",
    "门室号",
    "单元",
    "单元号",
    "单元室",
    "roomno",
    "roomnumber",
    "flat",
    "flatno",
    "apartment",
    "apt",
    "aptno",
    "doorno",
    "unitno",
    "fanghao",
    "shihao",
    "danyuan",
];
/// The same of floors.
const FLOOR_NAMES: &[&str] =
    &["楼层", "楼层号", "所在层", "所在楼层", "层", "层号", "floorno", "floornumber", "storey", "louceng"];
/// Marks of a whole building.
const BUILDINGS: &[char] = &['号', '幢', '栋', '座', '弄', '楼', '厦', '元', '#'];
/// Chinese numerals, and what units are called by.
const NUMERALS: &str = "零〇一二三四五六七八九十百两负甲乙丙丁";
/// What stands by itself for a part of a building.
const PARTS: &[&str] = &["半地下室", "地下室", "阁楼", "顶层", "底层"];
const SEPARATORS: &[char] = &[' ', ',', '，', '、', ';', '；', '-', '(', '（', '/', '#', '·'];
/// Latin words before the number of a room or floor.
const WORDS: &[&str] =
    &["room", "rm", "apt", "apartment", "flat", "unit", "suite", "ste", "floor", "fl", "flr", "level", "lvl"];

/// Splits an address where it goes on inside the building: what is kept, and what was cut. `None` when it does not.
///
/// Known are units, floors and rooms of Chinese addresses (`2单元301室`, `3层`, `301房`, `1幢301`, `-301`, also full-width)
/// and the usual Latin words (`Room 301`, `Apt 5`, `Flat B`, `2nd floor`). The building's own number stays: `12-3号`,
/// `100-102`, `3号楼`.
pub fn inside(address: &str) -> Option<(String, String)> {
    if is_plain(address) {
        return None;
    }
    let given: Vec<char> = address.chars().collect();
    let plain: Vec<char> = given.iter().map(|c| narrow(*c)).collect();
    let (mut kept, mut cut) = (address.trim().to_owned(), Vec::new());
    let han = plain.iter().any(|c| is_han(*c));
    if let Some(at) = (0..plain.len()).find(|at| han && begins(&plain, *at)) {
        let (before, after) = given.split_at(at);
        let (before, after): (String, String) = (before.iter().collect(), after.iter().collect());
        before.trim_end_matches(separates).trim().clone_into(&mut kept);
        cut.push(after.trim_start_matches(separates).trim().to_owned());
    }
    if let Some((rest, words)) = latin(&kept) {
        kept = rest;
        cut.insert(0, words);
    }
    (!cut.is_empty()).then(|| (kept, cut.join(", ")))
}

/// Whether it has no sign at all of going on inside: nearly every address, and an import asks for each of a million.
fn is_plain(address: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || is_han(c) && !"室层房户套元楼阁".contains(c);
    address.chars().all(plain) && address.chars().next_back().is_none_or(is_han)
}

/// A property of a dwelling that says where in the building it is.
struct Move {
    name: String,
    /// What of it may stay.
    kept: Option<String>,
    /// The field to which the rest goes.
    field: &'static str,
    rest: String,
}

/// Takes out of a dwelling's properties what lies inside the building: the end of an address goes to `room` when that is
/// empty, as do columns of other names for floor and room. True when something had to be moved.
pub(super) fn settle(properties: &mut Properties) -> bool {
    let moved: Vec<Move> = properties.iter().filter_map(|(name, value)| moves(name, value)).collect();
    for Move { name, kept, field, rest } in &moved {
        match kept {
            Some(kept) => properties.put(name.clone(), Value::Text(kept.clone())),
            None => drop(properties.take(name)),
        }
        let there = properties.get(field).is_some_and(|value| !value.to_string().trim().is_empty());
        if !there {
            properties.put(*field, Value::Text(rest.clone()));
        }
    }
    !moved.is_empty()
}

fn moves(name: &str, value: &Value) -> Option<Move> {
    if matches!(name, "room" | "floor" | "building" | "address_code" | "usage" | "source" | "source_id") {
        return None;
    }
    if name == "address" {
        let (kept, rest) = inside(value.as_text()?)?;
        return Some(Move {
            name: name.to_owned(),
            kept: Some(kept).filter(|kept| !kept.is_empty()),
            field: "room",
            rest,
        });
    }
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let name = name.to_owned();
    if ROOM_NAMES.contains(&letters.as_str()) {
        return Some(Move { name, kept: None, field: "room", rest: value.to_string() });
    }
    if FLOOR_NAMES.contains(&letters.as_str()) {
        return Some(Move { name, kept: None, field: "floor", rest: value.to_string() });
    }
    let (kept, rest) = inside(value.as_text()?)?;
    Some(Move { name, kept: Some(kept).filter(|kept| !kept.is_empty()), field: "room", rest })
}

fn separates(c: char) -> bool {
    SEPARATORS.contains(&narrow(c))
}

/// Full-width signs and the many dashes as the plain one.
fn narrow(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => '-',
        '＃' => '#',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Whether a unit, floor or room begins there.
fn begins(all: &[char], at: usize) -> bool {
    let rest = all.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|at| all.get(at)).copied();
    let marked = all.get(..at).unwrap_or_default().iter().any(|c| c.is_ascii_digit() || BUILDINGS.contains(c));
    if PARTS.iter().any(|part| starts(rest, part)) && (marked || at == 0) {
        return true;
    }
    worded(rest, before, marked, at == 0) || bare(all, at, before)
}

fn starts(all: &[char], text: &str) -> bool {
    text.chars().enumerate().all(|(at, c)| all.get(at) == Some(&c))
}

/// A number, perhaps `号`, and a word: `2单元`, `301室`, `三层`, `301号房`.
fn worded(rest: &[char], before: Option<char>, marked: bool, first: bool) -> bool {
    let digits = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '-').count();
    let han = rest.iter().take_while(|c| NUMERALS.contains(**c)).count();
    let inside_number = before.is_some_and(|c| c.is_ascii_alphanumeric() || NUMERALS.contains(c) || c == '-');
    let length = digits.max(han);
    if length == 0 || inside_number && digits > 0 || han > 0 && before.is_some_and(|c| NUMERALS.contains(c)) {
        return false;
    }
    // A word of numerals is part of a name unless a building stands before it (`三层桥路`).
    if digits == 0 && !marked && !first {
        return false;
    }
    let numbered = digits == 0 || rest.iter().take(digits).any(char::is_ascii_digit);
    let tail = rest.get(length..).unwrap_or_default();
    let (tail, with_mark) = match tail.split_first() {
        Some(('号', more)) => (more, true),
        _ => (tail, false),
    };
    let ends = |skip: usize| tail.get(skip).is_none_or(|c| !is_han(*c) || "东西南北左右中间、，（".contains(*c));
    if starts(tail, "单元") {
        return true;
    }
    match tail.first() {
        Some('室') => true,
        Some('层') => !with_mark && numbered,
        Some('房') => numbered && ends(1),
        Some('户' | '套') => numbered && marked && !with_mark && ends(1),
        // `3号楼` is a building; `3楼` after one is a floor.
        Some('楼') => {
            numbered
                && marked
                && !with_mark
                && length <= 3
                && (ends(1) || tail.get(1).is_some_and(|c| NUMERALS.contains(*c)))
        }
        _ => false,
    }
}

/// A number without a word, at the end: `1幢301`, `1号2-301`, `公园路100-301`.
fn bare(all: &[char], at: usize, before: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let rest = all.get(at..).unwrap_or_default();
    let dash = usize::from(rest.first() == Some(&'-'));
    let run: Vec<char> =
        rest.iter().skip(dash).take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '#')).copied().collect();
    let after = rest.get(dash + run.len());
    let ends = after.is_none_or(|c| matches!(c, ' ' | ',' | '，' | '、' | '(' | ')' | ';' | '室' | '房' | '户'));
    if !ends || !run.first().is_some_and(char::is_ascii_alphanumeric) {
        return false;
    }
    let last = run.rsplit(|c| *c == '-').next().unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count();
    let parts = run.contains(&'-');
    match before {
        '幢' | '栋' | '座' | '元' => last > 0,
        '号' => last >= 3 || parts && last > 0 || dash > 0 && last > 0,
        '楼' | '厦' | '#' => last >= 3,
        // After the house's own number only three digits and more are a room: `100-102` and `12-3` are houses.
        c if c.is_ascii_digit() && dash > 0 => (3..=5).contains(&last) && !parts && !is_range(all, at, &run),
        _ => false,
    }
}

/// Whether `100-102` names the houses from one number to another: the second is a little larger than the first.
fn is_range(all: &[char], dash: usize, run: &[char]) -> bool {
    let first: String = {
        let back = all.get(..dash).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_digit());
        let mut back: Vec<char> = back.copied().collect();
        back.reverse();
        back.into_iter().collect()
    };
    let second: String = run.iter().collect();
    match (first.parse::<u32>(), second.parse::<u32>()) {
        (Ok(first), Ok(second)) => first.checked_add(50).is_some_and(|most| (first..=most).contains(&second)),
        _ => false,
    }
}

/// Cuts the Latin words: each part between commas is looked at by itself, and one that says nothing else is left out.
fn latin(text: &str) -> Option<(String, String)> {
    let (mut kept, mut cut) = (Vec::new(), Vec::new());
    for part in text.split([',', ';']) {
        let words: Vec<&str> = part.split_whitespace().collect();
        match (0..words.len()).find_map(|at| phrase(&words, at).map(|length| (at, length))) {
            None => kept.push(part.trim().to_owned()),
            Some((at, length)) => {
                // At the beginning the phrase alone goes: `Flat 3 12 High Street`.
                let end = if at == 0 { length } else { words.len() };
                let rest = words.get(..at).unwrap_or_default().iter().chain(words.get(end..).unwrap_or_default());
                let rest: Vec<&str> = rest.copied().collect();
                if !rest.is_empty() {
                    kept.push(rest.join(" "));
                }
                cut.push(words.get(at..end).unwrap_or_default().join(" "));
            }
        }
    }
    (!cut.is_empty()).then(|| (kept.join(", "), cut.join(", ")))
}

/// How many words from there on name a room or floor.
fn phrase(words: &[&str], at: usize) -> Option<usize> {
    let small = |at: usize| words.get(at).map(|word| word.trim_matches(['.', '(', ')', ':']).to_ascii_lowercase());
    let word = small(at)?;
    let numbered = |text: &str| {
        let text = text.trim_start_matches(['#', '.', '-']);
        let digits = text.chars().any(|c| c.is_ascii_digit()) && text.len() <= 8;
        digits && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            || text.len() == 1 && text.chars().all(|c| c.is_ascii_alphabetic())
    };
    if WORDS.contains(&word.as_str()) {
        return small(at + 1).filter(|next| numbered(next)).map(|_| 2);
    }
    let ordinal = word.strip_suffix("st").or(word.strip_suffix("nd")).or(word.strip_suffix("rd"));
    let ordinal = ordinal.or(word.strip_suffix("th")).unwrap_or(&word);
    let is_number = !ordinal.is_empty() && ordinal.bytes().all(|b| b.is_ascii_digit());
    if is_number && small(at + 1).is_some_and(|next| matches!(next.as_str(), "floor" | "fl" | "flr")) {
        return Some(2);
    }
    // `apt.301`, `rm301`, `12/F`, `#301`.
    let joined = WORDS.iter().filter_map(|known| word.strip_prefix(known));
    let joined = joined.map(|rest| rest.trim_start_matches(['.', '#', '-']));
    if joined.into_iter().any(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()) && numbered(rest)) {
        return Some(1);
    }
    let floor =
        word.strip_suffix("/f").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    let hash = word.strip_prefix('#').is_some_and(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()));
    (at > 0 && (floor || hash && word.is_ascii())).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, kept: &str, cut: &str) {
        assert_eq!(inside(address), Some((kept.to_owned(), cut.to_owned())), "{address}");
    }

    #[test]
    fn an_address_ends_at_the_building() {
        for (address, kept, cut) in [
            ("五马街道1号2单元301室", "五马街道1号", "2单元301室"),
            ("五马街道1号２单元３０１室", "五马街道1号", "２单元３０１室"),
            ("公园路100号3幢2单元301", "公园路100号3幢", "2单元301"),
            ("公园路100号3幢301室", "公园路100号3幢", "301室"),
            ("公园路100号3幢301", "公园路100号3幢", "301"),
            ("公园路100号3幢2-501", "公园路100号3幢", "2-501"),
            ("公园路100号3幢-301", "公园路100号3幢", "301"),
            ("公园路100号-301", "公园路100号", "301"),
            ("公园路100－301", "公园路100", "301"),
            ("公园路100号301", "公园路100号", "301"),
            ("公园路100号301房", "公园路100号", "301房"),
            ("公园路100号301号房间", "公园路100号", "301号房间"),
            ("公园路100号3号楼4层", "公园路100号3号楼", "4层"),
            ("公园路100号三单元四楼", "公园路100号", "三单元四楼"),
            ("公园路100号4楼", "公园路100号", "4楼"),
            ("公园路100号四楼东首", "公园路100号", "四楼东首"),
            ("公园路100号A室", "公园路100号", "A室"),
            ("公园路100号地下室", "公园路100号", "地下室"),
            ("国际大厦1201", "国际大厦", "1201"),
            ("国际大厦A座1201", "国际大厦A座", "1201"),
            ("阳光小区301室", "阳光小区", "301室"),
            ("阳光小区3#301室", "阳光小区3", "301室"),
            ("301室", "", "301室"),
            ("5 High Street, Flat 3", "5 High Street", "Flat 3"),
            ("Flat 3 12 High Street", "12 High Street", "Flat 3"),
            ("Room 301, No. 5 Wuma St", "No. 5 Wuma St", "Room 301"),
            ("5 High Street Apt B", "5 High Street", "Apt B"),
            ("5 High Street apt.12", "5 High Street", "apt.12"),
            ("5 High Street, 2nd floor", "5 High Street", "2nd floor"),
            ("5 High Street #12", "5 High Street", "#12"),
            ("5 High Street 12/F", "5 High Street", "12/F"),
            ("公园路100号 Room 301", "公园路100号", "Room 301"),
        ] {
            check(address, kept, cut);
        }
    }

    #[test]
    fn the_number_of_the_house_stays() {
        for address in [
            "公园路100号",
            "公园路100号3幢",
            "公园路12-3号",
            "公园路12-3",
            "公园路100-102",
            "公园路100-102号",
            "公园路100弄3号楼",
            "鹿城区五马街道三层桥路5号",
            "鹿城区五马街道一村20号",
            "解放街教室宿舍5号",
            "六十六号桥村7号",
            "A区3幢",
            "龙港市百有村方城路二街8号",
            "Mannerheimintie 12 B",
            "Mannerheimintie 100-102",
            "Flat Rock Road 12",
            "Unit Road 5",
            "5 Level Street",
            "1st Avenue 5",
            "",
        ] {
            assert_eq!(inside(address), None, "{address}");
        }
    }

    #[test]
    fn what_lies_inside_goes_to_its_own_field() {
        let of = |all: &[(&'static str, &str)]| {
            let mut properties: Properties =
                all.iter().map(|(name, text)| ((*name).into(), Value::Text((*text).to_owned()))).collect();
            let moved = settle(&mut properties);
            let said: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
            (moved, said.join(" "))
        };
        let expect = |said: &str| (true, said.to_owned());
        assert_eq!(of(&[("address", "公园路1号2单元301室")]), expect("address=公园路1号 room=2单元301室"));
        assert_eq!(
            of(&[("address", "公园路1号2单元301室"), ("room", "301")]),
            expect("address=公园路1号 room=301"),
            "what the file says of the room itself stays"
        );
        assert_eq!(of(&[("房号", "301"), ("楼层", "3")]), expect("room=301 floor=3"));
        assert_eq!(of(&[("full_address", "公园路1号301室")]), expect("full_address=公园路1号 room=301室"));
        assert_eq!(of(&[("address", "301室")]), expect("room=301室"));
        let (moved, said) = of(&[("address", "公园路1号"), ("floor", "3"), ("room", "2单元301室"), ("floors", "6")]);
        assert_eq!((moved, said.as_str()), (false, "address=公园路1号 floor=3 room=2单元301室 floors=6"));
    }
}
