//! Shapes and rows, side by side.

use std::io::{BufReader, Read, SeekFrom};

use spatial::Value;

use super::archive::{Archive, Shared};
use super::dbf::{Dbf, DbfRow, Head};
use super::shp::{Next, Shp, fill};
use crate::crs_names;
use crate::mapping::{Places, Plan};
use crate::problem::Problem;
use crate::read::{Beside, ReadSeek};
use crate::report::At;
use crate::table::RawRow;
use crate::{Encoding, Flow, IntakeError, Mapping, Options, Report, Row};

/// Longest `.prj` or `.cpg` that is looked at, bytes.
const LONGEST_NOTE: u64 = 64 * 1024;

/// Reads rows of one layer, from a zip or from a `.shp` with its other parts beside it: the first bytes tell which.
pub(crate) fn shapefile(
    bytes: &mut dyn ReadSeek,
    beside: Option<&mut Beside<'_>>,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let mut magic = [0; 2];
    if fill(&mut { &mut *bytes }, &mut magic)? == 0 {
        return Err(IntakeError::Empty);
    }
    bytes.seek(SeekFrom::Start(0))?;
    if &magic == b"PK" {
        let shared = Shared::new(bytes);
        let mut first = Archive::open(shared.clone())?;
        let parts = first.parts(options)?;
        let prj = parts.prj.map(|at| note(&mut first.file(at)?)).transpose()?;
        let cpg = parts.cpg.map(|at| note(&mut first.file(at)?)).transpose()?;
        let mut second = Archive::open(shared)?;
        let dbf = parts.dbf.map(|at| second.file(at)).transpose()?;
        return rows(first.file(parts.shp)?, dbf, &Notes { prj, cpg }, options, each);
    }
    let mut none = |_: &str| Ok(None);
    let open: &mut Beside<'_> = match beside {
        Some(open) => open,
        None => &mut none,
    };
    let mut small = |ending: &str| open(ending)?.map(|mut file| note(&mut file)).transpose();
    let notes = Notes { prj: small("prj")?, cpg: small("cpg")? };
    let dbf = open("dbf")?;
    rows(bytes, dbf, &notes, options, each)
}

/// What stands beside shapes and columns.
struct Notes {
    prj: Option<String>,
    cpg: Option<String>,
}

fn note(file: &mut dyn Read) -> Result<String, IntakeError> {
    let mut text = Vec::new();
    file.take(LONGEST_NOTE).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}

fn rows(
    shp: impl Read,
    dbf: Option<impl Read>,
    notes: &Notes,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let mut shp = Shp::new(BufReader::new(shp))?;
    let (mut strange_cpg, mut encoding) = (None, Encoding::UTF_8);
    let mut dbf = match dbf {
        None => None,
        Some(bytes) => {
            let mut bytes = BufReader::new(bytes);
            let head = Head::read(&mut bytes)?;
            let named = options.mapping.map(Mapping::encoding).transpose()?.flatten();
            let cpg = notes.cpg.as_deref().filter(|name| !name.is_empty()).and_then(|name| {
                let known = Encoding::from_name(name).ok();
                strange_cpg = known.is_none().then(|| spatial::shown(name));
                known
            });
            encoding = options.encoding.or(named).or(cpg).or_else(|| head.encoding()).unwrap_or_default();
            Some(Dbf::new(bytes, &head, encoding)?)
        }
    };
    let headers = dbf.as_ref().map(Dbf::headers).unwrap_or_default();
    let plan = Plan::new(options.mapping, &headers, options.layer, Places::BesideCut)?;
    let cut = plan.cut.clone();
    let mut table = options.table(plan, true, each);
    if let Some(said) = notes.prj.as_deref().and_then(crs_names::of_wkt) {
        table.watch.said(&said);
    } else {
        table.report.note("there is no .prj, or none that names its coordinate system");
    }
    for (header, field) in cut {
        table.report.note(format!("column {header:?} is taken for the field {field:?}: shapefiles cut names"));
    }
    if let Some(name) = strange_cpg {
        table.report.note(format!("the .cpg names encoding {name:?}, which is not known"));
    }
    match &dbf {
        None => table.report.note("there is no .dbf: rows have no columns"),
        Some(dbf) => table.report.note_count("columns of memos, not read", dbf.memos),
    }
    let (mut cells, mut deleted) = (Vec::new(), 0);
    loop {
        let (at, shape) = match shp.next()? {
            Next::End => {
                let left = dbf.as_mut().map(Dbf::left_over).transpose()?.unwrap_or_default();
                table.report.note_count("rows of the table (.dbf) without a shape, left out", left);
                break;
            }
            Next::Shape(at, shape) => (at, shape),
            Next::Cut(at, what) => {
                table.report.truncated = true;
                let _ = table.refuse(At::Byte(at), None, Problem::plain(what));
                break;
            }
        };
        let row = match &mut dbf {
            None => DbfRow::Cells(Ok(())),
            Some(dbf) => dbf.next(&mut cells)?,
        };
        let flow = match row {
            DbfRow::Deleted => {
                deleted += 1;
                continue;
            }
            DbfRow::None => {
                table.refuse(At::Byte(at), None, Problem::plain("the table (.dbf) has no row for this shape"))
            }
            DbfRow::Cells(Err(problem)) => table.refuse(At::Byte(at), None, problem),
            DbfRow::Cells(Ok(())) => {
                let texts = || cells.iter().flatten().filter_map(Value::as_text).collect();
                table.watch.text(At::Byte(at), encoding, texts);
                table.row(RawRow { at: At::Byte(at), id: None, shape: Some(shape), cells: &cells })
            }
        };
        if flow.is_break() {
            table.report.stopped = true;
            break;
        }
    }
    table.report.note_count("rows marked as deleted, left out", deleted);
    table.digits = dbf.map_or(0, |dbf| dbf.digits);
    Ok(table.finish())
}
