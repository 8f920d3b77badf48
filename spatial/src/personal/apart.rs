//! Numbers whose digits all stand apart.

use super::{COUNTRY_CODES, Written};

/// The sign of a gap with one more sign in it: blanks beside it mean nothing, and of two different ones it has none.
pub(super) fn together(sign: char, more: char) -> Option<char> {
    match (sign, more) {
        (sign, ' ') => Some(sign),
        (' ', more) => Some(more),
        (sign, more) => (sign == more).then_some(sign),
    }
}

impl Written {
    /// What its digits are where all of them stand apart: with single signs between, whichever, or one same sign between any
    /// two (`1, 3, 8, …`), behind the country's code or not. What another sign parts from them is no part of them, and a
    /// longer list of one sign is no number.
    pub(super) fn apart(&self) -> Option<&'static str> {
        if !self.far.contains(&true)
            && let Some(what) = self.alone(0, 0, self.groups.len())
        {
            return Some(what);
        }
        let (mut from, mut before) = (0, 0);
        while let Some(sign) = self.signs.get(from + 1) {
            let to =
                (from + 1..self.groups.len()).take_while(|at| self.signs.get(*at) == Some(sign)).count() + from + 1;
            if let Some(what) = self.alone(before, from, to) {
                return Some(what);
            }
            // The last group of a list may begin the next.
            before += self.groups.get(from..to - 1).unwrap_or_default().iter().sum::<usize>();
            from = to - 1;
        }
        None
    }

    /// What the groups from one to another are, where each but a country's code is one digit.
    fn alone(&self, before: usize, from: usize, to: usize) -> Option<&'static str> {
        let groups = self.groups.get(from..to)?;
        let length: usize = groups.iter().sum();
        let digits = self.digits.get(before..before + length)?;
        let first = groups.first().copied().unwrap_or_default();
        let coded = usize::from(COUNTRY_CODES.iter().any(|code| code.len() == first && digits.starts_with(code)));
        if !groups.iter().skip(coded).all(|length| *length == 1) {
            return None;
        }
        let whole = Self {
            digits: digits.to_owned(),
            groups: vec![length],
            far: vec![false],
            signs: vec![Some(' ')],
            x: self.x && to == self.groups.len(),
        };
        whole.run(0, 0, 1)
    }
}
