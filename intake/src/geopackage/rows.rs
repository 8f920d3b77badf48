//! Which table, and its rows.

use std::collections::HashMap;

use spatial::{Value, shown};

use super::pages::{Pages, not};
use super::record::{Cell, cells};
use super::schema::{Columns, columns};
use crate::mapping::{Places, Plan};
use crate::problem::Problem;
use crate::read::ReadSeek;
use crate::report::At;
use crate::shape::RawShape;
use crate::table::RawRow;
use crate::wkb::wkb;
use crate::{Flow, IntakeError, Options, Report, Row, crs_names};

/// Most tables of a file, and most rows of its tables about tables.
const MOST_TABLES: usize = 10_000;

/// What the file says of a table.
struct Made {
    kind: String,
    root: u32,
    sql: String,
}

/// Reads rows of one layer from the one table of features, or from the one that is asked for.
pub(crate) fn geopackage(
    bytes: &mut dyn ReadSeek,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let mut pages = Pages::open(bytes)?;
    let made = made(&mut pages)?;
    let geometries = small(&mut pages, &made, "gpkg_geometry_columns")?
        .ok_or_else(|| not("it has no table gpkg_geometry_columns, so it is SQLite and no GeoPackage"))?;
    let text = |row: &HashMap<String, Kept>, name: &str| row.get(name).and_then(Kept::text).unwrap_or_default();
    let tables: Vec<String> = geometries.iter().map(|row| text(row, "table_name")).collect();
    let wanted = |name: &&String| options.table.is_none_or(|table| name.eq_ignore_ascii_case(table));
    let found: Vec<&String> = tables.iter().filter(wanted).collect();
    let [name] = found[..] else {
        // The name of a table is a text of the file as any cell is.
        let known: Vec<String> = tables.iter().take(20).map(|name| shown(name)).collect();
        let what = match (tables.is_empty(), found.is_empty()) {
            (true, _) => return Err(not("it has no table of features")),
            (false, true) => "it has no such table of features",
            (false, false) => "it has several tables of features",
        };
        return Err(IntakeError::options("table", format!("{what}: say which of {}", known.join(", "))));
    };
    let about = geometries.iter().find(|row| text(row, "table_name") == *name);
    let column = about.map(|row| text(row, "column_name")).unwrap_or_default();
    let srs = about.and_then(|row| row.get("srs_id")).and_then(Kept::int);
    let said = match srs {
        Some(srs) if srs > 0 => system(&mut pages, &made, srs)?,
        Some(_) | None => None,
    };
    let told = shown(name);
    let table_made = made.get(&name.to_ascii_lowercase()).ok_or_else(|| not(format!("it has no table {told:?}")))?;
    if table_made.kind != "table" {
        return Err(not(format!("{told:?} is a {}, which is not read: make it a table", table_made.kind)));
    }
    let Columns { names, rowid } =
        columns(&table_made.sql).map_err(|what| not(format!("{told:?} is not read: {what}")))?;
    let geometry = names.iter().position(|other| other.eq_ignore_ascii_case(&column));
    let geometry = geometry.ok_or_else(|| not(format!("its table {told:?} has no column {:?}", shown(&column))))?;
    let kept: Vec<usize> = (0..names.len()).filter(|at| *at != geometry && Some(*at) != rowid).collect();
    let headers: Vec<String> = kept.iter().filter_map(|at| names.get(*at)).cloned().collect();

    let plan = Plan::new(options.mapping, &headers, options.layer, Places::Beside)?;
    let mut table = options.table(plan, false, each);
    if let Some(said) = said {
        table.watch.said(&said);
    }
    let (mut values, encoding) = (Vec::new(), pages.text);
    let walked = pages.rows(table_made.root, &mut |payload| {
        let at = At::Byte(payload.at);
        let id = payload.rowid.to_string();
        let row = payload.record.map(|record| cells(record, encoding));
        let flow = match row {
            None => table.refuse(at, Some(id), Problem::plain("is larger than 32 MiB")),
            Some(None) => table.refuse(at, Some(id), Problem::plain("the row is damaged, or its text is no text")),
            Some(Some(cells)) => {
                let shape = blob(cells.get(geometry).unwrap_or(&Cell::Null));
                values.clear();
                values.extend(kept.iter().map(|at| value(cells.get(*at).unwrap_or(&Cell::Null))));
                table.row(RawRow { at, id: Some(id), shape: Some(shape), cells: &values })
            }
        };
        table.report.stopped = flow.is_break();
        Ok(flow.is_continue())
    });
    match walked {
        Ok(()) => {}
        Err(error) if table.report.read == 0 => return Err(error),
        Err(error) => {
            table.report.truncated = true;
            table.report.note(format!("not all rows could be read: {error}"));
        }
    }
    Ok(table.finish())
}

/// A value of a small table, kept after its page is gone.
enum Kept {
    Int(i64),
    Text(String),
}

impl Kept {
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Int(_) => None,
        }
    }

    fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

/// All tables of the file, by their names in lower case.
fn made(pages: &mut Pages<'_>) -> Result<HashMap<String, Made>, IntakeError> {
    let (mut all, text) = (HashMap::new(), pages.text);
    pages.rows(1, &mut |payload| {
        let Some(row) = payload.record.and_then(|record| cells(record, text)) else { return Ok(true) };
        if let [kind, name, _, root, sql, ..] = &row[..]
            && let (Some(kind), Some(name), Some(root)) = (kind.text(), name.text(), root.int())
            && all.len() < MOST_TABLES
        {
            let root = u32::try_from(root).unwrap_or(0);
            let sql = sql.text().unwrap_or_default().to_owned();
            if kind == "table" || kind == "view" {
                all.insert(name.to_ascii_lowercase(), Made { kind: kind.to_owned(), root, sql });
            }
        }
        Ok(true)
    })?;
    Ok(all)
}

/// A small table, whole; `None` when there is none of that name.
fn small(
    pages: &mut Pages<'_>,
    made: &HashMap<String, Made>,
    name: &str,
) -> Result<Option<Vec<HashMap<String, Kept>>>, IntakeError> {
    let Some(table) = made.get(name).filter(|table| table.kind == "table") else { return Ok(None) };
    let Columns { names, rowid } = columns(&table.sql).map_err(|what| not(format!("{name} is not read: {what}")))?;
    let (mut rows, text) = (Vec::new(), pages.text);
    pages.rows(table.root, &mut |payload| {
        let Some(cells) = payload.record.and_then(|record| cells(record, text)) else { return Ok(true) };
        let mut row = HashMap::new();
        for (at, (name, cell)) in names.iter().zip(cells).enumerate() {
            let value = match cell {
                Cell::Int(number) => Some(Kept::Int(number)),
                // Definitions of systems are long; nothing longer is looked at.
                Cell::Text(text) => (text.len() < 64 * 1024).then_some(Kept::Text(text)),
                Cell::Null if rowid == Some(at) => Some(Kept::Int(payload.rowid)),
                Cell::Null | Cell::Float(_) | Cell::Blob(_) => None,
            };
            row.extend(value.map(|value| (name.to_ascii_lowercase(), value)));
        }
        rows.push(row);
        Ok(rows.len() < MOST_TABLES)
    })?;
    Ok(Some(rows))
}

/// What the file calls the coordinate system of that number.
fn system(pages: &mut Pages<'_>, made: &HashMap<String, Made>, srs: i64) -> Result<Option<String>, IntakeError> {
    let systems = small(pages, made, "gpkg_spatial_ref_sys")?.unwrap_or_default();
    let Some(row) = systems.iter().find(|row| row.get("srs_id").and_then(Kept::int) == Some(srs)) else {
        return Ok(Some(format!("epsg:{srs}")));
    };
    let text = |name: &str| row.get(name).and_then(Kept::text);
    let code = row.get("organization_coordsys_id").and_then(Kept::int);
    let epsg = text("organization").filter(|who| who.eq_ignore_ascii_case("epsg")).and(code);
    let named = || text("definition").as_deref().and_then(crs_names::of_wkt).or_else(|| text("srs_name"));
    Ok(epsg.map(|code| format!("epsg:{code}")).or_else(named))
}

fn value(cell: &Cell<'_>) -> Option<Value> {
    match cell {
        Cell::Null | Cell::Blob(_) => None,
        Cell::Int(number) => Some(Value::Int(*number)),
        Cell::Float(number) => number.is_finite().then_some(Value::Float(*number)),
        Cell::Text(text) => Some(Value::Text(text.clone())),
    }
}

/// The geometry of a cell: a head of the format's own, then WKB.
fn blob(cell: &Cell<'_>) -> Result<(RawShape, bool), Problem> {
    let bytes = match cell {
        Cell::Blob(bytes) => *bytes,
        Cell::Null => return Err(Problem::plain("the row has no geometry")),
        Cell::Int(_) | Cell::Float(_) | Cell::Text(_) => return Err(Problem::plain("the geometry is no geometry")),
    };
    let [b'G', b'P', 0, flags, ..] = bytes else {
        return Err(Problem::plain("the geometry does not begin as a GeoPackage's does"));
    };
    if flags & 0b10_0000 != 0 {
        return Err(Problem::plain("the geometry is of an extension of the format, which is not read"));
    }
    if flags & 0b1_0000 != 0 {
        return Err(Problem::plain("the geometry is empty"));
    }
    let envelope = match flags >> 1 & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(Problem::plain("the geometry does not begin as a GeoPackage's does")),
    };
    wkb(bytes.get(8 + envelope..).unwrap_or_default())
}
