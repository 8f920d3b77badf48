//! Scope: which part of the city a caller is responsible for.

use spatial::codes::{CodeError, Division, DivisionLevel};

/// Divisions that a caller answers for, in canonical order: sorted, none inside another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scope {
    everywhere: bool,
    divisions: Vec<Division>,
}

impl Scope {
    /// Reads division codes; `*` is everywhere.
    pub fn new<'a>(codes: impl IntoIterator<Item = &'a str>) -> Result<Self, CodeError> {
        let mut scope = Self::default();
        let mut all = Vec::new();
        for code in codes {
            if code == "*" {
                scope.everywhere = true;
            } else {
                all.push(Division::new(code)?);
            }
        }
        all.sort_unstable_by_key(|d| (d.level(), *d));
        for division in all {
            if !scope.divisions.iter().any(|above| above.contains(division)) {
                scope.divisions.push(division);
            }
        }
        scope.divisions.sort_unstable();
        Ok(scope)
    }

    /// Whether a place in that division is in scope. What lies in no known division belongs to whoever answers for the
    /// whole city, and to nobody below.
    pub fn holds(&self, division: Option<Division>) -> bool {
        match division {
            _ if self.everywhere => true,
            Some(division) => self.divisions.iter().any(|mine| mine.contains(division)),
            None => self.is_whole_city(),
        }
    }

    /// Whether a whole city (or more) is in scope.
    pub fn is_whole_city(&self) -> bool {
        self.everywhere || self.divisions.iter().any(|mine| mine.level() <= DivisionLevel::City)
    }

    /// The codes, shortest form, in canonical order.
    pub fn codes(&self) -> Vec<String> {
        if self.everywhere {
            return vec!["*".to_owned()];
        }
        self.divisions.iter().map(|d| d.short()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(codes: &[&str]) -> Scope {
        Scope::new(codes.iter().copied()).unwrap()
    }

    fn at(code: &str) -> Option<Division> {
        Division::new(code).ok()
    }

    #[test]
    fn a_subtree_and_nothing_else() {
        let lucheng = scope(&["330302"]);
        assert!(lucheng.holds(at("330302006044")) && !lucheng.holds(at("330303001001")) && !lucheng.holds(None));
        let city = scope(&["330300"]);
        assert!(city.holds(at("330383198201")), "Longgang's villages are in the city without a township");
        assert!(city.holds(None));
        assert!(!scope(&[]).holds(at("330302")) && !scope(&[]).holds(None), "no scope, nothing seen");
    }

    #[test]
    fn one_canonical_form() {
        assert_eq!(scope(&["330302", "330302006", "330302"]), scope(&["330302"]));
        assert_eq!(scope(&["330303", "330302"]), scope(&["330302", "330303"]));
        assert_eq!(scope(&["330302", "*"]).codes(), ["*"]);
    }
}
