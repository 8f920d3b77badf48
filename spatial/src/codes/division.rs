//! Division codes (行政区划代码): GB/T 2260 in six digits, extended to township (9) and village (12) by the
//! statistical code.

use super::{CodeError, digits};

/// The tier of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// Province: two digits count.
    Province,
    /// Prefecture-level city: four digits count.
    City,
    /// County, district or county-level city: six digits count.
    County,
    /// Street, town or township: nine digits count.
    Township,
    /// Village or residents' community: all twelve digits count.
    Village,
}

impl DivisionLevel {
    /// The name in properties.
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

/// What a division of township level is, by the last three of its nine digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TownshipKind {
    /// 001–099: street (街道).
    Street,
    /// 100–199: town (镇).
    Town,
    /// 200–399: township (乡).
    Township,
    /// 400–599: special zone, such as a development zone (开发区).
    Special,
}

/// A division code of twelve digits, shorter ones filled with zeros on the right. A code contains another when its
/// counting digits are the other's first digits.
///
/// ```
/// use spatial::codes::Division;
/// let lucheng = Division::new("330302")?;
/// let wuma = Division::new("330302006000")?;
/// assert!(lucheng.contains(wuma) && !wuma.contains(lucheng));
/// assert_eq!(wuma.parent(), Some(lucheng));
/// // Longgang has no townships: its only child is virtual, its villages are inside all the same.
/// assert!(Division::new("330383")?.contains(Division::new("330383198201")?));
/// # Ok::<(), spatial::codes::CodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division(u64);

const NAME: &str = "division code";

impl Division {
    /// Reads 2, 4, 6, 9 or 12 digits.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        digits(NAME, text)?;
        if !matches!(text.len(), 2 | 4 | 6 | 9 | 12) {
            return Err(CodeError::Length { code: NAME, expected: "2, 4, 6, 9 or 12", got: text.len() });
        }
        if text.starts_with("00") {
            return Err(CodeError::Part { code: NAME, reason: "the province may not be 00" });
        }
        let number: u64 = text.bytes().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
        let mut scale = 1;
        for _ in text.len()..12 {
            scale *= 10;
        }
        Ok(Self(number * scale))
    }

    /// The code as a number of twelve digits.
    pub fn number(self) -> u64 {
        self.0
    }

    /// From a number of twelve digits, as [`Self::number`] gave it.
    pub fn from_number(number: u64) -> Option<Self> {
        (10_000_000_000..1_000_000_000_000).contains(&number).then_some(Self(number))
    }

    /// The tier, read from the trailing groups of zeros.
    pub fn level(self) -> DivisionLevel {
        match self.0 {
            n if n % 10_000_000_000 == 0 => DivisionLevel::Province,
            n if n % 100_000_000 == 0 => DivisionLevel::City,
            n if n % 1_000_000 == 0 => DivisionLevel::County,
            n if n % 1_000 == 0 => DivisionLevel::Township,
            _ => DivisionLevel::Village,
        }
    }

    /// The size of the block of numbers that belong to it.
    fn span(self) -> u64 {
        match self.level() {
            DivisionLevel::Province => 10_000_000_000,
            DivisionLevel::City => 100_000_000,
            DivisionLevel::County => 1_000_000,
            DivisionLevel::Township => 1_000,
            DivisionLevel::Village => 1,
        }
    }

    /// Whether `other` is this division or lies below it.
    pub fn contains(self, other: Self) -> bool {
        other.0 >= self.0 && other.0 < self.0 + self.span()
    }

    /// The division one tier up by code; none above a province.
    pub fn parent(self) -> Option<Self> {
        let block = match self.level() {
            DivisionLevel::Province => return None,
            DivisionLevel::City => 10_000_000_000,
            DivisionLevel::County => 100_000_000,
            DivisionLevel::Township => 1_000_000,
            DivisionLevel::Village => 1_000,
        };
        Some(Self(self.0 - self.0 % block))
    }

    /// The county that it belongs to; none for a city or province.
    pub fn county(self) -> Option<Self> {
        (self.level() >= DivisionLevel::County).then(|| Self(self.0 - self.0 % 1_000_000))
    }

    /// What kind of township it is or lies in; `None` above townships and for numbers from 600.
    ///
    /// The number does not tell townships that exist on paper only: Longgang's 330383198 (直辖村级区划) counts as a town.
    pub fn township_kind(self) -> Option<TownshipKind> {
        match self.0 / 1_000 % 1_000 {
            1..=99 => Some(TownshipKind::Street),
            100..=199 => Some(TownshipKind::Town),
            200..=399 => Some(TownshipKind::Township),
            400..=599 => Some(TownshipKind::Special),
            _ => None,
        }
    }

    /// The code without its trailing groups of zeros: `330302`, `330302006`.
    pub fn short(self) -> String {
        let full = self.to_string();
        let len = match self.level() {
            DivisionLevel::Province => 2,
            // A city is written with its two zeros: GB/T 2260 has six digits.
            DivisionLevel::City | DivisionLevel::County => 6,
            DivisionLevel::Township => 9,
            DivisionLevel::Village => 12,
        };
        full.chars().take(len).collect()
    }
}

impl std::fmt::Display for Division {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_parents() {
        let d = |s| Division::new(s).unwrap();
        assert_eq!(d("330300").level(), DivisionLevel::City);
        assert_eq!(d("3303"), d("330300000000"));
        assert_eq!(d("330302").parent(), Some(d("3303")));
        assert_eq!(d("330302006044").parent(), Some(d("330302006")));
        assert_eq!(d("330302006044").county(), Some(d("330302")));
        assert_eq!(d("330302006").short(), "330302006");
        assert_eq!(d("3303").short(), "330300");
        assert!(d("330300").contains(d("330383198201")));
        assert!(!d("330302").contains(d("330303")));
    }

    #[test]
    fn samples_of_the_domain_note() {
        use TownshipKind::{Special, Street, Town};
        for (code, county, kind) in [
            ("330302006", "330302", Street),
            ("330302025", "330302", Street),
            ("330303001", "330303", Street),
            ("330304002", "330304", Street),
            ("330305001", "330305", Street),
            ("330326100", "330326", Town),
            ("330327100", "330327", Town),
            ("330328100", "330328", Town),
            ("330329100", "330329", Town),
            ("330381004", "330381", Street),
            ("330382114", "330382", Town),
            ("330324109", "330324", Town),
            ("330326401", "330326", Special),
            ("330324400", "330324", Special),
            ("330324402", "330324", Special),
            ("330383198", "330383", Town),
        ] {
            let (township, county) = (Division::new(code).unwrap(), Division::new(county).unwrap());
            assert_eq!((township.level(), township.township_kind()), (DivisionLevel::Township, Some(kind)), "{code}");
            assert_eq!((township.parent(), township.county()), (Some(county), Some(county)), "{code}");
            assert!(Division::new("330300").unwrap().contains(township) && county.contains(township), "{code}");
            assert_eq!(Division::new(&format!("{code}000")).unwrap(), township);
        }
        assert_eq!(Division::new("330302").unwrap().township_kind(), None);
        // A retired code is still a code: what it became is a table's business.
        assert_eq!(Division::new("330322").unwrap().level(), DivisionLevel::County);
    }

    #[test]
    fn bad_codes_say_why() {
        assert_eq!(
            Division::new("33030").unwrap_err().to_string(),
            "division code must have 2, 4, 6, 9 or 12 characters, got 5"
        );
        assert!(matches!(Division::new("33030x"), Err(CodeError::Character { character: 'x', at: 6, .. })));
        assert!(Division::new("000000").is_err());
        assert!(Division::new("").is_err());
    }
}
