//! Codes of governance grid cells (网格): the village's division code and a sequence number.

use super::{CodeError, Division, DivisionLevel, digits};

const NAME: &str = "grid code";

/// A grid code: twelve digits of the village it belongs to, then two to six digits that stay opaque.
/// A grid belongs to exactly one village, never to a township or county.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(String);

impl GridCode {
    /// Reads 14 to 18 digits whose first twelve name a village.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        digits(NAME, text)?;
        if !(14..=18).contains(&text.len()) {
            return Err(CodeError::Length { code: NAME, expected: "14 to 18", got: text.len() });
        }
        let village = Division::new(text.get(..12).unwrap_or_default())?;
        if village.level() != DivisionLevel::Village {
            return Err(CodeError::Part { code: NAME, reason: "its first twelve digits must name a village" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The village that the grid belongs to.
    pub fn village(&self) -> Option<Division> {
        Division::new(self.0.get(..12)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_belongs_to_a_village() {
        let grid = GridCode::new("33030200604401").unwrap();
        assert_eq!(grid.village().unwrap().to_string(), "330302006044");
        // Unit grids of urban management have 14 or 15 digits, the longest sequence six.
        for code in ["330302006044011", "330302006044123456"] {
            assert_eq!(GridCode::new(code).unwrap().as_str(), code);
        }
        assert!(GridCode::new("3303020060441234567").is_err());
        assert!(GridCode::new("33030200600001").is_err(), "a township owns no grid");
        assert!(GridCode::new("330302006044").is_err());
        assert!(GridCode::new("3303020060440A").is_err());
    }
}
