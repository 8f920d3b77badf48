//! The part of CQL2 text that nearest takes: `kind = 'hydrant'`, `kind IN ('hydrant', 'aed')`.

use super::problem::{Code, Problem};

/// Kinds in one filter.
const MOST: usize = 20;

/// The kinds that a filter names; any other filter is refused in words.
pub(super) fn kinds(filter: &str) -> Result<Vec<String>, Problem> {
    read(filter).ok_or_else(|| {
        let why = format!("only kind = 'word' and kind IN ('word', …) with at most {MOST} words are taken here");
        Problem::at(Code::Filter, "/filter", why)
    })
}

fn read(filter: &str) -> Option<Vec<String>> {
    let rest = filter.trim().strip_prefix("kind")?;
    let trimmed = rest.trim_start();
    if let Some(value) = trimmed.strip_prefix('=') {
        return Some(vec![literal(value)?]);
    }
    // A word of its own: `kindin` is none.
    let spaced = trimmed.len() < rest.len();
    let (word, list) = trimmed.split_at_checked(2).filter(|_| spaced)?;
    let list = list.trim().strip_prefix('(')?.strip_suffix(')').filter(|_| word.eq_ignore_ascii_case("in"))?;
    let kinds: Option<Vec<String>> = list.split(',').map(literal).collect();
    kinds.filter(|kinds| kinds.len() <= MOST)
}

/// A text in quotes; kinds have no quotes in them.
fn literal(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.is_empty() && !inner.contains('\'')).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(filter: &str, expect: Option<&[&str]>) {
        let expect = expect.map(|kinds| kinds.iter().map(|kind| (*kind).to_owned()).collect());
        assert_eq!(read(filter), expect, "{filter}");
    }

    #[test]
    fn a_kind_or_a_list_of_kinds() {
        check("kind = 'aed'", Some(&["aed"]));
        check(" kind='aed' ", Some(&["aed"]));
        check("kind IN ('aed','hydrant')", Some(&["aed", "hydrant"]));
        check("kind in ( 'aed' , 'hydrant' )", Some(&["aed", "hydrant"]));
        check("kind in ()", None);
        check("kind in ('aed'", None);
        check("kindin ('aed')", None);
        check("kinds = 'aed'", None);
        check("kind = aed", None);
        check("kind = 'a'' or ''b'", None);
        check("name = 'aed'", None);
        check("kind = 'aed' and name = 'x'", None);
        check("kind", None);
        check("", None);
        check(&format!("kind in ({})", vec!["'a'"; 21].join(",")), None);
    }
}
