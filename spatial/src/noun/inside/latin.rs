//! Units, floors and rooms in Latin and Korean words: `Room 301`, `2nd floor`, `5 A 12`, `1203호`.

use super::{is_han, narrow};

/// Latin words before the number of a room or floor.
const WORDS: &[&str] = &[
    "room",
    "rm",
    "apt",
    "apartment",
    "flat",
    "unit",
    "suite",
    "ste",
    "floor",
    "fl",
    "flr",
    "level",
    "lvl",
    "asunto",
    "huoneisto",
    "huone",
    "lägenhet",
    "lgh",
    "wohnung",
    "whg",
    "zimmer",
    "appartement",
];
/// The same that are words of their own elsewhere.
const WORDS_OF_ADDRESSES: &[&str] = &["as", "bst", "app", "tür", "top"];
/// Words after the number of a floor.
const FLOORS: &[&str] = &["floor", "fl", "flr", "krs", "kerros", "og", "stock", "etage", "våning", "vån"];
/// What stands for the ground floor, in a part of its own.
pub(super) const GROUND_FLOORS: &[&str] = &["eg", "ground floor", "pohjakerros", "katutaso", "erdgeschoss", "parterre"];
/// Cuts the Latin words: each part between commas is looked at by itself, and one that says nothing else is left out.
pub(super) fn latin(text: &str, address: bool) -> Option<(String, String)> {
    let (mut kept, mut cut) = (Vec::new(), Vec::new());
    for part in text.split([',', ';', '，', '；']) {
        let words: Vec<&str> = part.split_whitespace().collect();
        let plain: Vec<String> = words
            .iter()
            .map(|word| word.chars().map(narrow).collect::<String>())
            .map(|word| word.trim_matches(['.', '(', ')', ':']).to_lowercase())
            .collect();
        let found = (0..words.len()).find_map(|at| phrase(&plain, at, address).map(|length| (at, length)));
        let house = || kept.iter().any(|part: &String| part.contains(|c: char| c.is_ascii_digit()));
        let floor = || address && (is_ground(&plain) || matches!(&plain[..], [one] if is_floor_letter(one)) && house());
        let found = found.or_else(|| Some((0, words.len())).filter(|_| floor()));
        if found.is_none()
            && address
            && let Some((kept_of, flat)) = words.last().and_then(|word| flat_in(word))
        {
            let before = words.get(..words.len() - 1).unwrap_or_default();
            kept.push(before.iter().copied().chain([kept_of]).collect::<Vec<_>>().join(" "));
            cut.push(flat.to_owned());
            continue;
        }
        match found.or_else(|| stairs(&plain).filter(|_| address).map(|at| (at, words.len() - at))) {
            None => kept.push(part.trim().to_owned()),
            // Among free words only what stands alone, or ends what has a number before it: `see room 5` stays.
            Some((at, length)) if !address && (at + length < words.len() || at > 0 && !numbered(&plain, at)) => {
                kept.push(part.trim().to_owned());
            }
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

/// Whether one of the words before has a digit.
fn numbered(words: &[String], at: usize) -> bool {
    words.iter().take(at).any(|word| word.contains(|c: char| c.is_ascii_digit()))
}

/// `3F`: a floor by its number.
fn is_floor_letter(word: &str) -> bool {
    let floor = word.strip_suffix(['f', 'F']);
    floor.is_some_and(|floor| (1..=2).contains(&floor.len()) && floor.bytes().all(|b| b.is_ascii_digit()))
}

fn is_ground(words: &[String]) -> bool {
    GROUND_FLOORS.contains(&words.join(" ").as_str())
}

/// The staircase and the flat of `5A12`, all in one word. A number of three digits behind a point of the compass is the
/// house's, in the grids of American counties: `30W101`.
fn flat_in(word: &str) -> Option<(&str, &str)> {
    let number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let at = word.find(|c: char| c.is_ascii_alphabetic())?;
    let (house, rest) = word.split_at(at);
    let (letter, flat) = rest.split_at(1);
    let compass = matches!(letter, "N" | "E" | "S" | "W" | "n" | "e" | "s" | "w") && flat.len() == 3;
    let house_is = number(house.trim_start_matches(is_han));
    (house_is && number(flat) && !compass).then(|| word.split_at(at + 1))
}

/// Where the number of a flat stands behind a staircase: `5 A 12`, `5A 12`, `5 A12`. The staircase itself is a part of the
/// building's number where it has a word of its own.
fn stairs(words: &[String]) -> Option<usize> {
    let number = |word: &str| (1..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let letter = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let ends = |word: &str| word.get(word.len().saturating_sub(1)..).is_some_and(letter);
    // A Chinese street runs into the number: `公园路12 A 5`.
    let bare = |word: &str| word.trim_start_matches(is_han).to_owned();
    let house = |word: &str| bare(word).bytes().next().is_some_and(|b| b.is_ascii_digit()) && bare(word).len() <= 5;
    let both = |word: &str| word.get(..1).is_some_and(letter) && word.get(1..).is_some_and(number);
    let last = words.len().checked_sub(1)?;
    let word = |back: usize| last.checked_sub(back).and_then(|at| words.get(at)).map_or("", String::as_str);
    let (third, second, first) = (word(2), word(1), word(0));
    let behind = number(first) && (letter(second) && house(third) || house(second) && ends(second));
    (behind || both(first) && number(second) && words.len() > 2).then_some(last)
}

/// How many words from there on name a room or floor.
fn phrase(words: &[String], at: usize, address: bool) -> Option<usize> {
    let word = words.get(at)?.as_str();
    let next = words.get(at + 1).map(String::as_str);
    let numbered = |text: &str| {
        let text = text.trim_start_matches(['#', '.', '-']);
        let digits = text.chars().any(|c| c.is_ascii_digit()) && text.len() <= 8;
        digits && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            || text.len() == 1 && text.chars().all(|c| c.is_ascii_alphabetic())
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if WORDS.contains(&word) {
        return next.filter(|next| numbered(next)).map(|_| 2);
    }
    if address && WORDS_OF_ADDRESSES.contains(&word) {
        return next.filter(|next| is_number(next.trim_start_matches('.'))).map(|_| 2);
    }
    let ordinal = word.strip_suffix("st").or(word.strip_suffix("nd")).or(word.strip_suffix("rd"));
    let ordinal = ordinal.or(word.strip_suffix("th")).unwrap_or(word);
    let is_floor = |at: usize| {
        let word = words.get(at).map_or("", String::as_str);
        FLOORS.contains(&word) || address && word == "tr"
    };
    let counts = |at: usize| words.get(at).is_some_and(|word| is_number(word));
    // Between two numbers, of which the first is the house's: `8 krs 2`, and not `8 2 krs 12`.
    let behind_house = |floor: usize| {
        let before = floor.checked_sub(1).filter(|before| !self::numbered(words, *before));
        address && is_floor(floor) && counts(floor + 1) && before.is_some_and(counts)
    };
    if behind_house(at) || is_number(ordinal) && is_floor(at + 1) && !behind_house(at + 1) {
        return Some(2);
    }
    // `100 Main St 3F`; where nothing numbers the house, `3F` may.
    if address && at + 1 == words.len() && self::numbered(words, at) && is_floor_letter(word) {
        return Some(1);
    }
    // `apt.301`, `rm301`, `12/F`, `#301`.
    let joined = WORDS.iter().filter_map(|known| word.strip_prefix(known));
    let joined = joined.map(|rest| rest.trim_start_matches(['.', '#', '-']));
    if joined.into_iter().any(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()) && numbered(rest)) {
        return Some(1);
    }
    // Korean: the 1203 of a house, the third floor.
    let korean = word.strip_prefix('제').unwrap_or(word);
    let korean =
        korean.strip_suffix('호').or_else(|| korean.strip_suffix("호실")).or_else(|| korean.strip_suffix('층'));
    let floor = word.strip_suffix("/f").is_some_and(is_number);
    let hash = word.strip_prefix('#').is_some_and(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_digit()));
    let inside = floor || hash && word.is_ascii() || korean.is_some_and(is_number);
    (inside && (at > 0 || address && words.len() == 1)).then_some(1)
}
