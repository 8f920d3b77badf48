//! Where an address goes on inside a building: unit, floor, room. A dwelling's address ends before it.

mod latin;

use latin::{GROUND_FLOORS, latin};

/// Marks of a whole building.
const BUILDINGS: &[char] = &['号', '幢', '栋', '座', '弄', '楼', '厦', '元', '#'];
/// Chinese numerals, and what units are called by.
const NUMERALS: &str = "零〇一二三四五六七八九十百两负甲乙丙丁壹贰叁肆伍陆柒捌玖拾佰";
/// What stands by itself for a part of a building.
const PARTS: &[&str] =
    &["半地下室", "地下室", "阁楼", "顶层", "底层", "东边套", "西边套", "中间套", "东套", "西套", "中套", "边套"];
const SEPARATORS: &[char] = &[' ', ',', '、', ';', '-', '(', '/', '#', '·', '[', '【', ':', '_', '~', '。'];
/// Signs that part a room from the number before it as a dash does, and name no range of houses.
const LOOSE: &str = ",、:_~·([【;。";
/// Signs behind a room.
const CLOSING: &str = ")]】";
/// How the name of what a room is in ends, where a text is no address for certain.
const ENDS: &str = "号幢栋座弄楼厦元区村苑园里庭城府寓轩阁湾墅院#";
/// What the words of a room are made of.
const ROOM: &str = "第单元室层房户套楼号门梯铺东西南北左右中间边首半地下阁顶底";
/// Digits as Chinese writes them one by one (`三零一`), without tens and hundreds.
const DIGITS: &str = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖";

/// Splits an address where it goes on inside the building: what is kept, and what was cut. `None` when it does not.
///
/// Known are units, floors and rooms of Chinese addresses (`2单元301室`, `3层`, `301房`, `1幢301`, `三零一`, `-301`, `3-2-301`,
/// with blanks between or full-width), the usual Latin words (`Room 301`, `Apt 5`, `Flat B`, `2nd floor`, `asunto 3`), the
/// number behind a staircase (`5 A 12`) and Korean ones (`1203호`). The building's own number stays: `12-3号`, `100-102`,
/// `5号之二`, `3号楼`, `12 B`.
pub fn inside(address: &str) -> Option<(String, String)> {
    split(address, true)
}

/// The same of a text that need be no address: only where its words leave no doubt, and the room is all that stands between
/// the building and the end of the text or of the sentence. What comes after that sentence stays: `5室内消防栓` is no room.
pub(super) fn inside_of_text(text: &str) -> Option<(String, String)> {
    let end = text.find(['，', '；', '。', '\n']).unwrap_or(text.len());
    let (first, more) = text.split_at(end);
    let (kept, cut) = split(first, false)?;
    let room = cut.chars().map(narrow).all(|c| {
        c.is_ascii_alphanumeric() || ROOM.contains(c) || NUMERALS.contains(c) || separates(c) || CLOSING.contains(c)
    });
    let ends = kept.chars().next_back().map(narrow);
    let ends = ends.is_none_or(|c| c.is_ascii_alphanumeric() || ENDS.contains(c) || CLOSING.contains(c));
    let kept =
        if kept.is_empty() { more.trim_start_matches(['，', '；', '。', '\n']).to_owned() } else { kept + more };
    (room && ends).then_some((kept, cut))
}

/// What stands in brackets at the end of a name, where it is a room: `公园路1号(301)`. Figures alone are one where the name
/// is a dwelling's; that of a building may have its year there.
pub(super) fn bracketed(name: &str, dwelling: bool) -> Option<(String, String)> {
    let (before, last) = name.trim_end().strip_suffix([')', '）', ']', '】'])?.rsplit_once(['(', '（', '[', '【'])?;
    let digits = (3..=4).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_digit());
    let worded = || inside(last).is_some_and(|(kept, _)| kept.is_empty());
    (dwelling && digits || worded()).then(|| (before.trim_end().to_owned(), last.to_owned()))
}

fn split(text: &str, address: bool) -> Option<(String, String)> {
    if is_plain(text, address) { None } else { searched(text, address) }
}

/// The same, looked for sign by sign.
fn searched(text: &str, address: bool) -> Option<(String, String)> {
    let given: Vec<char> = text.chars().collect();
    let (plain, places) = plainly(&given, address);
    let (mut kept, mut cut) = (text.trim().to_owned(), Vec::new());
    let han = plain.iter().any(|c| is_han(*c));
    let goes_on = |at: &usize| {
        han && begins(&plain, *at, address)
            || address && (grouped(&plain, *at, han) || *at == 0 && on_floor(&plain, None))
    };
    // `第二层`: the second floor, with the word that counts it.
    let counted = |at: usize| if at > 0 && plain.get(at - 1) == Some(&'第') { at - 1 } else { at };
    if let Some(at) = (0..plain.len()).find(goes_on).and_then(|at| places.get(counted(at))) {
        let (before, after) = given.split_at(*at);
        let (before, after): (String, String) = (before.iter().collect(), after.iter().collect());
        before.trim_end_matches(separates).trim().clone_into(&mut kept);
        let ends = |c: char| CLOSING.contains(narrow(c));
        cut.push(after.trim_start_matches(separates).trim().trim_end_matches(ends).to_owned());
    }
    if let Some((rest, words)) = latin(&kept, address) {
        kept = rest;
        cut.insert(0, words);
    }
    (!cut.is_empty()).then(|| (kept, cut.join(", ")))
}

/// Whether it has no sign at all of going on inside: nearly every address, and an import asks for each of a million. Blanks
/// of an address mean nothing where they stand between no two numbers (`五马街 5 号`); a side behind a number is a room's
/// (`公园路1幢301东边`).
fn is_plain(text: &str, address: bool) -> bool {
    if text.bytes().all(|b| b.is_ascii_alphabetic()) {
        // One word of letters is a ground floor or none.
        return !GROUND_FLOORS.iter().any(|floor| floor.eq_ignore_ascii_case(text));
    }
    let plain = |c: char| c.is_ascii_digit() || is_han(c) && !"室层房户套元楼阁铺".contains(c);
    let side = |c: char| "东西南北左右中".contains(c);
    let ends = |c: char| is_han(c) && !DIGITS.contains(c) && !side(c);
    let (mut last, mut blank) = (None, false);
    for c in text.chars() {
        let numbered = last.is_some_and(|c: char| c.is_ascii_digit());
        if c == ' ' && address {
            blank = true;
        } else if !plain(c) || numbered && (side(c) || blank && c.is_ascii_digit()) {
            return false;
        } else {
            (last, blank) = (Some(c), false);
        }
    }
    !blank && last.is_none_or(ends)
}

/// The signs as they are looked at, and which of the given ones each is. In an address a blank between two numbers parts
/// them like a dash, and any other means nothing (`2 单元 301 室`).
fn plainly(given: &[char], address: bool) -> (Vec<char>, Vec<usize>) {
    let is_part =
        |at: Option<usize>| at.and_then(|at| given.get(at)).is_some_and(|c| narrow(*c).is_ascii_alphanumeric());
    let mut signs = Vec::with_capacity(given.len());
    for (at, c) in given.iter().enumerate() {
        match narrow(*c) {
            // `3/2/301` is `3-2-301`.
            '/' if address => signs.push(('-', at)),
            c if !c.is_whitespace() || !address => signs.push((c, at)),
            _ if is_part(at.checked_sub(1)) && is_part(Some(at + 1)) => signs.push(('-', at)),
            _ => {}
        }
    }
    signs.into_iter().unzip()
}

fn separates(c: char) -> bool {
    SEPARATORS.contains(&narrow(c))
}

/// Full-width signs and the many dashes as the plain one.
fn narrow(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => '-',
        '＃' => '#',
        // Numbers in circles, in brackets, with a point: which one is nobody's matter here.
        '\u{2460}'..='\u{249b}' | '\u{2776}'..='\u{2793}' => '1',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Whether a unit, floor or room begins there.
fn begins(all: &[char], at: usize, address: bool) -> bool {
    let rest = all.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|at| all.get(at)).copied();
    let marked = all.get(..at).unwrap_or_default().iter().any(|c| c.is_ascii_digit() || BUILDINGS.contains(c));
    if PARTS.iter().any(|part| starts(rest, part)) && (marked || at == 0) {
        return true;
    }
    worded(rest, before, marked, at == 0)
        || bare(all, at, before)
        || spelled(rest, before)
        || address && (loosely(all, at) || on_floor(rest, before) || lettered_floor(rest, before))
}

/// A floor by its number at the end, behind a building: `公园路8号3F`.
fn lettered_floor(rest: &[char], before: Option<char>) -> bool {
    let floor = rest.split_last().filter(|(last, _)| matches!(last, 'F' | 'f')).map_or(&[][..], |(_, floor)| floor);
    (1..=2).contains(&floor.len())
        && floor.iter().all(char::is_ascii_digit)
        && before.is_some_and(|c| c != '#' && BUILDINGS.contains(&c))
}

/// Digits of Chinese at the end behind a building or a unit: `3幢三零一`.
fn spelled(rest: &[char], before: Option<char>) -> bool {
    rest.len() >= 3 && rest.iter().all(|c| DIGITS.contains(*c)) && before.is_some_and(|c| BUILDINGS.contains(&c))
}

/// Building, unit and room by numbers alone (`3-2-301`), and when nothing else is said building and room (`3-301`, `A-301`,
/// `3#301`). Of Chinese addresses [`bare`] knows the latter.
fn grouped(all: &[char], at: usize, han: bool) -> bool {
    let dash = at.checked_sub(1);
    if !dash.and_then(|at| all.get(at)).is_some_and(|c| matches!(c, '-' | '#')) {
        return false;
    }
    let before = all.get(..dash.unwrap_or_default()).unwrap_or_default();
    let head = before.iter().rev().take_while(|c| c.is_ascii_alphanumeric()).count();
    let lead = before.len().checked_sub(head + 1).and_then(|at| before.get(at));
    let alone = lead.is_none_or(|c| *c == '.');
    let stands = lead.is_none_or(|c| *c != '-');
    let rest = all.get(at..).unwrap_or_default();
    let groups: Vec<&[char]> = rest.split(|c| *c == '-').collect();
    let digits = |group: &[char], least: usize, most: usize| {
        (least..=most).contains(&group.len()) && group.iter().all(char::is_ascii_digit)
    };
    (1..=3).contains(&head)
        && stands
        && match groups[..] {
            [[unit], room] => unit.is_ascii_alphanumeric() && digits(room, 3, 4),
            [unit, room] => digits(unit, 2, 2) && digits(room, 3, 4),
            [room] => alone && !han && head <= 2 && digits(room, 3, 4),
            _ => false,
        }
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
    let spelled = han >= 3 && rest.get(han) == Some(&'室');
    if digits == 0 && !marked && !first && !spelled {
        return false;
    }
    let numbered = digits == 0 || rest.iter().take(digits).any(char::is_ascii_digit);
    let tail = rest.get(length..).unwrap_or_default();
    let (tail, with_mark) = match tail.split_first() {
        Some(('号', more)) => (more, true),
        _ => (tail, false),
    };
    let ends = |skip: usize| tail.get(skip).is_none_or(|c| !is_han(*c) || "东西南北左右中间".contains(*c));
    if starts(tail, "单元") {
        return true;
    }
    match tail.first() {
        // `两室一厅` is a plan of rooms.
        Some('室') => tail.get(2) != Some(&'厅'),
        Some('门') => {
            digits > 0 && numbered && marked && tail.len() >= 4 && tail.iter().skip(1).all(char::is_ascii_digit)
        }
        Some('层') => !with_mark && numbered,
        Some('房' | '铺') => numbered && ends(1),
        // `B户` is one behind a building only.
        Some('户' | '套') => {
            let lettered = digits == 1 && before.is_some_and(|c| BUILDINGS.contains(&c));
            (numbered || lettered) && marked && !with_mark && ends(1)
        }
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
    let ends = after.is_none_or(|c| " ,，、();室房户东西南北左右中".contains(*c));
    // `（3幢）301`.
    let before =
        if before == ')' { at.checked_sub(2).and_then(|at| all.get(at)).copied().unwrap_or(before) } else { before };
    if !ends || !run.first().is_some_and(char::is_ascii_alphanumeric) {
        return false;
    }
    let last = run.rsplit(|c| *c == '-').next().unwrap_or_default().iter().filter(|c| c.is_ascii_digit()).count();
    let parts = run.contains(&'-');
    match before {
        '幢' | '栋' | '座' | '元' => last > 0,
        '号' => last >= 3 || parts && last > 0 || dash > 0 && last > 0,
        '楼' | '厦' | '#' | '梯' => last >= 3,
        // After the house's own number only three digits and more are a room: `100-102` and `12-3` are houses.
        c if c.is_ascii_digit() && dash > 0 => (3..=5).contains(&last) && !parts && !is_range(all, at, &run),
        _ => false,
    }
}

/// A number of three or four digits behind any sign that parts it from the building's: `100号，301`, `100号(301)`, `3幢_301`.
fn loosely(all: &[char], at: usize) -> bool {
    let Some(mark) = at.checked_sub(2) else { return false };
    let rest = all.get(at..).unwrap_or_default();
    let run: Vec<char> = rest.iter().take_while(|c| c.is_ascii_alphanumeric()).copied().collect();
    let digits = run.iter().filter(|c| c.is_ascii_digit()).count();
    let ends = rest.get(run.len()).is_none_or(|c| CLOSING.contains(*c) || " ,;室房户".contains(*c));
    let parted = all.get(at - 1).is_some_and(|c| LOOSE.contains(*c));
    let number = |end: usize| !is_range(all, end, &run);
    let building = match all.get(mark) {
        Some('号') => number(mark),
        Some(c) if c.is_ascii_digit() => number(mark + 1),
        Some(c) => BUILDINGS.contains(c),
        None => false,
    };
    parted && ends && (3..=4).contains(&digits) && run.len() <= digits + 1 && building
}

/// Floor and room alone: `15F-1502`.
fn on_floor(rest: &[char], before: Option<char>) -> bool {
    let digits = |from: usize| rest.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let floor = digits(0);
    let dash = usize::from(rest.get(floor + 1) == Some(&'-'));
    let room = digits(floor + 1 + dash);
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
        && (1..=2).contains(&floor)
        && rest.get(floor).is_some_and(|c| matches!(c, 'F' | 'f'))
        && (3..=4).contains(&room)
        && rest.len() == floor + 1 + dash + room
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

#[cfg(test)]
mod tests;
