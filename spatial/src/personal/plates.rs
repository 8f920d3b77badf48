//! Number plates.

/// Fewest digits of a number plate.
pub(super) const PLATE_DIGITS: usize = 3;
/// Whether a number plate may begin so: the provinces.
pub(super) fn is_province(c: char) -> bool {
    matches!(
        c,
        '京' | '津'
            | '沪'
            | '渝'
            | '冀'
            | '豫'
            | '云'
            | '辽'
            | '黑'
            | '湘'
            | '皖'
            | '鲁'
            | '新'
            | '苏'
            | '浙'
            | '赣'
            | '鄂'
            | '桂'
            | '甘'
            | '晋'
            | '蒙'
            | '陕'
            | '吉'
            | '闽'
            | '贵'
            | '粤'
            | '青'
            | '藏'
            | '川'
            | '宁'
            | '琼'
    )
}

/// Chinese letters that a plate may end in.
const PLATE_ENDS: &str = "学港澳警领挂";

/// Whether what stands before a province is the `WJ` of the armed police, after which no letter comes: `WJ浙12345`.
fn is_armed_police(before: &[char]) -> bool {
    let blanks = before.iter().rev().take_while(|c| **c == ' ').count();
    let before = before.get(..before.len() - blanks).unwrap_or_default();
    let before = before.strip_suffix(&['·']).unwrap_or(before);
    let (Some(['W' | 'w', 'J' | 'j']), head) = (before.last_chunk(), before.len().saturating_sub(2)) else {
        return false;
    };
    !before.get(..head).and_then(<[char]>::last).is_some_and(char::is_ascii_alphanumeric)
}

/// What may stand before a plate at once, of Chinese: `车牌浙C 1234 5`. Any other sign makes a province part of a name.
const BEFORE: &str = "牌号车辆为是的";

/// A province, a letter, perhaps a dot, then five or six letters and digits (at least three of them digits) and no more;
/// blanks may stand anywhere, but of what may be a name (`白云 A 12 1201`) not between the figures. A comma parts what a list
/// of JSON had in two.
pub(super) fn holds_plate(chars: &[char]) -> bool {
    chars.iter().enumerate().any(|(at, province)| {
        if !is_province(*province) {
            return false;
        }
        let before = chars.get(..at).unwrap_or_default();
        let named = before.last().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(c) && !BEFORE.contains(*c));
        let behind = chars.get(at + 1..).unwrap_or_default();
        if is_armed_police(before) {
            return ends_as_plate(behind, named);
        }
        let rest = without_blanks(behind).split_first().filter(|(first, _)| first.is_ascii_alphabetic());
        rest.is_some_and(|(_, rest)| ends_as_plate(rest, named))
    })
}

fn without_blanks(chars: &[char]) -> &[char] {
    let blanks = chars.iter().take_while(|c| **c == ' ').count();
    chars.get(blanks..).unwrap_or_default()
}

/// Whether the signs behind the letter are those of a plate, in one piece where it may be a name.
fn ends_as_plate(behind: &[char], named: bool) -> bool {
    let mut rest = without_blanks(behind);
    if let Some((_, more)) = rest.split_first().filter(|(c, _)| matches!(c, '·' | '-' | '.' | '*' | '_' | '/' | ',')) {
        rest = without_blanks(more);
    }
    let (mut signs, mut digits) = (0, 0);
    loop {
        let group = rest.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
        let (group, more) = rest.split_at(group);
        signs += group.len();
        digits += group.iter().filter(|c| c.is_ascii_digit()).count();
        // The last sign of some: learners, those that cross to Hong Kong and Macao, police, consulates.
        let last = usize::from(more.first().is_some_and(|c| PLATE_ENDS.contains(*c)));
        if (5..=6).contains(&(signs + last)) && digits >= PLATE_DIGITS {
            return true;
        }
        if group.is_empty() || signs > 6 || named || more.first() != Some(&' ') {
            return false;
        }
        rest = without_blanks(more);
    }
}
