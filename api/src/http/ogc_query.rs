//! What may be asked of the items of a collection: boxes, times, pages (OGC API – Features, part 1, 7.15).

use serde::Deserialize;
use spatial::{Bounds, Fid, Layer, Position, PositionError};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};
use utoipa::IntoParams;

use super::problem::{Code, Problem};
use crate::app::{Days, Wanted};
use crate::auth::Caller;

/// Most items of one page.
const MOST: usize = 1_000;
/// Items of a page when nothing is said.
const USUAL: usize = 10;
/// Language of filters.
const LANG: &str = "cql2-text";
/// WGS84, longitude first.
pub(super) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Which items. A name that is not here is refused.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemsQuery {
    /// `west,south,east,north`, WGS84 degrees; with six numbers the third and the sixth are heights, which are not looked
    /// at. West beyond east crosses the antimeridian.
    bbox: Option<String>,
    /// Coordinate system of `bbox`; only WGS84, longitude first.
    #[serde(rename = "bbox-crs")]
    bbox_crs: Option<String>,
    /// A moment or a span (`2026-01-01T00:00:00Z/..`), RFC 3339: features that are in force then.
    datetime: Option<String>,
    /// How many, 1 to 1000; 10 when left out.
    limit: Option<usize>,
    /// Where the page before ended (from its `next` link).
    after: Option<u64>,
    /// Coordinate system of the answer; only WGS84, longitude first.
    crs: Option<String>,
    /// CQL2 text; the queryables say what it may name.
    filter: Option<String>,
    /// Language of the filter: only `cql2-text`.
    #[serde(rename = "filter-lang")]
    filter_lang: Option<String>,
    /// Coordinate system of places in the filter; only WGS84, longitude first.
    #[serde(rename = "filter-crs")]
    filter_crs: Option<String>,
}

impl ItemsQuery {
    /// What is wanted, checked.
    pub(super) fn wanted(&self, caller: &Caller, layer: Layer) -> Result<Wanted, Problem> {
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::at(Code::BadRequest, "/limit", format!("must be 1 to {MOST}")));
        }
        if self.filter_lang.as_deref().is_some_and(|lang| lang != LANG) {
            return Err(Problem::at(Code::Filter, "/filter-lang", format!("only {LANG}")));
        }
        let systems = [("/crs", &self.crs), ("/bbox-crs", &self.bbox_crs), ("/filter-crs", &self.filter_crs)];
        for (pointer, crs) in systems {
            if crs.as_deref().is_some_and(|crs| crs != CRS84) {
                return Err(Problem::at(Code::BadRequest, pointer, format!("only {CRS84}")));
            }
        }
        Ok(Wanted {
            boxes: self.bbox.as_deref().map(read_boxes).transpose()?.unwrap_or_default(),
            days: self.datetime.as_deref().map(read_days).transpose()?,
            filter: self.filter.as_deref().map(|text| super::filter::read(caller, layer, text)).transpose()?,
            after: self.after,
            limit,
        })
    }

    /// The same query for the page after `last`; for the first page when there is none.
    pub(super) fn address(&self, path: &str, last: Option<Fid>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let texts = [
            ("bbox", &self.bbox),
            ("bbox-crs", &self.bbox_crs),
            ("datetime", &self.datetime),
            ("crs", &self.crs),
            ("filter", &self.filter),
            ("filter-lang", &self.filter_lang),
            ("filter-crs", &self.filter_crs),
        ];
        for (name, text) in texts {
            query.extend_pairs(text.iter().map(|text| (name, text)));
        }
        query.extend_pairs(self.limit.map(|limit| ("limit", limit.to_string())));
        query.extend_pairs(last.or(self.after).map(|after| ("after", after.to_string())));
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// Reads `west,south,east,north`: one box, or the two that a box across the antimeridian is.
fn read_boxes(text: &str) -> Result<Vec<Bounds>, Problem> {
    let wrong = |reason: &str| Problem::at(Code::BadRequest, "/bbox", reason);
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|_not| wrong("must be four numbers: west,south,east,north"))?;
    let (west, south, east, north) = match numbers.as_slice() {
        [west, south, east, north] => (*west, *south, *east, *north),
        [west, south, low, east, north, high] if low <= high => (*west, *south, *east, *north),
        _ => return Err(wrong("must be four numbers: west,south,east,north")),
    };
    for (lon, lat) in [(west, south), (east, north)] {
        match Position::new(lon, lat) {
            // The corner of a box is no device: 0, 0 is a place like any other.
            Ok(_) | Err(PositionError::NullIsland) => {}
            Err(error) => return Err(Problem::at(Code::Position, "/bbox", error.to_string())),
        }
    }
    let halves = if west > east { vec![(west, 180.0), (-180.0, east)] } else { vec![(west, east)] };
    let boxes = halves.into_iter().map(|(west, east)| Bounds::new(west, south, east, north));
    boxes.collect::<Option<Vec<Bounds>>>().ok_or_else(|| wrong("south must be below north, all in range"))
}

/// West, south, east and north as in a query.
pub(super) fn read_bbox(text: &str) -> Result<Bounds, Problem> {
    match read_boxes(text)?.as_slice() {
        [bounds] => Ok(*bounds),
        _ => Err(Problem::at(Code::BadRequest, "/bbox", "west must be below east")),
    }
}

/// Reads a moment, or `from/to` with `..` or nothing for an open end.
fn read_days(text: &str) -> Result<Days, Problem> {
    let wrong = |reason: &str| Problem::at(Code::BadRequest, "/datetime", reason);
    let day = |text: &str| read_day(text).ok_or_else(|| wrong("must be a time or a span of two as in RFC 3339"));
    let open = |text: &str| if text.is_empty() || text == ".." { Ok(None) } else { day(text).map(Some) };
    let Some((from, to)) = text.split_once('/') else {
        let at = day(text)?.1;
        return Ok(Days { from: Some(at.clone()), to: Some(at) });
    };
    let (from, to) = (open(from)?, open(to)?);
    if from.is_none() && to.is_none() && text != "../.." {
        return Err(wrong("is open at both ends"));
    }
    if from.as_ref().zip(to.as_ref()).is_some_and(|(from, to)| from.0 > to.0) {
        return Err(wrong("ends before it begins"));
    }
    Ok(Days { from: from.map(|from| from.1), to: to.map(|to| to.1) })
}

/// A time or a day: the moment, seconds since 1970, and its day in UTC.
fn read_day(text: &str) -> Option<(i64, String)> {
    let day = format_description!("[year]-[month]-[day]");
    let at = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_not| Date::parse(text, &day).map(|date| date.midnight().assume_utc()))
        .ok()?
        .to_offset(UtcOffset::UTC);
    Some((at.unix_timestamp(), at.date().format(&day).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_days(text: &str, expect: Option<(Option<&str>, Option<&str>)>) {
        let days = read_days(text).ok().map(|days| (days.from, days.to));
        assert_eq!(days, expect.map(|(from, to)| (from.map(str::to_owned), to.map(str::to_owned))), "{text}");
    }

    #[test]
    fn moments_and_spans() {
        check_days("2026-01-15T23:30:00+08:00", Some((Some("2026-01-15"), Some("2026-01-15"))));
        check_days("2026-01-15T23:30:00-08:00", Some((Some("2026-01-16"), Some("2026-01-16"))));
        check_days("2026-01-15", Some((Some("2026-01-15"), Some("2026-01-15"))));
        check_days("2026-01-15T00:00:00Z/..", Some((Some("2026-01-15"), None)));
        check_days("/2026-01-15T00:00:00Z", Some((None, Some("2026-01-15"))));
        check_days("../..", Some((None, None)));
        for bad in [
            "garbage",
            "",
            "2026-02-30",
            "2026-01-15T00:00:00",
            "2026-02-01/2026-01-01",
            "a/b",
            "2026-01-01/2026-01-02/2026-01-03",
        ] {
            check_days(bad, None);
        }
    }

    fn check_boxes(text: &str, expect: Option<usize>) {
        assert_eq!(read_boxes(text).ok().map(|boxes| boxes.len()), expect, "{text}");
    }

    #[test]
    fn boxes() {
        check_boxes("120,27,121,29", Some(1));
        check_boxes("0,0,10,10", Some(1));
        check_boxes("-180,-90,180,90", Some(1));
        check_boxes("120,27,0,121,29,100", Some(1));
        check_boxes("170,-20,-170,-10", Some(2));
        for bad in ["1,2,3", "a,b,c,d", "120,29,121,27", "NaN,1,2,3", "27,120,29,121", "120,27,9,121,29,1", "0,0,181,1"]
        {
            check_boxes(bad, None);
        }
    }
}
