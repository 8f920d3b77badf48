//! How a camera stands and looks, read from a row; what is missing is assumed by kind, and remembered as assumed.

use std::collections::HashMap;

use super::defaults::defaults_of;
use crate::feature::{Feature, Fid};
use crate::noun::{CameraKind, Noun};
use crate::position::Position;
use crate::still::{StillLayer, ValueRef};

/// What a source says of a camera; each may be missing. Angles are degrees clockwise from north, lengths metres.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Raw {
    /// Where it stands.
    pub at: Option<Position>,
    /// How it can look around.
    pub kind: Option<CameraKind>,
    /// Middle of the view at home; any finite number, −20 is 340 and 400 is 40.
    pub azimuth_deg: Option<f64>,
    /// Where a camera that turns looks now, if it says so.
    pub present_deg: Option<f64>,
    /// Opening of the view.
    pub angle_deg: Option<f64>,
    /// How far a person can be made out.
    pub range_m: Option<f64>,
    /// Height of the lens above ground.
    pub height_m: Option<f64>,
    /// Whether it answers.
    pub online: Option<bool>,
}

impl Raw {
    /// Of a feature of the registry; `None` for what is no camera.
    pub fn of(feature: &Feature) -> Option<Self> {
        let Noun::Camera(camera) = &feature.noun else { return None };
        Some(Self {
            at: feature.position(),
            kind: Some(camera.kind),
            azimuth_deg: camera.azimuth_deg,
            present_deg: None,
            angle_deg: camera.angle_deg,
            range_m: camera.range_m,
            height_m: camera.height_m,
            online: camera.online,
        })
    }

    /// How far a person can be made out: the usual of its kind where the source says nothing that can be, metres.
    pub(super) fn reach_m(&self) -> f64 {
        let said = self.range_m.filter(|m| m.is_finite() && *m > 0.0);
        said.unwrap_or_else(|| defaults_of(self.kind.unwrap_or(CameraKind::Fixed)).range_m)
    }
}

/// Why nobody can say what a camera sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// It has no place.
    Place,
    /// It looks one way, and nobody knows which.
    Azimuth,
    /// Its view opens by 0° or less.
    Angle,
    /// Its range is 0 m or less.
    Range,
    /// Its height is below the ground: what it sees there says nothing about the surface.
    BelowGround,
}

/// What is assumed of a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guess {
    /// Its kind: fixed.
    Kind,
    /// The opening of its view.
    Angle,
    /// How far it sees.
    Range,
    /// How high it hangs.
    Height,
    /// Where it looks now: a camera that turns is given half a turn.
    Direction,
}

impl Guess {
    pub(super) const ALL: [Self; 5] = [Self::Kind, Self::Angle, Self::Range, Self::Height, Self::Direction];

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A camera's pose, whole: given or assumed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    at: Position,
    kind: CameraKind,
    azimuth_deg: Option<f64>,
    angle_deg: f64,
    range_m: f64,
    height_m: f64,
    online: Option<bool>,
    guessed: u8,
}

impl Pose {
    /// Completes what a source says. The error names everything that keeps the pose unknown, in a fixed order.
    ///
    /// A number that is not finite counts as missing, a height of exactly 0 too (the usual mark of a field that was not
    /// filled in); an azimuth may be any finite number; an angle of more than 360° is all around. What looks all around
    /// needs no azimuth.
    ///
    /// ```
    /// use spatial::{Position, noun::CameraKind, sight::{Gap, Guess, Pose, Raw}};
    /// let at = Position::new(120.65, 28.01).ok();
    /// let raw = Raw { at, kind: Some(CameraKind::Fixed), azimuth_deg: Some(-20.0), ..Raw::default() };
    /// let pose = Pose::of(&raw).unwrap();
    /// assert_eq!((pose.azimuth_deg(), pose.range_m()), (Some(340.0), 80.0));
    /// assert!(pose.guesses().any(|guess| guess == Guess::Range));
    /// assert_eq!(Pose::of(&Raw { azimuth_deg: None, ..raw }), Err(vec![Gap::Azimuth]));
    /// ```
    pub fn of(raw: &Raw) -> Result<Self, Vec<Gap>> {
        let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
        let kind = raw.kind.unwrap_or(CameraKind::Fixed);
        let usual = defaults_of(kind);
        let (angle, range) = (finite(raw.angle_deg), finite(raw.range_m));
        let height = finite(raw.height_m).filter(|m| *m != 0.0);
        let turns = kind == CameraKind::Ptz;
        let home = finite(raw.azimuth_deg);
        let looks = if turns { finite(raw.present_deg).or(home) } else { home };
        // A dome whose opening nobody knows looks all around, whatever direction it is registered with.
        let angle_deg = angle.unwrap_or(usual.angle_deg).min(360.0);
        let round = angle_deg >= 360.0;
        let gaps: Vec<Gap> = [
            (Gap::Place, raw.at.is_none()),
            (Gap::Azimuth, looks.is_none() && !turns && !round),
            (Gap::Angle, angle_deg <= 0.0),
            (Gap::Range, range.is_some_and(|m| m <= 0.0)),
            (Gap::BelowGround, height.is_some_and(|m| m < 0.0)),
        ]
        .into_iter()
        .filter_map(|(gap, open)| open.then_some(gap))
        .collect();
        let (Some(at), true) = (raw.at, gaps.is_empty()) else { return Err(gaps) };
        let guessed = [
            (Guess::Kind, raw.kind.is_none()),
            (Guess::Angle, angle.is_none()),
            (Guess::Range, range.is_none()),
            (Guess::Height, height.is_none()),
            (Guess::Direction, looks.is_none() && turns && !round),
        ];
        Ok(Self {
            at,
            kind,
            azimuth_deg: looks.map(|deg| deg.rem_euclid(360.0) % 360.0),
            angle_deg,
            range_m: raw.reach_m(),
            height_m: height.unwrap_or(usual.height_m),
            online: raw.online,
            guessed: guessed.iter().filter(|(_, open)| *open).map(|(guess, _)| guess.bit()).sum(),
        })
    }

    /// Where it stands.
    pub fn at(&self) -> Position {
        self.at
    }

    /// How it can look around.
    pub fn kind(&self) -> CameraKind {
        self.kind
    }

    /// Whether it can turn to a place.
    pub fn turns(&self) -> bool {
        self.kind == CameraKind::Ptz
    }

    /// Whether its picture shows all directions at once.
    pub fn is_round(&self) -> bool {
        self.angle_deg >= 360.0
    }

    /// Middle of the view now, degrees clockwise from north, 0..360; `None` when it looks all around, or turns and
    /// nobody knows where it looks.
    pub fn azimuth_deg(&self) -> Option<f64> {
        self.azimuth_deg
    }

    /// Opening of the view, degrees, more than 0 and at most 360.
    pub fn angle_deg(&self) -> f64 {
        self.angle_deg
    }

    /// How far a person can be made out, metres along the ground.
    pub fn range_m(&self) -> f64 {
        self.range_m
    }

    /// Height of the lens above ground, metres.
    pub fn height_m(&self) -> f64 {
        self.height_m
    }

    /// Whether it answers; `None` when nobody knows.
    pub fn online(&self) -> Option<bool> {
        self.online
    }

    /// What of this is assumed.
    pub fn guesses(&self) -> impl Iterator<Item = Guess> + use<> {
        let guessed = self.guessed;
        Guess::ALL.into_iter().filter(move |guess| guessed & guess.bit() != 0)
    }
}

/// Cameras of a still layer, read row by row.
#[derive(Debug, Clone)]
pub struct Cameras<'a> {
    layer: &'a StillLayer,
    columns: [Option<usize>; 6],
    present: Option<&'a HashMap<Fid, f64>>,
}

const COLUMNS: [&str; 6] = ["kind", "azimuth_deg", "angle_deg", "range_m", "height_m", "online"];

impl<'a> Cameras<'a> {
    /// Reads the rows of that layer; a field that it does not have is missing in each.
    pub fn new(layer: &'a StillLayer) -> Self {
        Self { layer, columns: COLUMNS.map(|name| layer.columns().column(name)), present: None }
    }

    /// The same, with where cameras that turn look now: degrees clockwise from north by feature.
    #[must_use]
    pub fn looking(self, present: &'a HashMap<Fid, f64>) -> Self {
        Self { present: Some(present), ..self }
    }

    /// The layer.
    pub fn layer(&self) -> &'a StillLayer {
        self.layer
    }

    /// What the row says.
    pub fn raw(&self, row: usize) -> Raw {
        let value =
            |at: usize| self.columns.get(at).copied().flatten().and_then(|c| self.layer.columns().value(row, c));
        let number = |at: usize| match value(at)? {
            ValueRef::Float(v) => Some(v),
            #[expect(clippy::cast_precision_loss, reason = "a measure that loses a digit at 2^53 is no measure")]
            ValueRef::Int(v) => Some(v as f64),
            ValueRef::Text(_) | ValueRef::Bool(_) => None,
        };
        let kind = match value(0) {
            Some(ValueRef::Text(word)) => CameraKind::from_word(word),
            _ => None,
        };
        let online = match value(5) {
            Some(ValueRef::Bool(flag)) => Some(flag),
            _ => None,
        };
        let present = self.present.and_then(|known| known.get(&self.layer.fid(row)?).copied());
        Raw {
            at: self.layer.position(row),
            kind,
            azimuth_deg: number(1),
            present_deg: present,
            angle_deg: number(2),
            range_m: number(3),
            height_m: number(4),
            online,
        }
    }

    /// The row's pose, or what keeps it unknown.
    pub fn pose(&self, row: usize) -> Result<Pose, Vec<Gap>> {
        Pose::of(&self.raw(row))
    }
}
