//! The formats that are read, by their words.

/// A format of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// GeoJSON, or features in a sequence.
    GeoJson,
    /// A table of text.
    Csv,
    /// Shapefile: a zip of its parts, or the `.shp` with the others beside it.
    Shapefile,
    /// FlatGeobuf.
    FlatGeobuf,
    /// GeoPackage.
    GeoPackage,
    /// OpenStreetMap PBF.
    Osm,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::GeoJson, Self::Csv, Self::Shapefile, Self::FlatGeobuf, Self::GeoPackage, Self::Osm];

    /// The word on the command line and in requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::Csv => "csv",
            Self::Shapefile => "shapefile",
            Self::FlatGeobuf => "flatgeobuf",
            Self::GeoPackage => "geopackage",
            Self::Osm => "osm",
        }
    }

    /// The format of a word: its own, or `geojsonseq`, `tsv`, `shp`, `fgb`, `gpkg`, `pbf`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "geojson" | "geojsonseq" | "geojsonl" => Some(Self::GeoJson),
            "csv" | "tsv" => Some(Self::Csv),
            "shapefile" | "shp" => Some(Self::Shapefile),
            "flatgeobuf" | "fgb" => Some(Self::FlatGeobuf),
            "geopackage" | "gpkg" => Some(Self::GeoPackage),
            "osm" | "pbf" => Some(Self::Osm),
            _ => None,
        }
    }

    /// What the name of a file says, as a default when nobody says the format; nothing where the ending stands for more
    /// than one format (`.txt`). A coordinate system is never taken from a name.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        match lower.rsplit_once('.')?.1 {
            "geojson" | "geojsonl" | "geojsons" | "json" | "ndjson" => Some(Self::GeoJson),
            "csv" | "tsv" => Some(Self::Csv),
            "shp" | "zip" => Some(Self::Shapefile),
            "fgb" => Some(Self::FlatGeobuf),
            "gpkg" => Some(Self::GeoPackage),
            "pbf" => Some(Self::Osm),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_names_tell() {
        for format in Format::ALL {
            assert_eq!(Format::from_word(format.word()), Some(format));
        }
        assert_eq!(Format::from_word("xls"), None);
        for (name, format) in
            [("Streets.SHP", Format::Shapefile), ("a.b.zip", Format::Shapefile), ("x.fgb", Format::FlatGeobuf)]
        {
            assert_eq!(Format::from_file_name(name), Some(format));
        }
        for none in ["csv", "a.xlsx", "a.txt"] {
            assert_eq!(Format::from_file_name(none), None);
        }
    }
}
