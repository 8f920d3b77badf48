//! Looks at the first coordinates of every row, as the file has them.

use std::borrow::Cow;

use geo::{Coord, CoordsIter};
use spatial::crs::Crs;
use spatial::{Bounds, Feature};

use super::crowd::Crowd;
use super::twice::Twice;
use super::{Suspect, Suspicion, near};
use crate::report::At;
use crate::{Encoding, crs_names};

/// Beyond this a number is no degree by any mistake.
const NO_DEGREE: f64 = 1000.0;
/// One million metres: the place of a zone's number.
const MILLION: f64 = 1_000_000.0;
/// Zone numbers in use: 13 to 23 for 6°, 25 to 45 for 3°.
const ZONES: std::ops::Range<f64> = 13.0..46.0;

/// Rows in another encoding that are named by their lines.
const ROWS_NAMED: usize = 10;

/// Counts what is odd while a file is read.
#[derive(Debug)]
pub struct Watch {
    declared: String,
    crs: Option<Crs>,
    area: Option<Bounds>,
    rows: u64,
    odd: [u64; 7],
    accepted: u64,
    outside: u64,
    outside_swapped: u64,
    crowd: Crowd,
    twice: Twice,
    /// Rows whose text is UTF-8 by its bytes, where another encoding was declared: its name, how many, and the first.
    utf8: (&'static str, u64, Vec<At>),
    /// What the file says of itself, when that is another system.
    said: Option<String>,
}

/// What single rows can look like, in the order of `Watch::odd`.
const ODD: [Suspect; 7] = [
    Suspect::AxesSwapped,
    Suspect::MetresAsDegrees,
    Suspect::DegreesAsMetres,
    Suspect::ZonePrefixPresent,
    Suspect::ZonePrefixMissing,
    Suspect::ZonePrefixOther,
    Suspect::NullIsland,
];

impl Watch {
    /// A watch over a file that is declared to be in the system of that name.
    pub fn new(declared: &str) -> Self {
        Self {
            declared: declared.to_owned(),
            crs: Crs::from_name(declared).ok(),
            area: None,
            rows: 0,
            odd: [0; 7],
            accepted: 0,
            outside: 0,
            outside_swapped: 0,
            crowd: Crowd::default(),
            twice: Twice::default(),
            utf8: ("", 0, Vec::new()),
            said: None,
        }
    }

    /// Where rows are expected.
    #[must_use]
    pub fn within(mut self, area: Option<Bounds>) -> Self {
        self.area = area;
        self
    }

    /// A row's first coordinates, as the file has them; `None` when it has none.
    pub fn see(&mut self, first: Option<Coord<f64>>) {
        let (Some(Coord { x, y }), Some(crs)) = (first, self.crs) else { return };
        self.rows += 1;
        let Some(odd) = looks(crs, x, y) else { return };
        if let Some(at) = ODD.iter().position(|known| *known == odd).and_then(|at| self.odd.get_mut(at)) {
            *at += 1;
        }
    }

    /// The text of a row, as it was decoded; not asked for where the file is in Unicode.
    pub(crate) fn text<'t>(&mut self, at: At, encoding: Encoding, text: impl FnOnce() -> Cow<'t, str>) {
        if !encoding.is_unicode() && encoding.was_utf8(&text()) {
            self.utf8.0 = encoding.name();
            self.utf8.1 += 1;
            if self.utf8.2.len() < ROWS_NAMED {
                self.utf8.2.push(at);
            }
        }
    }

    /// A row that was accepted.
    pub(crate) fn place(&mut self, feature: &Feature) {
        let Some(first) = feature.geometry.coords_iter().next() else { return };
        self.twice.see(feature);
        self.point(first);
    }

    /// The place of a row that was accepted: longitude and latitude, WGS84 degrees.
    pub fn point(&mut self, Coord { x, y }: Coord<f64>) {
        self.crowd.see(x, y);
        let Some(area) = self.area else { return };
        self.accepted += 1;
        if !near(area, x, y) {
            self.outside += 1;
            self.outside_swapped += u64::from(near(area, y, x));
        }
    }

    /// What the file says of its own system, whatever it calls it; compared with the declared one.
    pub(crate) fn said(&mut self, name: &str) {
        if !name.trim().is_empty() && !crs_names::same(name, &self.declared) {
            self.said.get_or_insert_with(|| name.to_owned());
        }
    }

    /// What the file is suspected of so far.
    pub fn suspicions(&self) -> Vec<Suspicion> {
        let mut all = Vec::new();
        if let Some(said) = &self.said {
            let said = spatial::shown(said);
            let words = format!("the file says its coordinates are {said}, but they were read as {}", self.declared);
            all.push(Suspicion::new(Suspect::CrsDisagrees, words, []));
        }
        for (odd, count) in ODD.into_iter().zip(self.odd) {
            if count > 0 {
                let words = format!("{count} of {} rows {}", self.rows, self.words(odd));
                all.push(Suspicion::new(odd, words, [("rows", number(count)), ("of", number(self.rows))]));
            }
        }
        if self.outside > 0 {
            let most = 2 * self.outside > self.accepted;
            let (code, why) = if most && 2 * self.outside_swapped > self.outside {
                (Suspect::AxesSwapped, ", and would lie inside if longitude and latitude changed places")
            } else if most {
                (Suspect::OutsideArea, ": is it the right file, and the right coordinate system?")
            } else {
                (Suspect::OutsideArea, "")
            };
            let words = format!("{} of {} rows lie outside the expected area{why}", self.outside, self.accepted);
            all.push(Suspicion::new(code, words, [("rows", number(self.outside)), ("of", number(self.accepted))]));
        }
        all.extend(self.crowd.suspicions());
        all.extend(self.twice.suspicion());
        all.extend(self.other_encoding());
        all
    }

    fn other_encoding(&self) -> Option<Suspicion> {
        let (encoding, rows, first) = &self.utf8;
        let first: Vec<String> = first.iter().map(ToString::to_string).collect();
        let words = format!(
            "{rows} rows that were read as {encoding} are UTF-8 by their bytes (first {}): they have other characters now",
            first.join(", ")
        );
        (*rows > 0).then(|| Suspicion::new(Suspect::OtherEncoding, words, [("rows", number(*rows))]))
    }

    fn words(&self, odd: Suspect) -> String {
        let declared = &self.declared;
        match odd {
            Suspect::AxesSwapped => "have their axes the wrong way round: east (longitude) comes first".to_owned(),
            Suspect::MetresAsDegrees => format!("hold metres, where {declared} has degrees"),
            Suspect::DegreesAsMetres => format!("hold degrees, where {declared} has metres"),
            Suspect::ZonePrefixPresent => {
                format!("have a zone's number before the easting, and {declared} has none: name the zoned system")
            }
            Suspect::ZonePrefixMissing => {
                format!("have no zone's number before the easting, and {declared} has one: name the system without")
            }
            Suspect::ZonePrefixOther => format!("have the number of another zone than {declared} before the easting"),
            Suspect::NullIsland => "lie at 0, 0, the mark of a device without a fix or of an empty cell".to_owned(),
            Suspect::CrsDisagrees
            | Suspect::OutsideArea
            | Suspect::FarOff
            | Suspect::PiledUp
            | Suspect::SameCode
            | Suspect::OtherEncoding
            | Suspect::Shifted => odd.word().to_owned(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

/// What two numbers look like where `crs` was declared; `None` when they fit.
fn looks(crs: Crs, x: f64, y: f64) -> Option<Suspect> {
    if x == 0.0 && y == 0.0 {
        return Some(Suspect::NullIsland);
    }
    if crs.is_degrees() {
        if y.abs() > 90.0 && y.abs() <= 180.0 && x.abs() <= 90.0 {
            return Some(Suspect::AxesSwapped);
        }
        return (x.abs() > NO_DEGREE || y.abs() > NO_DEGREE).then_some(Suspect::MetresAsDegrees);
    }
    if x.abs() <= 180.0 && y.abs() <= 180.0 {
        return Some(Suspect::DegreesAsMetres);
    }
    let prefix = match crs {
        Crs::GaussKruger(zone) => zone.prefix(),
        Crs::Cgcs2000Gk120 | Crs::Utm(_) => None,
        Crs::WebMercator | Crs::Wgs84 | Crs::Cgcs2000 | Crs::Gcj02 | Crs::Bd09 => return None,
    };
    let plain = |east: f64| (0.0..MILLION).contains(&east);
    let zoned = |east: f64| ZONES.contains(&(east / MILLION));
    let northing = |north: f64| (MILLION..10.0 * MILLION).contains(&north);
    match prefix {
        None if zoned(x) => Some(Suspect::ZonePrefixPresent),
        None if northing(x) && plain(y) => Some(Suspect::AxesSwapped),
        None => None,
        Some(zone) => {
            let ours = |east: f64| plain(east - f64::from(zone) * MILLION);
            if ours(x) {
                None
            } else if ours(y) && northing(x) {
                Some(Suspect::AxesSwapped)
            } else if plain(x) {
                Some(Suspect::ZonePrefixMissing)
            } else {
                zoned(x).then_some(Suspect::ZonePrefixOther)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(crs: &str, (x, y): (f64, f64), expect: Option<Suspect>) {
        assert_eq!(looks(Crs::from_name(crs).unwrap(), x, y), expect, "{crs} {x} {y}");
    }

    #[test]
    fn each_mistake_has_its_name() {
        let (east, north) = (564_468.066, 3_100_277.262);
        let zoned = east + 40e6;
        check("wgs84", (120.65, 28.0), None);
        check("wgs84", (28.0, 120.65), Some(Suspect::AxesSwapped));
        check("gcj02", (0.0, 0.0), Some(Suspect::NullIsland));
        check("cgcs2000", (east, north), Some(Suspect::MetresAsDegrees));
        check("epsg:4549", (east, north), None);
        check("epsg:4549", (120.65, 28.0), Some(Suspect::DegreesAsMetres));
        check("epsg:4549", (zoned, north), Some(Suspect::ZonePrefixPresent));
        check("epsg:4549", (north, east), Some(Suspect::AxesSwapped));
        check("epsg:4528", (zoned, north), None);
        check("epsg:4528", (east, north), Some(Suspect::ZonePrefixMissing));
        check("epsg:4528", (north, zoned), Some(Suspect::AxesSwapped));
        check("epsg:4528", (east + 39e6, north), Some(Suspect::ZonePrefixOther));
        check("epsg:32651", (269_478.57, 3_101_080.1), None);
        check("epsg:3857", (13_431_308.8, 3_250_865.1), None);
    }

    #[test]
    fn a_file_is_suspected_in_words_and_numbers() {
        let mut watch = Watch::new("epsg:4549");
        watch.see(Some(Coord { x: 40_564_468.0, y: 3_100_277.0 }));
        watch.see(Some(Coord { x: 564_468.0, y: 3_100_277.0 }));
        watch.see(None);
        watch.said("epsg:4549");
        watch.said("EPSG:4490");
        let suspicions = watch.suspicions();
        let codes: Vec<&str> = suspicions.iter().map(|s| s.code.word()).collect();
        assert_eq!(codes, ["crs_disagrees", "zone_prefix_present"]);
        assert!(suspicions[1].words.starts_with("1 of 2 rows have a zone's number"), "{}", suspicions[1].words);
        assert_eq!(suspicions[1].evidence.get("rows"), Some(&1.0));
    }
}
