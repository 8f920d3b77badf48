//! What is asked: commands, with who asks and what that person was looking at.

use crate::assignment::{Source, Step};
use crate::closure::{Closure, Condition};
use crate::incident::{IncidentKind, IncidentSource, Location, PlaceRole, Priority, SourceRef};
use crate::recommend::{Plans, Recommendation};
use crate::recording::Watched;
use crate::timers::Policy;
use crate::unit::{Duty, Unit};
use crate::wall::OnWall;
use crate::zone::{Mark, Zone};

/// A new incident, or what another system says of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Kind; `unknown` is a kind.
    pub kind: IncidentKind,
    /// Priority.
    pub priority: Priority,
    /// From where.
    pub source: IncidentSource,
    /// Its number elsewhere.
    pub source_ref: Option<SourceRef>,
    /// What was said, at most [`MOST_TEXT`] characters.
    pub text: String,
    /// Where, as far as known.
    pub location: Location,
    /// Who called: what may be shown of each number. The numbers themselves are sealed by whoever appends.
    pub callers: Vec<Option<String>>,
    /// When it happened by the caller's account, milliseconds since 1970 UTC.
    pub occurred_ms: Option<i64>,
    /// The unit whose distress it is.
    pub distress: Option<String>,
}

/// Most characters of a free text.
pub const MOST_TEXT: usize = 4_000;
/// Most callers of one incident.
pub const MOST_CALLERS: usize = 200;
/// Most units and organisations in one order.
pub const MOST_ORDERED: usize = 50;
/// How long a closed incident can be opened again, milliseconds.
pub const REOPEN_WITHIN_MS: i64 = 72 * 3_600_000;

/// An order to units and organisations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assign {
    /// Units, by id.
    pub units: Vec<String>,
    /// Organisations, by name.
    pub orgs: Vec<String>,
    /// Alarm level of the response plan that it fulfils.
    pub plan_level: Option<u8>,
    /// For later: its start, milliseconds since 1970 UTC.
    pub start_ms: Option<i64>,
    /// Take the units from what they do now.
    pub preempt: bool,
    /// Why, when something is overridden.
    pub reason: Option<String>,
    /// The recommendation that was on the screen: it is kept with the decision, whether it was followed or not.
    pub advice: Option<Box<Recommendation>>,
}

/// What is asked of an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Send somebody.
    Assign(Assign),
    /// Change the priority.
    Prioritise(Priority),
    /// Change the kind.
    Classify(IncidentKind),
    /// Say where it, or a further place of it, is.
    Relocate(PlaceRole, Box<Location>),
    /// Put it off.
    Hold {
        /// Why.
        reason: String,
        /// Until when at the latest, milliseconds since 1970 UTC.
        review_at_ms: i64,
    },
    /// No longer put off.
    Release,
    /// Give it to another body.
    Refer {
        /// To whom.
        to: String,
    },
    /// Take it back.
    TakeBack,
    /// Report back.
    Feedback {
        /// In words.
        text: String,
        /// Proposed result.
        disposition: String,
    },
    /// Look at the feedback.
    Review {
        /// Whether it is enough.
        accept: bool,
        /// In words.
        text: Option<String>,
    },
    /// End it; every open order ends with it.
    Close {
        /// With what result.
        disposition: String,
        /// For the end of a distress: who was spoken to.
        spoken_with: Option<String>,
    },
    /// It was nothing.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Not ended after all.
    Reopen {
        /// Why.
        reason: String,
    },
    /// A note.
    Note {
        /// In words.
        text: String,
    },
    /// Somebody else called about it.
    AddCaller {
        /// What may be shown of the number.
        masked: Option<String>,
    },
    /// Units that the house proposes.
    Propose {
        /// Best first.
        units: Vec<String>,
    },
    /// Look through a camera's recording, or say what it showed.
    Watch {
        /// The camera's id.
        camera: String,
        /// What came of it.
        watched: Watched,
        /// What else.
        text: Option<String>,
    },
    /// A timer of the dispatcher's own.
    StartTimer {
        /// What it reminds of, in words.
        what: String,
        /// How long it runs, milliseconds.
        after_ms: i64,
    },
    /// Take a timer on before it goes off.
    AckTimer {
        /// Which.
        timer: String,
    },
}

/// What is asked of an order, or seen by who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What.
    pub step: Step,
    /// When by the one who says so, milliseconds since 1970 UTC.
    pub at_ms: Option<i64>,
    /// Who says so.
    pub src: Source,
    /// Why.
    pub reason: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A new incident.
    Report(Box<Report>),
    /// An incident as another system has it: new, or what changed.
    Upsert(Box<Report>),
    /// Something about an incident.
    Incident {
        /// Which.
        id: String,
        /// What.
        order: Order,
    },
    /// Something about an order.
    Assignment {
        /// Which.
        id: String,
        /// What.
        progress: Progress,
    },
    /// A unit seems to be at the scene, by its positions.
    SeemsArrived {
        /// Which order.
        id: String,
        /// Since when, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// A unit that seemed to be at the scene has left it, by its positions.
    SeemsLeft {
        /// Which order.
        id: String,
        /// When it was seen elsewhere, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// A unit's record.
    Record {
        /// The whole of it.
        unit: Box<Unit>,
        /// Since when it has been on duty, milliseconds since 1970 UTC; without it from now on, if it was not.
        on_duty_ms: Option<i64>,
    },
    /// A unit's duty.
    SetDuty {
        /// Which unit.
        unit: String,
        /// Its duty.
        duty: Duty,
        /// Why it is out of service.
        reason: Option<String>,
        /// Until when, milliseconds since 1970 UTC.
        until_ms: Option<i64>,
    },
    /// A timer's time has come.
    Fire {
        /// Which.
        timer: String,
    },
    /// A road is closed, or slow.
    Close(Box<Closure>),
    /// It is not any more.
    Lift {
        /// Which closure.
        id: String,
    },
    /// What the surroundings are like.
    Say(Box<Condition>),
    /// A zone, or another outline for one that is there (then it has its id).
    DrawZone(Box<Zone>),
    /// A zone is no more.
    LiftZone {
        /// Which.
        id: String,
    },
    /// What became of a building in a zone.
    MarkBuilding {
        /// Which zone.
        zone: String,
        /// The building's number in tiles.
        building: String,
        /// What.
        mark: Mark,
        /// When by the word of who was there, milliseconds since 1970 UTC.
        at_ms: Option<i64>,
    },
    /// Something stands on a wall, or nothing any more.
    Show(Box<OnWall>),
    /// Other times.
    Publish(Box<Policy>),
    /// Other response plans.
    PublishPlans(Box<Plans>),
}

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actor {
    /// Login name, or `timer`.
    pub id: String,
    /// Whether it may override: city duty lead.
    pub lead: bool,
    /// The unit it speaks for, when it is one.
    pub unit: Option<String>,
}

/// What the person was looking at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis {
    /// The last event that was on the screen.
    pub seq: Option<u64>,
    /// The unit's epoch on the screen.
    pub unit_epoch: Option<u64>,
    /// The incident's version on the screen.
    pub version: Option<u64>,
}

/// A command with what comes with every command.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// What.
    pub command: Command,
    /// Who.
    pub actor: Actor,
    /// What was on the screen.
    pub basis: Basis,
    /// The token of an earlier [`crate::Refusal::Confirm`].
    pub confirm: Option<String>,
    /// Now, milliseconds since 1970 UTC.
    pub now_ms: i64,
}
