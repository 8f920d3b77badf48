//! What a `create table` says: the names of the columns in the order in which rows store them.

/// The columns of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    /// The column that is the row id itself; rows store nothing for it.
    pub(super) rowid: Option<usize>,
}

/// Reads the SQL that made a table. The error says what in it is not read.
pub(super) fn columns(sql: &str) -> Result<Columns, &'static str> {
    let open = sql.find('(').ok_or("its table has no columns")?;
    let virtual_table = sql.get(..open).is_some_and(|head| head.to_ascii_lowercase().contains(" virtual "));
    if virtual_table {
        return Err("its table is a virtual one");
    }
    let (definitions, rest) =
        split(sql.get(open + 1..).unwrap_or_default()).ok_or("the columns of its table are not closed")?;
    if rest.to_ascii_lowercase().contains("without") {
        return Err("its table has no row ids");
    }
    let mut all = Columns { names: Vec::new(), rowid: None };
    for definition in definitions {
        let (name, after) = name(definition);
        let after = after.to_ascii_lowercase();
        let words: Vec<&str> =
            after.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
        let quoted = definition.starts_with(['"', '`', '[', '\'']);
        let constraint = ["constraint", "primary", "unique", "check", "foreign"];
        if !quoted && constraint.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        if words.contains(&"generated") || after.contains(" as (") || after.contains(" as(") {
            return Err("its table has generated columns");
        }
        if words.first() == Some(&"integer") && words.windows(2).any(|pair| pair == ["primary", "key"]) {
            all.rowid = Some(all.names.len());
        }
        all.names.push(name);
    }
    Ok(all)
}

/// Parts between commas up to the closing bracket, and what comes after it.
fn split(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => {
                parts.push(text.get(from..at)?.trim());
                return Some((parts, text.get(at + 1..)?));
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text.get(from..at)?.trim());
                from = at + 1;
            }
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// The name that a definition begins with, and the rest.
fn name(definition: &str) -> (String, &str) {
    let mut chars = definition.chars();
    let end = match chars.next() {
        Some('[') => Some(']'),
        Some(quote @ ('"' | '`' | '\'')) => Some(quote),
        _ => None,
    };
    let Some(end) = end else {
        let at = definition.find(char::is_whitespace).unwrap_or(definition.len());
        let (name, rest) = definition.split_at(at);
        return (name.to_owned(), rest);
    };
    let (mut name, mut rest) = (String::new(), chars.as_str());
    while let Some((before, after)) = rest.split_once(end) {
        name.push_str(before);
        // A quote inside a name is written twice.
        match after.strip_prefix(end).filter(|_| end != ']') {
            Some(more) => {
                name.push(end);
                rest = more;
            }
            None => return (name, after),
        }
    }
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expect: Result<(&[&str], Option<usize>), &str>) {
        let got = columns(sql);
        let got = got.as_ref().map(|c| (c.names.iter().map(String::as_str).collect::<Vec<_>>(), c.rowid));
        match (got, expect) {
            (Ok((names, rowid)), Ok((expect, at))) => assert_eq!((&names[..], rowid), (expect, at), "{sql}"),
            (Err(got), Err(expect)) => assert_eq!(*got, expect),
            (got, expect) => panic!("{sql}: {got:?} is not {expect:?}"),
        }
    }

    #[test]
    fn names_in_every_quotation() {
        check(
            "CREATE TABLE \"t\" ( \"fid\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \"geom\" POINT, a TEXT(30), [b c] REAL, `d` DATE, \"e\"\"f\" TEXT DEFAULT 'x,)y')",
            Ok((&["fid", "geom", "a", "b c", "d", "e\"f"], Some(0))),
        );
        check("create table t(a,b text, primary key (a, b), CONSTRAINT x UNIQUE(b))", Ok((&["a", "b"], None)));
        check("create table t(a int primary key)", Ok((&["a"], None)));
        check("create table t(a) WITHOUT ROWID", Err("its table has no row ids"));
        check("create table t(a, b GENERATED ALWAYS AS (a + 1))", Err("its table has generated columns"));
        check("CREATE VIRTUAL TABLE t USING rtree(a,b)", Err("its table is a virtual one"));
        check("create table t(a", Err("the columns of its table are not closed"));
        check("", Err("its table has no columns"));
    }
}
