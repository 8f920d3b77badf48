//! What in a text belongs to one person: identity numbers, mobile numbers, number plates. Recognised only in order to be
//! refused.

mod digits;
mod mail;

use unicode_normalization::UnicodeNormalization;

use crate::codes::{holds_identity_number, is_old_identity_number};
use crate::denied::is_unseen;
use mail::holds_mail;

/// Signs that people put between the digits of one number.
const BETWEEN: &[char] = &['|', ' ', '-', '·', '_', '.', '/', '(', ')', '*', '~', '+', '\'', '[', ']'];
/// Signs that part the members of a list more often than the digits of one number: with one of them, or with several
/// signs, between its groups, a number must be all that stands together.
const LISTS: &[char] = &[',', '、', '\t', '\n', '\r', ';'];
/// Most signs between two groups of one number.
const WIDEST_GAP: usize = 3;
/// How mobile numbers are written in groups.
const MOBILE_GROUPS: &[&[usize]] = &[&[11], &[3, 4, 4], &[3, 3, 5], &[3, 8], &[7, 4], &[4, 7], &[4, 3, 4]];
/// The provinces of number plates, and what stands for the police, embassies and the army.
const PLATE_PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// What a text holds of one person, in words (`a mobile number`), if anything:
///
/// - an identity number of 18 digits with a right province, date and check sign, or of 15 digits with a province, a date
///   and a sequence, written together or in groups;
/// - a mobile number of the mainland (`1[3-9]` and nine digits, `+86` before it or not), together or in usual groups;
/// - a number plate (`浙C12345`, `浙C·D12345`);
/// - an e-mail address.
///
/// Full-width digits, those of other scripts, eleven Chinese ones or more (`一三八〇…`), and other forms of a character are
/// read as the plain one. A number whose digits all stand apart (`1-3-8-0-…`) is one. The digits after the point of a decimal
/// number (`6.13999986649`) are no number of their own.
///
/// ```
/// use spatial::personal;
/// assert_eq!(personal("夜间请打 138-0000-0000"), Some("a mobile number"));
/// assert_eq!(personal("公园路100号 0577-88000000"), None);
/// ```
pub fn personal(text: &str) -> Option<&'static str> {
    if text.is_ascii() && !text.contains('@') && text.bytes().filter(u8::is_ascii_digit).count() < 11 {
        return None;
    }
    let chars: Vec<char> = if text.is_ascii() {
        text.chars().collect()
    } else {
        digits::plain(text.nfkc().filter(|c| !is_unseen(*c)).map(one_sign).collect())
    };
    if holds_mail(&chars) {
        return Some("an e-mail address");
    }
    let chars = without_fractions(&chars);
    let plain: String = chars.iter().collect();
    if holds_identity_number(&plain) {
        return Some("a resident identity number");
    }
    numbers(&chars).iter().find_map(Written::says).or_else(|| holds_plate(&chars).then_some("a number plate"))
}

/// One sign for the many that look like it: every dash, point and blank that parts the digits of a number.
fn one_sign(c: char) -> char {
    match c {
        // Hyphens and dashes, the minus, those for small and wide writing, Hebrew, Mongolian, Katakana and box-drawing ones.
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1806}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{30fc}'
        | '\u{30a0}'
        | '\u{301c}'
        | '\u{23af}' => '-',
        // A full stop, middle dots, bullets, an asterisk of its own.
        '。' | '．' | '\u{2024}' | '\u{2027}' => '.',
        '・' | '•' | '∙' | '⋅' | '●' | '\u{b7}' | '\u{387}' | '\u{16eb}' => '·',
        '\u{2217}' | '\u{204e}' | '\u{2731}' => '*',
        c if c.is_whitespace() && !matches!(c, '\t' | '\n' | '\r') => ' ',
        '\u{2800}' => ' ',
        c => c,
    }
}

/// Columns of free words, where fifteen digits alone are no code of a register.
const WORDS: &[&str] = &[
    "note",
    "notes",
    "remark",
    "remarks",
    "comment",
    "comments",
    "description",
    "desc",
    "memo",
    "text",
    "beizhu",
    "bz",
];

/// The same of a property of that name, which may tell what a number is: ids of other systems look like mobile numbers,
/// and fifteen digits that are all of the value, in a column with a Latin name that is none for free words, are another
/// register's code more often than an identity number of the first generation, which none has had since 2013: every
/// census block of the United States has fifteen (`360810411220051`), and one in ten holds a date.
pub(crate) fn personal_in(name: &str, text: &str) -> Option<&'static str> {
    let fifteen = text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit());
    if fifteen && name.is_ascii() && !WORDS.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let is_id = matches!(name, "id" | "@id" | "osm_id" | "osm_way_id" | "osm_node_id" | "full_id" | "ref");
    personal(text).filter(|what| !is_id || *what != "a mobile number")
}

/// The same of the id of a row, which other systems make in their own way: a mobile number after letters of a register
/// (`n13012345678`, `node/13012345678`) is an id, and so are fifteen digits alone.
pub fn personal_id(id: &str) -> Option<&'static str> {
    let what = personal(id)?;
    let letters: String = id.chars().filter(|c| c.is_alphabetic()).collect();
    let harmless = match what {
        "a mobile number" => !letters.is_empty() && letters.is_ascii() && crate::denied(&letters).is_none(),
        // The check sign decides: fifteen digits have none, and one in ten of a register's numbers holds a date.
        "a resident identity number" => {
            let close: String = id.chars().filter(|c| !BETWEEN.contains(c)).collect();
            !holds_identity_number(id) && !holds_identity_number(&close)
        }
        _ => false,
    };
    (!harmless).then_some(what)
}

/// Words of geometry texts, which may stand among numbers.
const GEOMETRY: &[&str] =
    &["point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon", "srid", "z"];

/// The text with `;` for the point and the digits after it of every decimal number with at least ten of them. Whole
/// parts of two or three digits make one; of one digit only in a text of numbers alone, for `1.13800000000` may be the
/// first of a list; and `+86.13800000000` is a telephone's, as `86.13800000000` is among words.
fn without_fractions(chars: &[char]) -> Vec<char> {
    let text: String = chars.iter().collect();
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let only_numbers = words.all(|word| GEOMETRY.contains(&word.to_ascii_lowercase().as_str()));
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let (mut plain, mut at) = (Vec::with_capacity(chars.len()), 0);
    while let Some(c) = chars.get(at) {
        let whole = digits(at);
        if whole == 0 {
            plain.push(*c);
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let stands = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '.'));
        let point = chars.get(at + whole) == Some(&'.');
        let after = if point { digits(at + whole + 1) } else { 0 };
        let next = chars.get(at + whole + 1 + after);
        let ends = !next.is_some_and(|c| c.is_alphanumeric() || *c == '.');
        let country = chars.get(at..at + whole) == Some(&['8', '6'][..]);
        let decimal = whole <= 3 && (only_numbers || whole > 1 && !country);
        plain.extend(chars.get(at..at + whole).unwrap_or_default());
        at += whole;
        if stands && ends && decimal && after >= 10 {
            plain.push(';');
            at += 1 + after;
        }
    }
    plain
}

/// Digits that stand together or with one sign between: the digits, and how long each group is.
#[derive(Debug, Default)]
struct Written {
    digits: String,
    groups: Vec<usize>,
    /// Whether a sign of a list, or several signs, stand before the group.
    far: Vec<bool>,
    /// `X` or `x` follows at once.
    x: bool,
}

fn numbers(chars: &[char]) -> Vec<Written> {
    let (mut all, mut now, mut gap, mut list) = (Vec::new(), Written::default(), 0, false);
    for (at, c) in chars.iter().enumerate() {
        if c.is_ascii_digit() {
            if now.groups.is_empty() || gap > 0 {
                now.groups.push(0);
                now.far.push(list || gap > 1);
            }
            if let Some(last) = now.groups.last_mut() {
                *last += 1;
            }
            now.digits.push(*c);
            (gap, list) = (0, false);
        } else if (BETWEEN.contains(c) || LISTS.contains(c)) && !now.digits.is_empty() && gap < WIDEST_GAP {
            gap += 1;
            list |= LISTS.contains(c);
        } else {
            // The check sign may stand after a gap as well.
            now.x = matches!(c, 'x' | 'X') && !chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
            all.push(std::mem::take(&mut now));
            (gap, list) = (0, false);
        }
    }
    all.push(now);
    all.retain(|written| written.digits.len() >= 11);
    all
}

/// Most groups that one number is written in.
const MOST_GROUPS: usize = 6;

impl Written {
    fn says(&self) -> Option<&'static str> {
        if self.groups.iter().all(|length| *length == 1) && !self.far.contains(&true) {
            let whole = Self {
                groups: vec![self.digits.len()],
                far: vec![false],
                ..Self { digits: self.digits.clone(), x: self.x, ..Self::default() }
            };
            return whole.run(0, 0, 1);
        }
        // Any run of whole groups may be the number: `tel 1 138 0000 0000`.
        let mut before = 0;
        for (from, first) in self.groups.iter().enumerate() {
            let most = self.groups.len().min(from + MOST_GROUPS);
            if let Some(what) = (from + 1..=most).find_map(|to| self.run(before, from, to)) {
                return Some(what);
            }
            before += first;
        }
        None
    }

    /// What the groups from one to another are, the first of which begins behind so many digits.
    fn run(&self, before: usize, from: usize, to: usize) -> Option<&'static str> {
        let groups = self.groups.get(from..to).unwrap_or_default();
        let far = self.far.get(from + 1..to).unwrap_or_default().contains(&true);
        let last = to == self.groups.len();
        if far && (from > 0 || !last) {
            return None;
        }
        let length: usize = groups.iter().sum();
        let digits = self.digits.get(before..before + length).unwrap_or_default();
        let with_x = if last && self.x { format!("{digits}X") } else { String::new() };
        if length == 18 && holds_identity_number(digits) || length == 17 && holds_identity_number(&with_x) {
            return Some("a resident identity number");
        }
        if length == 15 && groups.len() <= 4 && is_old_identity_number(digits) {
            return Some("a resident identity number");
        }
        is_mobile(digits, groups).then_some("a mobile number")
    }
}

fn is_mobile(digits: &str, groups: &[usize]) -> bool {
    // A country code before it: 86 or 0086, as its own group or not.
    for code in ["", "86", "0086"] {
        let Some(rest) = digits.strip_prefix(code).filter(|rest| rest.len() == 11) else { continue };
        let shape = match groups.split_first() {
            Some((first, more)) if *first == code.len() => more.to_vec(),
            Some((first, more)) => {
                std::iter::once(first - code.len().min(*first)).chain(more.iter().copied()).collect()
            }
            None => return false,
        };
        let mut signs = rest.bytes();
        let begins = signs.next() == Some(b'1') && signs.next().is_some_and(|b| (b'3'..=b'9').contains(&b));
        if begins && MOBILE_GROUPS.contains(&shape.as_slice()) {
            return true;
        }
    }
    false
}

/// Chinese letters that a plate may end in.
const PLATE_ENDS: &str = "学港澳警领挂";

/// Whether what stands before a province is the `WJ` of the armed police, after which no letter comes: `WJ浙12345`.
fn is_armed_police(before: &[char]) -> bool {
    let before = before.strip_suffix(&['·']).unwrap_or(before);
    let (Some(['W' | 'w', 'J' | 'j']), head) = (before.last_chunk(), before.len().saturating_sub(2)) else {
        return false;
    };
    !before.get(..head).and_then(<[char]>::last).is_some_and(char::is_ascii_alphanumeric)
}

/// A province, a letter, perhaps a dot, then five or six letters and digits (at least three of them digits) and no more.
fn holds_plate(chars: &[char]) -> bool {
    chars.iter().enumerate().any(|(at, province)| {
        if !PLATE_PROVINCES.contains(*province) {
            return false;
        }
        let mut rest = chars.get(at + 1..).unwrap_or_default().iter().copied().peekable();
        if !is_armed_police(chars.get(..at).unwrap_or_default())
            && !rest.next().is_some_and(|c| c.is_ascii_alphabetic())
        {
            return false;
        }
        if rest.peek().is_some_and(|c| matches!(c, '·' | ' ' | '-' | '.' | '*' | '_' | '/')) {
            rest.next();
        }
        let mut signs: Vec<char> = std::iter::from_fn(|| rest.next_if(char::is_ascii_alphanumeric)).collect();
        // The last sign of some: learners, those that cross to Hong Kong and Macao, police, consulates.
        signs.extend(rest.next_if(|c| PLATE_ENDS.contains(*c)));
        (5..=6).contains(&signs.len()) && signs.iter().filter(|c| c.is_ascii_digit()).count() >= 3
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_one_person_is_found_however_it_is_written() {
        for (text, what) in [
            ("11010519491231002X", "a resident identity number"),
            ("110105 19491231 002X", "a resident identity number"),
            ("110105-1949-1231-002x", "a resident identity number"),
            ("440524 1880 0101 0014", "a resident identity number"),
            ("１１０１０５１９４９１２３１００２Ｘ", "a resident identity number"),
            ("身份 110105491231002", "a resident identity number"),
            ("13800000000", "a mobile number"),
            ("王先生13800000000请联系", "a mobile number"),
            ("138 0000 0000", "a mobile number"),
            ("138-0000-0000", "a mobile number"),
            ("+86 138 0000 0000", "a mobile number"),
            ("+8613800000000", "a mobile number"),
            ("008613800000000", "a mobile number"),
            ("１３８００００００００", "a mobile number"),
            ("{\"phone\":13800000000}", "a mobile number"),
            ("138\u{200b}00000000", "a mobile number"),
            ("1.13800000000 王 2.13900000000 李", "a mobile number"),
            ("+86.13800000000", "a mobile number"),
            ("电话86.13800000000", "a mobile number"),
            ("tel.13800000000", "a mobile number"),
            ("138.0000.0000", "a mobile number"),
            ("138\t0000\t0000", "a mobile number"),
            ("138,0000,0000", "a mobile number"),
            ("电话：138，0000，0000。", "a mobile number"),
            ("138、0000、0000", "a mobile number"),
            ("138, 0000, 0000", "a mobile number"),
            ("+86, 138 0000 0000", "a mobile number"),
            ("138 - 0000 - 0000", "a mobile number"),
            ("1,13800000000,2", "a mobile number"),
            ("110105,19491231,002X", "a resident identity number"),
            ("138\u{2010}0000\u{2015}0000", "a mobile number"),
            ("138\u{fe58}0000\u{fe63}0000", "a mobile number"),
            ("138－0000－0000", "a mobile number"),
            ("138。0000。0000", "a mobile number"),
            ("138・0000・0000", "a mobile number"),
            ("138•0000•0000", "a mobile number"),
            ("138*0000*0000", "a mobile number"),
            ("138\u{3000}0000\u{2003}0000", "a mobile number"),
            ("138\u{a0}0000\u{202f}0000", "a mobile number"),
            ("1\u{200d}3\u{2060}8\u{feff}00000000", "a mobile number"),
            ("110105\u{2012}19491231\u{2212}002X", "a resident identity number"),
            ("浙C・12345", "a number plate"),
            ("浙C。12345", "a number plate"),
            ("浙C\u{2014}12345", "a number plate"),
            ("浙C\u{3000}12345", "a number plate"),
            ("a@例子.公司", "an e-mail address"),
            ("a@example.中国", "an e-mail address"),
            ("a@example。com", "an e-mail address"),
            ("请写信到a@example.com谢谢", "an e-mail address"),
            ("a@example.com。谢谢", "an e-mail address"),
            ("1-3-8-0-0-0-0-0-0-0-0", "a mobile number"),
            ("1 3 8 0 0 0 0 0 0 0 0", "a mobile number"),
            ("1.1.0.1.0.5.1.9.4.9.1.2.3.1.0.0.2.X", "a resident identity number"),
            ("一三八零零零零零零零零", "a mobile number"),
            ("电话幺三八〇〇〇〇-〇〇〇〇", "a mobile number"),
            ("\u{661}\u{663}\u{668}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}", "a mobile number"),
            ("१३८००००००००", "a mobile number"),
            ("WJ浙12345", "a number plate"),
            ("车 浙C1234学 停", "a number plate"),
            ("粤Z1234港", "a number plate"),
            ("粤ZF023澳", "a number plate"),
            ("WJ浙1234警", "a number plate"),
            ("wj·浙·1234X", "a number plate"),
            ("浙C12345", "a number plate"),
            ("浙C·D12345", "a number plate"),
            ("黑色轿车，浙CF1234停在门口", "a number plate"),
            ("wang.er@example.com", "an e-mail address"),
            ("联系 ｗａｎｇ＠example．cn。", "an e-mail address"),
        ] {
            assert_eq!(personal(text), Some(what), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "",
            "1,3,8,0,0,0,0,0,0,0,0",
            "2-3-8-0-0-0-0-0-0-0-0",
            "1-3-5-7-9-11-13-15",
            "一三八路二三四号五六七",
            "二〇二六年一一月二七日",
            "上海WJ12345",
            "浙12345",
            "公园路100号",
            "0577-88123456",
            "23800000000",
            "138000000001",
            "91330302MA2TE5T01A",
            "33030200001320000001",
            "110105194912310021",
            "330302100012345",
            "2024-01-02 10:00-18:00",
            "17 18 19 20 21 2",
            "137,138,2024,2025",
            "138,2024,2025,2026",
            "13,800,000,000",
            "120.6551234,28.0151234",
            "121.138,0000.0000,1",
            "浙江A12345",
            "京A座",
            "京Abcdefg",
            "G15 K1380+000",
            "120.6555123, 28.0150456",
            "6.13999986649",
            "-95.360810441221005",
            "POINT (120.13999986649 28.15812345678)",
            "{\"lat\":40.13812345678,\"lon\":-73.360810441221005}",
            "110105491231000",
            "https://example.org/@here.now",
            "@home",
            "a@b",
            "icon@2x.png",
            "5 @ 3.20",
        ] {
            assert_eq!(personal(text), None, "{text}");
        }
    }

    #[test]
    fn fifteen_digits_alone_are_a_code_unless_the_column_has_words() {
        // A census block whose digits hold the 22nd of December 1941.
        let block = "360810411222005";
        assert_eq!(personal_in("census_block", block), None);
        for (name, text) in
            [("note", block), ("编号", block), ("block", "block 360810411222005"), ("b", "360810 411222 005")]
        {
            assert_eq!(personal_in(name, text), Some("a resident identity number"), "{name} {text}");
        }
        assert_eq!(personal_in("code", "11010519491231002X"), Some("a resident identity number"));
    }

    #[test]
    fn the_id_of_a_row_is_no_number_of_a_person() {
        for (id, what) in [
            ("13800138000", "a mobile number"),
            ("+86 138 0013 8000", "a mobile number"),
            ("tel-13800138000", "a mobile number"),
            ("手机13800138000", "a mobile number"),
            ("浙C12345", "a number plate"),
            ("11010519491231002X", "a resident identity number"),
            ("a@example.com", "an e-mail address"),
        ] {
            assert_eq!(personal_id(id), Some(what), "{id}");
        }
        for id in ["n13012345678", "node/13012345678", "360810411222005", "33030200001320000001", "LC-001"] {
            assert_eq!(personal_id(id), None, "{id}");
        }
    }

    #[test]
    fn an_id_of_another_system_is_no_mobile_number() {
        assert_eq!(personal_in("@id", "node/13012345678"), None);
        assert_eq!(personal_in("note", "13012345678"), Some("a mobile number"));
        assert_eq!(personal_in("id", "11010519491231002X"), Some("a resident identity number"));
    }
}
