//! A strict judge of vector tiles, written from the text of Mapbox Vector Tile 2.1 alone: it knows neither the writer that
//! it judges nor the readers beside it.
//!
//! What the specification says with MUST or SHALL makes a tile invalid ([`Rule::is_must`]). The other rules are what the
//! specification recommends and what this house promises besides: a valid tile may break them, ours may not.

mod features;
mod geometry;
mod wire;

/// What can be wrong with a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It is no protocol buffer of this schema: it breaks off, or a field has another wire type.
    Wire,
    /// A field that may stand once stands twice.
    FieldTwice,
    /// A layer without its version, or of one that there is not (4.1).
    Version,
    /// A layer without a name (4.1).
    Name,
    /// Two layers of one name (4.1).
    NameTwice,
    /// A value that is not exactly one of the seven kinds (4.1).
    Value,
    /// A feature without its type, or of a type that there is not (4.3.4).
    Kind,
    /// A feature without a geometry (4.2).
    NoGeometry,
    /// An odd number of tags (4.4).
    OddTags,
    /// A tag that points at no key or no value of its layer (4.4).
    TagBeyond,
    /// A feature that has a key twice (4.4).
    TagTwice,
    /// A command that there is not, or not in this kind of geometry, or not here (4.3.1, 4.3.4).
    Command,
    /// A number of repetitions that the command may not have (4.3.3, 4.3.4).
    Count,
    /// Commands that end before their numbers do (4.3.2).
    Cut,
    /// A line that goes nowhere (4.3.3.2), or a ring whose last point is its first (4.3.4.4).
    Nowhere,
    /// A ring that encloses nothing, or a polygon that begins with a hole (4.3.4.4).
    Winding,
    /// A ring that crosses or touches itself (4.3.4.4).
    Tangled,
    /// A hole that is not inside its exterior (4.3.4.4).
    StrayHole,
    /// A field that the schema does not have.
    Unknown,
    /// A layer of version 1.
    Older,
    /// A layer that leaves its extent to the default, or has none (4.1 wants it said).
    Extent,
    /// A layer without features (4.1 advises against).
    Empty,
    /// Two features of a layer with one id (4.2 advises against).
    IdTwice,
    /// A feature of the type UNKNOWN (4.3.4.1 leaves it to try-outs).
    UnknownKind,
    /// A key that stands twice in its layer.
    KeyTwice,
    /// A value that stands twice in its layer.
    ValueTwice,
    /// A key or a value that no feature uses.
    Unused,
    /// A point outside of the tile, or a line or ring that reaches more than a 64th of the tile beyond it.
    Outside,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Wire,
        Self::FieldTwice,
        Self::Version,
        Self::Name,
        Self::NameTwice,
        Self::Value,
        Self::Kind,
        Self::NoGeometry,
        Self::OddTags,
        Self::TagBeyond,
        Self::TagTwice,
        Self::Command,
        Self::Count,
        Self::Cut,
        Self::Nowhere,
        Self::Winding,
        Self::Tangled,
        Self::StrayHole,
        Self::Unknown,
        Self::Older,
        Self::Extent,
        Self::Empty,
        Self::IdTwice,
        Self::UnknownKind,
        Self::KeyTwice,
        Self::ValueTwice,
        Self::Unused,
        Self::Outside,
    ];

    /// Whether a tile that breaks it is invalid.
    pub fn is_must(self) -> bool {
        self < Self::Unknown
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was broken.
    pub rule: Rule,
    /// The layer and the number of the feature in it, as far as there are any.
    pub at: String,
}

/// Everything that is wrong with a tile; nothing when it is as it should be.
pub fn judge(tile: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |rule, at: String| findings.push(Finding { rule, at });
    let mut names: Vec<Vec<u8>> = Vec::new();
    let fields = match wire::fields(tile) {
        Ok(fields) => fields,
        Err(rule) => {
            find(rule, "the tile".to_owned());
            return findings;
        }
    };
    for (n, field) in fields.into_iter().enumerate() {
        match field {
            (3, wire::Held::Bytes(layer)) => {
                let name = features::layer(layer, n, &mut find);
                if name.as_ref().is_some_and(|name| names.contains(name)) {
                    find(Rule::NameTwice, format!("layer {n}"));
                }
                names.extend(name);
            }
            (3, _) => find(Rule::Wire, "the tile".to_owned()),
            _ => find(Rule::Unknown, "the tile".to_owned()),
        }
    }
    findings
}
