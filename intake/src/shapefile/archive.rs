//! A zip with the parts of a shapefile: found, and read without being unpacked anywhere.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::read::ReadSeek;
use crate::{IntakeError, Options};

/// Most names in an archive.
const MOST_NAMES: usize = 10_000;
/// Largest file in it once unpacked, bytes.
const LARGEST: u64 = 16 * 1024 * 1024 * 1024;
/// A file that unpacks to more than this many times its size…
const MOST_RATIO: u64 = 200;
/// …is a bomb once it has given this many bytes.
const HARMLESS: u64 = 64 * 1024 * 1024;

/// Several readers of one file, each with its own place in it.
#[derive(Clone)]
pub(super) struct Shared<'a> {
    bytes: Rc<RefCell<&'a mut dyn ReadSeek>>,
    at: u64,
}

impl<'a> Shared<'a> {
    pub(super) fn new(bytes: &'a mut dyn ReadSeek) -> Self {
        Self { bytes: Rc::new(RefCell::new(bytes)), at: 0 }
    }
}

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut bytes = self.bytes.borrow_mut();
        bytes.seek(SeekFrom::Start(self.at))?;
        let read = bytes.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let mut bytes = self.bytes.borrow_mut();
        // From where this reader is, not from where another has left the file.
        bytes.seek(SeekFrom::Start(self.at))?;
        self.at = bytes.seek(to)?;
        Ok(self.at)
    }
}

/// An opened zip.
pub(super) struct Archive<'a>(ZipArchive<Shared<'a>>);

/// Which entries are the parts of the shapefile.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Parts {
    pub(super) shp: usize,
    pub(super) dbf: Option<usize>,
    pub(super) prj: Option<usize>,
    pub(super) cpg: Option<usize>,
}

fn not(what: impl Into<String>) -> IntakeError {
    IntakeError::NotThatFormat { format: "Shapefile", what: what.into() }
}

fn zip_error(error: ZipError) -> IntakeError {
    let what = error.to_string();
    if let ZipError::Io(error) = error
        && error.kind() != std::io::ErrorKind::InvalidData
    {
        return IntakeError::Io(error);
    }
    not(format!("its zip cannot be read: {what}"))
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: Shared<'a>) -> Result<Self, IntakeError> {
        ZipArchive::new(bytes).map(Self).map_err(zip_error)
    }

    /// Finds the one shapefile, or the one that is asked for by name.
    pub(super) fn parts(&self, options: &Options<'_>) -> Result<Parts, IntakeError> {
        if self.0.len() > MOST_NAMES {
            return Err(not(format!("its zip holds more than {MOST_NAMES} files")));
        }
        let name = |at| self.0.name_for_index(at).map_or(Ok(String::new()), |name| name.map(Cow::into_owned));
        let names: Vec<String> = (0..self.0.len()).map(name).collect::<Result<_, _>>().map_err(zip_error)?;
        if let Some(bad) = names.iter().find(|name| leaves_its_folder(name)) {
            let short = spatial::shown(bad);
            return Err(not(format!("its zip holds a path that leaves its folder: {short:?}")));
        }
        let ending = |name: &str, ending: &str| {
            let split = name.len().checked_sub(ending.len())?;
            let (stem, rest) = (name.get(..split)?, name.get(split..)?);
            rest.eq_ignore_ascii_case(ending).then(|| stem.to_owned())
        };
        let hidden = |name: &&String| {
            name.starts_with("__MACOSX/") || name.rsplit('/').next().is_some_and(|n| n.starts_with('.'))
        };
        let stems: Vec<String> =
            names.iter().filter(|name| !hidden(name)).filter_map(|name| ending(name, ".shp")).collect();
        let stem = match (&stems[..], options.table) {
            ([], _) => return Err(not("its zip holds no .shp")),
            (_, Some(table)) => asked_for(&stems, table),
            ([one], None) => Ok(one),
            _ => Err("the zip holds several shapefiles"),
        };
        let stem = stem.map_err(|what| {
            let known: Vec<String> = stems.iter().take(20).map(|stem| spatial::shown(name_of(&stems, stem))).collect();
            IntakeError::options("table", format!("{what}: say which of {}", known.join(", ")))
        })?;
        // Its own parts first: two shapefiles may differ in capital letters alone, and a part may be written in others.
        let part = |wanted: &str| {
            let of =
                |is: &dyn Fn(&str) -> bool| names.iter().position(|name| ending(name, wanted).is_some_and(|s| is(&s)));
            of(&|other| other == stem).or_else(|| of(&|other| other.eq_ignore_ascii_case(stem)))
        };
        let shp = part(".shp").ok_or_else(|| not("its zip holds no .shp"))?;
        Ok(Parts { shp, dbf: part(".dbf"), prj: part(".prj"), cpg: part(".cpg") })
    }

    /// A reader of one of its files, which stops at a bomb.
    pub(super) fn file(&mut self, at: usize) -> Result<impl Read + use<'_, 'a>, IntakeError> {
        let file = self.0.by_index(at).map_err(zip_error)?;
        let packed = file.compressed_size();
        Ok(Unpacked { file, packed, given: 0 })
    }
}

/// The one shapefile that a word asks for: by its path, or by its name where one alone has it.
fn asked_for<'s>(stems: &'s [String], table: &str) -> Result<&'s String, &'static str> {
    let table = table.trim_end_matches(".shp");
    let named = |stem: &&String| last(stem) == table;
    let by_path = stems.iter().find(|stem| *stem == table);
    match (by_path, stems.iter().filter(named).count()) {
        (Some(stem), _) => Ok(stem),
        (None, 0) => Err("the zip has no such shapefile"),
        (None, 1) => stems.iter().find(named).ok_or("the zip has no such shapefile"),
        (None, _) => Err("the zip holds several shapefiles of that name"),
    }
}

/// The name that asks for a shapefile and no other: the last part of its path, or all of it when another has the same.
fn name_of<'s>(stems: &[String], stem: &'s str) -> &'s str {
    let alone = stems.iter().filter(|other| last(other) == last(stem)).count() == 1;
    if alone { last(stem) } else { stem }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a name goes up, starts at a root or a drive, or hides one by backslashes.
fn leaves_its_folder(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with(['/', '\\']) || drive || name.split(['/', '\\']).any(|part| part == "..") || name.contains('\0')
}

/// Counts what comes out.
struct Unpacked<R> {
    file: R,
    packed: u64,
    given: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.given += read as u64;
        let bomb = self.given > HARMLESS && self.given / MOST_RATIO > self.packed;
        if bomb || self.given > LARGEST {
            let what = "a file in the zip unpacks to more than 200 times its size or more than 16 GiB";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{asked_for, leaves_its_folder, name_of};

    #[test]
    fn shapefiles_of_one_name_are_told_apart_by_their_path() {
        let stems = ["a/cam", "b/cam", "c/road"].map(str::to_owned);
        let names: Vec<&str> = stems.iter().map(|stem| name_of(&stems, stem)).collect();
        assert_eq!(names, ["a/cam", "b/cam", "road"]);
        let check = |table: &str, expect: Option<&str>| {
            assert_eq!(asked_for(&stems, table).ok().map(String::as_str), expect, "{table}");
        };
        check("b/cam", Some("b/cam"));
        check("a/cam.shp", Some("a/cam"));
        check("road", Some("c/road"));
        check("c/road", Some("c/road"));
        check("cam", None);
        check("b", None);
    }

    #[test]
    fn names_that_leave_their_folder() {
        for bad in ["../a.shp", "a/../../b.shp", "/etc/a.shp", "\\a.shp", "c:\\a.shp", "a\\..\\b.shp"] {
            assert!(leaves_its_folder(bad), "{bad}");
        }
        for good in ["a.shp", "b/a.shp", "a..b/c.shp", "温州.shp"] {
            assert!(!leaves_its_folder(good), "{good}");
        }
    }
}
