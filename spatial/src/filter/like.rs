//! Patterns: `%` is any text, `_` any sign, a backslash takes the next sign as it is.

/// One part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Sign(char),
}

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

impl Pattern {
    pub(super) fn of(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut signs = text.chars();
        while let Some(sign) = signs.next() {
            let part = match sign {
                '%' => Part::Any,
                '_' => Part::One,
                // A backslash at the end stands for itself.
                '\\' => Part::Sign(signs.next().unwrap_or('\\')),
                other => Part::Sign(other),
            };
            if part != Part::Any || parts.last() != Some(&Part::Any) {
                parts.push(part);
            }
        }
        Self { text: text.to_owned(), parts }
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the whole text fits. At most pattern × text steps: only the last `%` is ever tried again.
    pub(super) fn fits(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on when it does not fit: behind the last `%`, one sign later each time.
        let mut again: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            match self.parts.get(at) {
                Some(Part::Any) => {
                    at += 1;
                    again = Some((at, rest.clone()));
                    continue;
                }
                Some(part) => {
                    let mut ahead = rest.clone();
                    let fits = ahead.next().is_some_and(|sign| *part == Part::One || *part == Part::Sign(sign));
                    if fits {
                        rest = ahead;
                        at += 1;
                        continue;
                    }
                }
                None if rest.as_str().is_empty() => return true,
                None => {}
            }
            let Some((from, signs)) = &mut again else { return false };
            if signs.next().is_none() {
                return false;
            }
            at = *from;
            rest = signs.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, fits: bool) {
        assert_eq!(Pattern::of(pattern).fits(text), fits, "{pattern} {text}");
    }

    #[test]
    fn patterns() {
        check("x%", "x", true);
        check("x%", "xyz", true);
        check("x%", "ax", false);
        check("%街", "五马街", true);
        check("五_街", "五马街", true);
        check("五_街", "五街", false);
        check("%a%b%", "xxaxxbxx", true);
        check("%a%b", "xxbxxa", false);
        check("%%", "", true);
        check("", "", true);
        check("", "x", false);
        check("100\\%", "100%", true);
        check("100\\%", "1000", false);
        check("a\\", "a\\", true);
        check("%aab", "aaaab", true);
        check("_%", "", false);
    }
}
