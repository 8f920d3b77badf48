//! A text as the search reads it: one unit a character, whatever its width and case, without marks between words.

/// A character that counts, and whether a word, a number or a Chinese character begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Half-width, small.
    pub(super) c: char,
    /// Begins a word, a number, or is a character that stands for itself.
    pub(super) head: bool,
}

/// Whether a character is one of the unified ideographs that names are written in.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '〇')
}

/// Half-width and small; blanks of every width become one kind.
pub(super) fn narrow(c: char) -> char {
    let half = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\t' | '\n' | '\r' => ' ',
        c => c,
    };
    if half.is_ascii() { half.to_ascii_lowercase() } else { half.to_lowercase().next().unwrap_or(half) }
}

/// The whole text half-width and small.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(narrow).collect()
}

/// The units of a text, put into `out`, which is emptied first: a buffer that is used again for name after name.
pub(super) fn units_into(text: &str, out: &mut Vec<Unit>) {
    out.clear();
    let mut before = ' ';
    for c in text.chars().map(narrow) {
        if c.is_alphanumeric() {
            let head = is_han(c) || kind(before) != kind(c);
            out.push(Unit { c, head });
        }
        before = c;
    }
}

/// The units of a text.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let mut out = Vec::new();
    units_into(text, &mut out);
    out
}

/// Letters, digits, ideographs, and what parts them.
fn kind(c: char) -> u8 {
    if c.is_ascii_digit() {
        1
    } else if is_han(c) {
        2
    } else if c.is_alphabetic() {
        3
    } else {
        0
    }
}

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    /// Holds ideographs.
    pub(super) han: bool,
    /// Holds letters.
    pub(super) letters: bool,
    /// Holds digits.
    pub(super) digits: bool,
}

/// What a text is made of.
pub(super) fn made_of(units: &[Unit]) -> Made {
    let any = |is: u8| units.iter().any(|unit| kind(unit.c) == is);
    Made { han: any(2), letters: any(3), digits: any(1) }
}

/// Numbers that are written out become digits where they count something: `一百二十号` is `120号`, `第三中学`, `三牌巷` and the
/// lane `九曲七弄` stay as they are.
pub(super) fn with_digits(text: &str) -> String {
    counted(text, &COUNTED)
}

/// The same of the number of a lane that houses are counted in: `人民路十二弄` is `人民路12弄`.
pub(super) fn with_lanes(text: &str) -> String {
    counted(text, &["弄"])
}

fn counted(text: &str, counts: &[&str]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let long = chars.get(at..).unwrap_or_default().iter().take_while(|c| NUMERALS.contains(**c)).count();
        let rest = chars.get(at + long..).unwrap_or_default();
        let counts = counts.iter().any(|word| {
            word.chars().zip(rest.iter().map(Some).chain(std::iter::repeat(None))).all(|(w, r)| r == Some(&w))
        });
        let number = (long > 0 && counts).then(|| number(chars.get(at..at + long).unwrap_or_default())).flatten();
        if let Some(number) = number {
            out.push_str(&number.to_string());
            at += long;
        } else if long > 0 {
            out.extend(chars.get(at..at + long).unwrap_or_default());
            at += long;
        } else {
            out.push(c);
            at += 1;
        }
    }
    out
}

const NUMERALS: &str = "零〇一二三四五六七八九十百千两幺";
/// What is counted by a number before it.
const COUNTED: [&str; 8] = ["号", "幢", "栋", "公里", "千米", "米", "#", "k"];

/// The value of a numeral: with tens and hundreds, or digit by digit.
fn number(chars: &[char]) -> Option<u32> {
    let digit = |c: char| match c {
        '零' | '〇' => Some(0),
        '一' | '幺' => Some(1),
        '二' | '两' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    };
    let unit = |c: char| match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    };
    if !chars.iter().any(|c| unit(*c).is_some()) {
        return chars.iter().try_fold(0_u32, |n, c| n.checked_mul(10)?.checked_add(digit(*c)?));
    }
    let (mut whole, mut last, mut scale) = (0_u32, None, 1_u32);
    for c in chars {
        if let Some(unit) = unit(*c) {
            whole = whole.checked_add(last.unwrap_or(1) * unit)?;
            (last, scale) = (None, unit);
        } else {
            let digit = digit(*c)?;
            if digit == 0 {
                scale = 10;
            }
            last = Some(digit);
        }
    }
    // 一百二 is 120: a digit that ends it counts the next lower unit.
    let last = last.unwrap_or(0);
    whole.checked_add(if scale >= 100 { last * scale / 10 } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(text: &str) -> String {
        units(text).iter().map(|unit| if unit.head { unit.c.to_uppercase().next().unwrap() } else { unit.c }).collect()
    }

    #[test]
    fn widths_cases_and_marks_do_not_count() {
        assert_eq!(heads("Ｇ１５ 沈海高速(北)"), "G15沈海高速北");
        assert_eq!(heads("Renmin Road, no. 12-3"), "RenminRoadNo123");
        assert_eq!(units("12-3").iter().filter(|unit| unit.head).count(), 2);
        assert!(units(" ，。").is_empty());
    }

    #[test]
    fn what_is_counted_is_written_in_digits() {
        let check = |text: &str, expect: &str| assert_eq!(with_digits(text), expect);
        check("人民路一百二十号", "人民路120号");
        check("人民路一百二号", "人民路120号");
        check("人民路一百零二号", "人民路102号");
        check("人民路十二号", "人民路12号");
        check("人民路幺二零号", "人民路120号");
        check("两千三百号", "2300号");
        check("三牌巷五号", "三牌巷5号");
        check("梅园七弄八号", "梅园七弄8号");
        assert_eq!(with_lanes("人民路十二弄3号"), "人民路12弄3号");
        check("第三中学", "第三中学");
        check("八仙街", "八仙街");
        check("一千八百二十三公里", "1823公里");
    }
}
