//! What a person or a program says of a file, in words, and the job that it makes.

use intake::{Encoding, Format, Mapping};
use spatial::crs::Crs;
use spatial::{FeatureKey, Layer};

use super::order::{ImportJob, RowsJob};

/// Types of content that say the format (IANA's register, where it has one).
const MEDIA: [(&str, &str); 12] = [
    ("application/geo+json", "geojson"),
    ("application/geo+json-seq", "geojson"),
    ("application/json", "geojson"),
    ("text/csv", "csv"),
    ("text/tab-separated-values", "tsv"),
    ("application/vnd.shp", "shapefile"),
    ("application/x-shapefile", "shapefile"),
    ("application/flatgeobuf", "flatgeobuf"),
    ("application/geopackage+sqlite3", "geopackage"),
    ("application/vnd.openstreetmap.data+pbf", "osm"),
    ("application/x-protobuf", "osm"),
    ("application/x-osm-pbf", "osm"),
];

/// What is said of a file; nothing is guessed but the format, where the file's name or type leaves no doubt.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportWords<'a> {
    /// Layer that the rows belong to.
    pub layer: Option<&'a str>,
    /// Format.
    pub format: Option<&'a str>,
    /// Coordinate system.
    pub crs: Option<&'a str>,
    /// Who says so: rows that name another source are refused. When left out, rows may name theirs, and the others are
    /// of `import`.
    pub source: Option<&'a str>,
    /// Encoding of text.
    pub encoding: Option<&'a str>,
    /// What parts the cells of a CSV.
    pub delimiter: Option<&'a str>,
    /// Which of several tables.
    pub table: Option<&'a str>,
    /// Text of the mapping file.
    pub mapping: Option<&'a str>,
    /// What the file is called.
    pub file: Option<&'a str>,
    /// Its type of content, as HTTP has it.
    pub media: Option<&'a str>,
}

/// A word that is missing or means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} {why}")]
pub struct WrongWord {
    /// Which: `layer`, `format`, `crs`, `encoding`, `delimiter`, `mapping`.
    pub part: &'static str,
    /// What is wrong with it, in words.
    pub why: String,
}

fn wrong(part: &'static str, why: impl Into<String>) -> WrongWord {
    WrongWord { part, why: why.into() }
}

impl ImportWords<'_> {
    /// The layer that the rows go to; `None` for an OpenStreetMap extract, which has its own. The source is checked with
    /// it: it is said again wherever the import is named.
    pub fn target(&self) -> Result<Option<Layer>, WrongWord> {
        let osm = match self.format.map(Format::from_word) {
            Some(None) => return Err(self.unknown_format()),
            Some(Some(format)) => format == Format::Osm,
            None => self.told().is_some_and(|(format, _)| format == Format::Osm),
        };
        if osm || self.layer == Some("osm") {
            return Ok(None);
        }
        let known = || Layer::REGISTERED.map(Layer::name).join(", ");
        let name = self.layer.ok_or_else(|| wrong("layer", format!("is missing; there are osm, {}", known())))?;
        let layer = Layer::from_name(name).filter(|layer| layer.is_registered());
        let layer =
            layer.ok_or_else(|| wrong("layer", format!("{name:?} is not there; there are osm, {}", known())))?;
        if let Some(source) = self.source.map(str::trim) {
            FeatureKey::new(layer, source, "0").map_err(|error| wrong("source", error.to_string()))?;
        }
        Ok(Some(layer))
    }

    /// The job.
    pub fn job(&self) -> Result<ImportJob, WrongWord> {
        let Some(layer) = self.target()? else { return self.osm() };
        let (format, tabs) = match self.format {
            Some(word) => (Format::from_word(word).ok_or_else(|| self.unknown_format())?, word == "tsv"),
            None => self.told().ok_or_else(|| {
                let name = self
                    .file
                    .map(|name| format!(", and the name {:?} does not tell", spatial::shown(name)))
                    .unwrap_or_default();
                wrong("format", format!("is missing{name}: say one of {}", words()))
            })?,
        };
        let crs = self.crs.ok_or_else(|| {
            wrong(
                "crs",
                "is missing: every import says which system its coordinates are in (wgs84, cgcs2000, \
                 cgcs2000_gk120, gcj02, bd09, epsg:4549…)",
            )
        })?;
        let crs = Crs::from_name(crs).map_err(|error| wrong("crs", error.to_string()))?;
        let encoding = self.encoding.map(Encoding::from_name).transpose();
        let delimiter = self.delimiter.or_else(|| tabs.then_some("tab")).map(intake::delimiter).transpose();
        let mapping = self.mapping.map(Mapping::parse).transpose();
        Ok(ImportJob::Rows(Box::new(RowsJob {
            format,
            layer,
            source: self.source.unwrap_or("import").trim().to_owned(),
            declared: self.source.is_some(),
            crs,
            encoding: encoding.map_err(|error| wrong("encoding", plain(&error)))?,
            delimiter: delimiter.map_err(|error| wrong("delimiter", plain(&error)))?,
            table: self.table.map(str::to_owned),
            mapping: mapping.map_err(|error| wrong("mapping", plain(&error)))?,
        })))
    }

    fn osm(&self) -> Result<ImportJob, WrongWord> {
        if self.crs.is_some_and(|crs| crs != "wgs84" && crs != "epsg:4326") {
            return Err(wrong("crs", "of OpenStreetMap is always wgs84: leave it out"));
        }
        let useless = [
            ("encoding", self.encoding),
            ("delimiter", self.delimiter),
            ("table", self.table),
            ("mapping", self.mapping),
        ];
        match useless.into_iter().find(|(_, given)| given.is_some()) {
            Some((part, _)) => Err(wrong(part, "has no meaning for OpenStreetMap: leave it out")),
            None => Ok(ImportJob::Osm),
        }
    }

    /// What the type of content or the name tells, and whether cells are parted by tabs.
    fn told(&self) -> Option<(Format, bool)> {
        let essence = self.media.map(|media| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let word = essence.and_then(|media| MEDIA.iter().find(|(known, _)| *known == media).map(|(_, word)| *word));
        if let Some(word) = word {
            return Some((Format::from_word(word)?, word == "tsv"));
        }
        let name = self.file?;
        Some((Format::from_file_name(name)?, name.to_ascii_lowercase().ends_with(".tsv")))
    }

    fn unknown_format(&self) -> WrongWord {
        wrong("format", format!("{:?} is not read; {} are", self.format.unwrap_or_default(), words()))
    }
}

fn words() -> String {
    format!("geojsonseq, tsv, {}", Format::ALL.map(Format::word).join(", "))
}

/// What an error of the options says, without the words around it: the part is named already.
fn plain(error: &intake::IntakeError) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("read the file as asked: ").unwrap_or(&text);
    format!("is not usable: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: ImportWords<'_>, expect: &str) {
        let said = match words.job() {
            Ok(ImportJob::Osm) => "osm".to_owned(),
            Ok(ImportJob::Rows(rows)) => {
                format!("{} {} {:?}", rows.layer.name(), rows.format.word(), rows.delimiter.map(char::from))
            }
            Err(wrong) => wrong.to_string(),
        };
        assert!(said.starts_with(expect), "{said}");
    }

    #[test]
    fn a_format_is_told_by_word_type_or_name_and_else_asked_for() {
        let words = ImportWords { layer: Some("cameras"), crs: Some("wgs84"), ..ImportWords::default() };
        check(words, "format is missing: say one of geojsonseq, tsv, geojson, csv");
        check(ImportWords { file: Some("a.txt"), ..words }, "format is missing, and the name \"a.txt\" does not tell");
        check(ImportWords { file: Some("a.CSV"), ..words }, "cameras csv None");
        check(ImportWords { file: Some("a.tsv"), ..words }, "cameras csv Some('\\t')");
        check(ImportWords { file: Some("a.csv"), format: Some("gpkg"), ..words }, "cameras geopackage None");
        check(ImportWords { media: Some("text/csv; charset=utf-8"), ..words }, "cameras csv None");
        check(ImportWords { format: Some("xls"), ..words }, "format \"xls\" is not read; ");
        check(ImportWords { file: Some("a.osm.pbf"), layer: None, crs: None, ..words }, "osm");
    }

    #[test]
    fn what_means_nothing_is_named() {
        let words = ImportWords { layer: Some("cameras"), format: Some("csv"), ..ImportWords::default() };
        check(words, "crs is missing: every import says");
        let words = ImportWords { crs: Some("gcj02"), ..words };
        check(ImportWords { layer: None, ..words }, "layer is missing; there are osm, ");
        check(ImportWords { layer: Some("units"), ..words }, "layer \"units\" is not there");
        check(ImportWords { crs: Some("mars"), ..words }, "crs ");
        check(ImportWords { encoding: Some("klingon"), ..words }, "encoding is not usable: ");
        check(ImportWords { delimiter: Some("ab"), ..words }, "delimiter is not usable: ");
        check(ImportWords { mapping: Some("feilds = 1"), ..words }, "mapping is not usable: the mapping file: ");
        let osm = ImportWords { format: Some("osm"), ..ImportWords::default() };
        check(ImportWords { crs: Some("gcj02"), ..osm }, "crs of OpenStreetMap is always wgs84");
        check(ImportWords { mapping: Some(""), ..osm }, "mapping has no meaning for OpenStreetMap");
    }
}
