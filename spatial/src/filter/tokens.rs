//! From signs to words.

use super::{FilterError, LONGEST};

/// A word of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// A keyword or a bare name.
    Name(String),
    /// A name in double quotes: never a keyword.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// `=`, `<>`, `<`, `>`, `<=`, `>=`, `(`, `)`, `,`.
    Sign(&'static str),
}

/// A word and where it begins, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) at: usize,
}

/// Signs, the longer first.
const SIGNS: [&str; 9] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// All words of a text.
pub(super) fn read(text: &str) -> Result<Vec<Token>, FilterError> {
    if text.len() > LONGEST {
        return Err(FilterError::new(1, format!("a filter has at most {LONGEST} bytes")));
    }
    let signs: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(sign) = signs.get(at) {
        if sign.is_whitespace() {
            at += 1;
            continue;
        }
        let (word, next) = one(&signs, at)?;
        tokens.push(Token { word, at: at + 1 });
        at = next;
    }
    Ok(tokens)
}

/// The word that begins there, and where it has ended.
fn one(signs: &[char], at: usize) -> Result<(Word, usize), FilterError> {
    let sign = signs.get(at).copied().unwrap_or(' ');
    if sign == '\'' {
        let (text, next) = quoted(signs, at, '\'')?;
        return Ok((Word::Text(text), next));
    }
    if sign == '"' {
        let (name, next) = quoted(signs, at, '"')?;
        return Ok((Word::Quoted(name), next));
    }
    let follows = |n: usize| signs.get(at + n).copied().unwrap_or(' ');
    let is_number = |n: usize| follows(n).is_ascii_digit() || (follows(n) == '.' && follows(n + 1).is_ascii_digit());
    if is_number(0) || (matches!(sign, '-' | '+') && is_number(1)) {
        return number(signs, at);
    }
    if sign.is_alphabetic() || sign == '_' {
        let within = |c: &&char| c.is_alphanumeric() || matches!(**c, '_' | '.' | ':');
        let name: String = signs.iter().skip(at).take_while(within).collect();
        let next = at + name.chars().count();
        return Ok((Word::Name(name), next));
    }
    let is_here = |known: &&&str| known.chars().enumerate().all(|(n, c)| follows(n) == c);
    match SIGNS.iter().find(is_here) {
        Some(known) => Ok((Word::Sign(known), at + known.len())),
        None => Err(FilterError::new(at + 1, format!("{sign:?} has no meaning here"))),
    }
}

/// What stands in quotes; two of them stand for one.
fn quoted(signs: &[char], at: usize, quote: char) -> Result<(String, usize), FilterError> {
    let mut text = String::new();
    let mut next = at + 1;
    while let Some(sign) = signs.get(next) {
        next += 1;
        if *sign != quote {
            text.push(*sign);
        } else if signs.get(next) == Some(&quote) {
            text.push(quote);
            next += 1;
        } else {
            return Ok((text, next));
        }
    }
    Err(FilterError::new(at + 1, "the quote is not closed"))
}

fn number(signs: &[char], at: usize) -> Result<(Word, usize), FilterError> {
    let mut next = at + 1;
    while let Some(sign) = signs.get(next) {
        let after_e = matches!(signs.get(next - 1), Some('e' | 'E'));
        if sign.is_ascii_alphanumeric() || *sign == '.' || (after_e && matches!(sign, '-' | '+')) {
            next += 1;
        } else {
            break;
        }
    }
    let text: String = signs.iter().skip(at).take(next - at).collect();
    let wrong = || FilterError::new(at + 1, format!("{text:?} is not a number"));
    // Rust reads "1_0" and "inf" no more than CQL2 does, and takes a leading plus as well.
    if let Ok(whole) = text.parse::<i64>() {
        return Ok((Word::Int(whole), next));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(wrong)?;
    Ok((Word::Float(number), next))
}
