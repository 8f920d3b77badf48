//! The layers of the one map, by the names of the contract.

/// What geometry the features of a layer have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Points.
    Point,
    /// Lines (a feature may have several).
    Line,
    /// Polygons (a feature may have several).
    Polygon,
}

/// A layer of the map. The registry's layers are stored; `People` is made from resident counts when they are
/// published; `Units` move, `Incidents` come and go: neither is stored here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Published cells of residents (人口): counts only.
    People,
    /// Dwellings (房屋).
    Houses,
    /// Building footprints (楼幢).
    Buildings,
    /// Enterprises (企业).
    Enterprises,
    /// Cameras (摄像机).
    Cameras,
    /// Schools, hospitals, stations, shelters… (场所).
    Places,
    /// Streets (道路).
    Roads,
    /// Rivers, lakes, sea (水系).
    Water,
    /// Green, residential, industrial ground (用地).
    Land,
    /// Governance grid cells (网格): each belongs to exactly one village.
    Grids,
    /// City, counties, townships, villages (辖区).
    Jurisdictions,
    /// Duty units (警力): moving.
    Units,
    /// What has happened (警情): from the log of operations.
    Incidents,
    /// Residents per dwelling, as counts (实有人口数). Never served: only [`Layer::People`] is.
    Residents,
}

impl Layer {
    /// All layers, in a fixed order.
    pub const ALL: [Self; 14] = [
        Self::People,
        Self::Houses,
        Self::Buildings,
        Self::Enterprises,
        Self::Cameras,
        Self::Places,
        Self::Roads,
        Self::Water,
        Self::Land,
        Self::Grids,
        Self::Jurisdictions,
        Self::Units,
        Self::Incidents,
        Self::Residents,
    ];

    /// The layers whose features the registry stores, in the order in which they should be loaded.
    pub const REGISTERED: [Self; 11] = [
        Self::Jurisdictions,
        Self::Grids,
        Self::Land,
        Self::Water,
        Self::Roads,
        Self::Buildings,
        Self::Places,
        Self::Houses,
        Self::Enterprises,
        Self::Cameras,
        Self::Residents,
    ];

    /// The name in paths, files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Houses => "houses",
            Self::Buildings => "buildings",
            Self::Enterprises => "enterprises",
            Self::Cameras => "cameras",
            Self::Places => "places",
            Self::Roads => "roads",
            Self::Water => "water",
            Self::Land => "land",
            Self::Grids => "grids",
            Self::Jurisdictions => "jurisdictions",
            Self::Units => "units",
            Self::Incidents => "incidents",
            Self::Residents => "residents",
        }
    }

    /// The layer of that name, resident counts included.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// Whether the layer may leave the server at all (whom it is shown to is the policy table's business).
    pub fn is_public(self) -> bool {
        self != Self::Residents
    }

    /// Whether features of the layer are stored in the registry.
    pub fn is_registered(self) -> bool {
        Self::REGISTERED.contains(&self)
    }

    /// The geometry of the layer's features.
    pub fn shape(self) -> Shape {
        match self {
            Self::Houses
            | Self::Enterprises
            | Self::Cameras
            | Self::Places
            | Self::Units
            | Self::Incidents
            | Self::Residents => Shape::Point,
            Self::Roads => Shape::Line,
            Self::People | Self::Buildings | Self::Water | Self::Land | Self::Grids | Self::Jurisdictions => {
                Shape::Polygon
            }
        }
    }
}
