//! What a search asks and what it answers.

use super::bearing::Bearing;
use super::score::Match;
use crate::codes::Division;
use crate::feature::Fid;
use crate::layer::Layer;
use crate::position::Position;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A place of public interest.
    Place,
    /// A house by street and number, never a room.
    Address,
    /// A building by its name.
    Building,
    /// An enterprise.
    Enterprise,
    /// A camera.
    Camera,
    /// A street, or one carriageway of it.
    Road,
    /// Where two streets meet.
    Crossing,
    /// A kilometre on a road.
    Kilometre,
    /// A division of the city.
    Division,
    /// A governance grid.
    Grid,
    /// A river, a lake.
    Water,
    /// A park, a wood.
    Land,
    /// A unit.
    Unit,
    /// An incident.
    Incident,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Place,
        Self::Address,
        Self::Building,
        Self::Enterprise,
        Self::Camera,
        Self::Road,
        Self::Crossing,
        Self::Kilometre,
        Self::Division,
        Self::Grid,
        Self::Water,
        Self::Land,
        Self::Unit,
        Self::Incident,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Address => "address",
            Self::Building => "building",
            Self::Enterprise => "enterprise",
            Self::Camera => "camera",
            Self::Road => "road",
            Self::Crossing => "crossing",
            Self::Kilometre => "kilometre",
            Self::Division => "division",
            Self::Grid => "grid",
            Self::Water => "water",
            Self::Land => "land",
            Self::Unit => "unit",
            Self::Incident => "incident",
        }
    }

    /// The kind of a named row of a layer; nothing for layers whose rows are not searched for by name.
    pub(super) fn of(layer: Layer) -> Option<Self> {
        match layer {
            Layer::Places => Some(Self::Place),
            Layer::Buildings => Some(Self::Building),
            Layer::Enterprises => Some(Self::Enterprise),
            Layer::Cameras => Some(Self::Camera),
            Layer::Jurisdictions => Some(Self::Division),
            Layer::Grids => Some(Self::Grid),
            Layer::Water => Some(Self::Water),
            Layer::Land => Some(Self::Land),
            Layer::Roads | Layer::Houses | Layer::Residents | Layer::People | Layer::Units | Layer::Incidents => None,
        }
    }
}

/// Who looks: what is out of sight is neither found nor counted, and the search stops when they have waited long enough.
pub trait Eyes {
    /// Whether anything of a layer may be seen.
    fn layer(&self, layer: Layer) -> bool;
    /// Whether a field of the layer may be seen.
    fn field(&self, layer: Layer, field: &str) -> bool;
    /// Whether what lies in that division may be seen.
    fn row(&self, layer: Layer, division: Option<Division>) -> bool;
    /// Whether it lies in the own part of the city, which comes first.
    fn own(&self, division: Option<Division>) -> bool;
    /// Whether there is time to go on; asked every few thousand names.
    fn go_on(&self) -> bool;
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// As it was typed or said.
    pub text: &'a str,
    /// Where the caller or the view is: what is near comes first.
    pub near: Option<Position>,
    /// At most so many answers.
    pub most: usize,
}

/// Something that moves or passes, with its names, to be compared as well. It is in sight already.
#[derive(Debug, Clone)]
pub struct Other {
    /// A unit or an incident.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What it is called, the shown name first.
    pub names: Vec<String>,
    /// Where it is.
    pub position: Position,
    /// The division that it lies in.
    pub division: Option<Division>,
}

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its id: of a registered thing its number, of a unit or an incident its own, of a street or crossing one made of the
    /// number of a way or of the place.
    pub id: String,
    /// Its layer and number in tiles, for what is registered.
    pub of: Option<(Layer, Fid)>,
    /// What it is called.
    pub label: String,
    /// The same in English, where that is known.
    pub label_en: Option<String>,
    /// The other name or number by which it was found.
    pub via: Option<String>,
    /// Where it is.
    pub position: Position,
    /// The division that it lies in.
    pub division: Option<Division>,
    /// The direction of the carriageway that is meant.
    pub bearing: Option<Bearing>,
    /// How sure it is that this was meant, 0 to 1.
    pub confidence: f32,
    /// Why it was found.
    pub why: Match,
    /// How far from where the caller looks, metres.
    pub distance_m: Option<f64>,
}

/// What a search answers.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The likeliest first.
    pub hits: Vec<Hit>,
    /// False when the time was over before all names were looked at.
    pub whole: bool,
}
