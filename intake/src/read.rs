//! The one door: any format, its options, its rows.

use std::io::{BufReader, Read, Seek, SeekFrom};

use spatial::{Bounds, Layer};

use crate::mapping::Plan;
use crate::mend::Mended;
use crate::seen::Seen;
use crate::suspect::Watch;
use crate::table::Table;
use crate::{Door, Encoding, Flow, Format, IntakeError, Mapping, Report, Row};

/// Bytes that can be gone back to.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Opens the file beside the main one that has the same name and this ending (`dbf`, `prj`, `cpg`); `None` when there
/// is none.
pub type Beside<'a> = dyn FnMut(&str) -> std::io::Result<Option<Box<dyn ReadSeek + 'a>>> + 'a;

/// A file to be read.
pub struct Input<'a> {
    bytes: &'a mut (dyn ReadSeek + 'a),
    beside: Option<&'a mut Beside<'a>>,
    progress: Option<&'a mut dyn FnMut(u64)>,
}

impl<'a> Input<'a> {
    /// A file that is whole in itself.
    pub fn new(bytes: &'a mut (dyn ReadSeek + 'a)) -> Self {
        Self { bytes, beside: None, progress: None }
    }

    /// With the files beside it (a bare `.shp` has its columns in a `.dbf`).
    #[must_use]
    pub fn beside(mut self, open: &'a mut Beside<'a>) -> Self {
        self.beside = Some(open);
        self
    }

    /// Tells how many bytes of the file are done: for OpenStreetMap as [`osm`](crate::osm) does, else the farthest byte
    /// that was read.
    #[must_use]
    pub fn progress(mut self, tell: &'a mut dyn FnMut(u64)) -> Self {
        self.progress = Some(tell);
        self
    }
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").finish_non_exhaustive()
    }
}

/// How a file is to be read. What a format does not know must be left out: it is refused, not passed over.
#[derive(Debug)]
pub struct Options<'a> {
    /// The layer that rows belong to; OpenStreetMap fills all of its layers and does not ask.
    pub layer: Layer,
    /// Who says so, for rows that do not say it themselves; OpenStreetMap is always `osm`.
    pub source: &'a str,
    /// The coordinate system, declared by the caller.
    pub door: Door<'a>,
    /// Encoding of text (CSV, the columns of a shapefile); the mapping's or the file's own word when absent, else UTF-8.
    pub encoding: Option<Encoding>,
    /// Delimiter of a CSV, one ASCII byte; the mapping's when absent, else a comma.
    pub delimiter: Option<u8>,
    /// How columns become fields (all but OpenStreetMap).
    pub mapping: Option<&'a Mapping>,
    /// Which of several tables of a GeoPackage, or of several shapefiles in a zip.
    pub table: Option<&'a str>,
    /// Where rows are expected (the box of the city): a file that lies elsewhere is suspected.
    pub area: Option<Bounds>,
}

impl<'a> Options<'a> {
    /// Layer, source and coordinate system; nothing else said.
    pub fn new(layer: Layer, source: &'a str, door: Door<'a>) -> Self {
        Self { layer, source, door, encoding: None, delimiter: None, mapping: None, table: None, area: None }
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch::new(self.door.crs).within(self.area)
    }

    pub(crate) fn table<'b>(&'b self, plan: Plan, clockwise: bool, each: &'b mut dyn FnMut(Row) -> Flow) -> Table<'b> {
        Table {
            layer: self.layer,
            source: self.source,
            door: &self.door,
            plan,
            clockwise,
            report: Report::default(),
            watch: self.watch(),
            each,
            seen: Seen::default(),
            ids_made: 0,
            digits: 0,
            mended: Mended::default(),
        }
    }

    /// Refuses what the format has no use for: an option that does nothing is a mistake of the caller.
    fn check(&self, format: Format) -> Result<(), IntakeError> {
        let table = matches!(format, Format::Csv | Format::Shapefile | Format::FlatGeobuf | Format::GeoPackage);
        let told = [
            ("delimiter", self.delimiter.is_some(), format == Format::Csv),
            ("encoding", self.encoding.is_some(), matches!(format, Format::Csv | Format::Shapefile)),
            ("mapping", self.mapping.is_some(), table || format == Format::GeoJson),
            ("table", self.table.is_some(), matches!(format, Format::Shapefile | Format::GeoPackage)),
        ];
        for (what, given, useful) in told {
            if given && !useful {
                return Err(IntakeError::options(what, format!("{} files take no {what}", format.word())));
            }
        }
        if format == Format::Osm {
            if self.door.crs != Door::WGS84.crs {
                return Err(IntakeError::options("crs", "OpenStreetMap is always wgs84"));
            }
        } else if !self.layer.is_registered() {
            return Err(IntakeError::options("layer", format!("layer {} takes no features", self.layer.name())));
        }
        Ok(())
    }
}

/// Reads a file of any format, row after row, in bounded memory.
///
/// ```
/// use intake::{Door, Flow, Format, Input, Options, Row};
/// use spatial::Layer;
/// let mut text = std::io::Cursor::new("id,lon,lat,kind,online\n7,120.65,28.01,dome,yes\n8,28.01,120.65,dome,yes\n");
/// let options = Options::new(Layer::Cameras, "police", Door::WGS84);
/// let report = intake::read(Format::Csv, Input::new(&mut text), &options, &mut |_| Flow::Continue(()))?;
/// assert_eq!((report.accepted, report.rejected), (1, 1));
/// assert_eq!(report.rejects[0].line, Some(3));
/// assert_eq!(report.suspicions[0].code.word(), "axes_swapped");
/// # Ok::<(), intake::IntakeError>(())
/// ```
///
/// # Errors
/// When nothing (or nothing more) can be read, or the options do not fit. Rows before that have been handed on.
pub fn read(
    format: Format,
    input: Input<'_>,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    options.check(format)?;
    let Input { bytes, beside, progress } = input;
    let mut nobody = |_: u64| {};
    let progress: &mut dyn FnMut(u64) = match progress {
        Some(tell) => tell,
        None => &mut nobody,
    };
    if format == Format::Osm {
        return crate::osm(BufReader::new(bytes), each, progress);
    }
    let mut told = Told { bytes, at: 0, farthest: 0, progress };
    match format {
        Format::GeoJson => {
            let Options { layer, source, door, mapping, .. } = options;
            let with = (options.watch(), *mapping);
            crate::geojson::read(BufReader::new(told), *layer, source, door, with, each)
        }
        Format::Csv => crate::csv::csv(told, options, each),
        Format::Shapefile => crate::shapefile::shapefile(&mut told, beside, options, each),
        Format::FlatGeobuf => crate::flatgeobuf::flatgeobuf(BufReader::new(told), options, each),
        Format::GeoPackage => crate::geopackage::geopackage(&mut told, options, each),
        Format::Osm => Ok(Report::default()),
    }
}

/// Tells how far a file has been read.
struct Told<'a> {
    bytes: &'a mut (dyn ReadSeek + 'a),
    at: u64,
    farthest: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl Read for Told<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.at += read as u64;
        if self.at > self.farthest {
            self.farthest = self.at;
            (self.progress)(self.at);
        }
        Ok(read)
    }
}

impl Seek for Told<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = self.bytes.seek(to)?;
        Ok(self.at)
    }
}
