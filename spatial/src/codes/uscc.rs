//! Unified social credit code (统一社会信用代码), GB 32100-2015, with the organisation code's own check, GB 11714.

use super::CodeError;

const NAME: &str = "unified social credit code";
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code: 18 characters, both check characters right, upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc(String);

impl Uscc {
    /// Reads 18 characters; lower case is accepted and stored as upper case.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let code: Vec<char> = text.chars().map(|c| c.to_ascii_uppercase()).collect();
        if code.len() != 18 {
            return Err(CodeError::Length { code: NAME, expected: "18", got: code.len() });
        }
        let mut values = Vec::with_capacity(18);
        for (at, &character) in code.iter().enumerate() {
            let value = ALPHABET.chars().position(|c| c == character);
            values.push(value.ok_or(CodeError::Character { code: NAME, character, at: at + 1 })?);
        }
        let organisation = organisation_check(code.get(8..16).unwrap_or_default());
        if code.get(16) != Some(&organisation) {
            return Err(CodeError::Checksum {
                code: "organisation code inside the unified social credit code",
                expected: organisation,
            });
        }
        let sum: usize = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum();
        let expected = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0');
        if code.get(17) != Some(&expected) {
            return Err(CodeError::Checksum { code: NAME, expected });
        }
        Ok(Self(code.into_iter().collect()))
    }

    /// Builds the code from its first sixteen characters by adding both check characters.
    pub fn complete(first_sixteen: &str) -> Result<Self, CodeError> {
        let code: Vec<char> = first_sixteen.chars().collect();
        if code.len() != 16 {
            return Err(CodeError::Length {
                code: NAME,
                expected: "16 before its two check characters",
                got: code.len(),
            });
        }
        let organisation = organisation_check(code.get(8..16).unwrap_or_default());
        let stem: String = code.into_iter().chain([organisation]).collect();
        let sum: usize =
            stem.chars().zip(WEIGHTS).map(|(c, w)| ALPHABET.chars().position(|a| a == c).unwrap_or_default() * w).sum();
        let last = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0');
        Self::new(&format!("{stem}{last}"))
    }

    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// GB 11714: weights over 0–9A–Z, `11 − Σ mod 11`, 10 → X, 11 → 0.
fn organisation_check(code: &[char]) -> char {
    let value = |c: char| c.to_digit(36).unwrap_or_default() as usize;
    let sum: usize = code.iter().zip(ORGANISATION_WEIGHTS).map(|(&c, w)| value(c) * w).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(u32::try_from(n).unwrap_or_default(), 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_domain_note() {
        for good in [
            "91350100M000100Y43",
            "91330302MA2TE5T01A",
            "91330383MA2TE5T01L",
            "92330381MA2TE5T01L",
            "12330300MA2TE5T01J",
            "52330304MA2TE5T018",
            "91350100m000100y43",
        ] {
            assert_eq!(Uscc::new(good).unwrap().as_str(), good.to_uppercase());
        }
        assert!(matches!(Uscc::new("91350100M000100Y44"), Err(CodeError::Checksum { expected: '3', .. })));
        assert!(Uscc::new("91530100M000100Y43").is_err(), "3 and 5 swapped");
        assert!(matches!(Uscc::new("9135010OM000100Y43"), Err(CodeError::Character { character: 'O', at: 8, .. })));
        assert!(Uscc::new("91350100M000100Y4").is_err());
        assert!(Uscc::new("人人人人人人人人人人人人人人人人人人").is_err());
    }

    #[test]
    fn complete_makes_what_new_accepts() {
        assert_eq!(Uscc::complete("91330302MA2TE5T0").unwrap().as_str(), "91330302MA2TE5T01A");
    }
}
