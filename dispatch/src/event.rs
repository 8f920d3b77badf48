//! What happened: the payloads of the operations log.
//!
//! `decide` makes them, `evolve` takes them in, the store keeps them as JSON. A word once written here stays: old logs
//! are read for ever. Kept for later: `incident.merged`, `incident.unmerged`, `task.*`.

use serde::{Deserialize, Serialize};

use crate::assignment::{AssignedTo, Source, State};
use crate::closure::{Closure, Condition};
use crate::incident::{IncidentKind, IncidentSource, Location, PlaceRole, Priority, SourceRef, Stated};
use crate::recommend::{Plans, Recommendation};
use crate::recording::Watched;
use crate::roster::UnitRecord;
use crate::timers::Policy;
use crate::unit::Duty;
use crate::wall::OnWall;
use crate::zone::{Mark, Zone};

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum IncidentEvent {
    /// It came in.
    Reported {
        /// Kind.
        kind: IncidentKind,
        /// Priority.
        priority: Priority,
        /// From where.
        source: IncidentSource,
        /// Its number elsewhere.
        source_ref: Option<SourceRef>,
        /// What was said.
        text: String,
        /// Where, as far as known.
        location: Box<Location>,
        /// The unit whose distress it is.
        distress: Option<String>,
        /// Who answers for it.
        owner: String,
        /// When it happened by the caller's account, milliseconds since 1970 UTC.
        occurred_ms: Option<i64>,
    },
    /// Somebody called; the number is sealed beside the event.
    CallerAdded {
        /// What may be shown of the number.
        masked: Option<String>,
    },
    /// A place of it became known, or another.
    Located {
        /// Which of its places.
        role: PlaceRole,
        /// Where.
        location: Box<Location>,
    },
    /// It is of another kind.
    Classified {
        /// Which.
        kind: IncidentKind,
    },
    /// What was said changed.
    Described {
        /// The whole text.
        text: String,
    },
    /// It is more, or less, urgent.
    Prioritised {
        /// Now.
        priority: Priority,
        /// Why, when it was not asked for.
        why: Option<String>,
    },
    /// Put off.
    Held {
        /// Why.
        reason: String,
        /// Until when at the latest, milliseconds since 1970 UTC.
        review_at_ms: i64,
    },
    /// No longer put off.
    Released {
        /// Why.
        why: String,
    },
    /// Given to another body.
    Referred {
        /// To whom.
        to: String,
    },
    /// Taken back from another body.
    TakenBack,
    /// What those who were there wrote.
    FeedbackFiled {
        /// In words.
        text: String,
        /// Result they propose.
        disposition: String,
    },
    /// Somebody looked at the feedback.
    Reviewed {
        /// Whether it is enough.
        accept: bool,
        /// In words.
        text: Option<String>,
    },
    /// Ended.
    Closed {
        /// With what result.
        disposition: String,
    },
    /// It was nothing.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Not ended after all.
    Reopened {
        /// Why.
        reason: String,
    },
    /// A note.
    Noted {
        /// In words.
        text: String,
    },
    /// Another system said something else than before: what of it changed follows in events of its own.
    Stated {
        /// All that it says now.
        stated: Box<Stated>,
        /// What may be shown of the numbers of callers whom it names after the end, when none is added.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        callers: Vec<Option<String>>,
    },
    /// Units that the house proposes because nobody is there to be asked: a distress, an order that lapsed.
    Proposed {
        /// Best first.
        units: Vec<String>,
    },
    /// What was proposed when units were ordered: all that it rests on is in it.
    Advised {
        /// The recommendation on the screen.
        recommendation: Box<Recommendation>,
    },
    /// Something that somebody must see.
    Alerted {
        /// Stable code.
        code: String,
        /// Who is told.
        to: String,
    },
    /// Somebody looks through a camera's recording, or has.
    Watched {
        /// The camera's id.
        camera: String,
        /// What came of it.
        watched: Watched,
        /// What else.
        text: Option<String>,
    },
    /// Somebody wants to be reminded.
    TimerStarted {
        /// Of what, in words.
        text: String,
        /// When, milliseconds since 1970 UTC.
        due_at_ms: i64,
    },
    /// A timer went off.
    TimerFired {
        /// Which.
        timer: String,
    },
    /// Somebody took a timer on.
    TimerAcked {
        /// Which.
        timer: String,
    },
}

/// What happened to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum AssignmentEvent {
    /// Ordered, or reserved for later.
    Ordered {
        /// Who has it.
        to: AssignedTo,
        /// Start of a planned order, milliseconds since 1970 UTC.
        start_ms: Option<i64>,
        /// Alarm level that it fulfils.
        plan_level: Option<u8>,
    },
    /// It reached a state, or a milestone came late.
    Reached {
        /// Which.
        state: State,
        /// When, milliseconds since 1970 UTC by the best knowledge.
        at_ms: i64,
        /// Who says so.
        src: Source,
        /// Why.
        reason: Option<String>,
        /// The milestone fills its slot, the state stays: a later one, or the end, had come before.
        late: bool,
        /// Which order follows, when it was taken for something more urgent.
        next: Option<String>,
    },
    /// A planned order begins at another time.
    Replanned {
        /// When, milliseconds since 1970 UTC.
        start_ms: i64,
    },
    /// The units that an organisation's order followed are there no more: it is back where its own word, or its other
    /// units, have it. No milestone is touched.
    Returned {
        /// Where.
        state: State,
        /// Whose word that is.
        src: Source,
    },
    /// By its positions the unit seems to be at the scene: a proposal, which somebody confirms.
    SeemsArrived {
        /// Since when, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// It has left before anybody confirmed: nothing is proposed any more.
    SeemsLeft {
        /// When it was seen elsewhere, milliseconds since 1970 UTC.
        at_ms: i64,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
pub enum Event {
    /// To an incident.
    Incident {
        /// Which.
        id: String,
        /// What.
        event: IncidentEvent,
    },
    /// To an order.
    Assignment {
        /// Of which incident.
        incident: String,
        /// Which.
        id: String,
        /// The unit that it binds.
        unit: Option<String>,
        /// What.
        event: AssignmentEvent,
    },
    /// A unit's record is this now.
    Unit {
        /// The whole record.
        record: Box<UnitRecord>,
        /// Since when it has been on duty, if somebody said so: milliseconds since 1970 UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_duty_ms: Option<i64>,
    },
    /// A unit's duty is this now.
    Duty {
        /// Which unit.
        unit: String,
        /// Its duty.
        duty: Duty,
        /// Why it is out of service.
        reason: Option<String>,
        /// Until when, milliseconds since 1970 UTC.
        until_ms: Option<i64>,
    },
    /// A road is closed, or slow.
    Closed {
        /// The whole closure.
        closure: Box<Closure>,
    },
    /// It is not any more.
    Lifted {
        /// Which closure.
        id: String,
    },
    /// Somebody said what the surroundings are like.
    Condition {
        /// What.
        condition: Box<Condition>,
    },
    /// A zone is drawn.
    Zoned {
        /// The whole zone.
        zone: Box<Zone>,
        /// It was there already, with another outline.
        again: bool,
    },
    /// It is no more.
    Unzoned {
        /// Which zone.
        id: String,
        /// Of which incident.
        incident: String,
    },
    /// Somebody said what became of a building in a zone.
    ZoneMarked {
        /// Which zone.
        id: String,
        /// Of which incident.
        incident: String,
        /// The building's number in tiles.
        building: String,
        /// What.
        mark: Mark,
        /// When by their word, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// A desk put something on a wall, or took it back.
    Wall {
        /// What.
        scene: Box<OnWall>,
    },
    /// These times hold from now on.
    Policy {
        /// The whole policy.
        policy: Box<Policy>,
    },
    /// These response plans hold from now on.
    Plans {
        /// All of them.
        plans: Box<Plans>,
    },
}

impl Event {
    /// The stream whose version guards it. Orders of a unit stand on the unit's stream: two orders of one unit cannot
    /// both be appended at the version they expect.
    pub fn stream(&self) -> String {
        match self {
            Self::Incident { id, .. } => format!("incident:{id}"),
            Self::Assignment { unit: Some(unit), .. } | Self::Duty { unit, .. } => format!("unit:{unit}"),
            Self::Assignment { incident, .. } => format!("incident:{incident}"),
            Self::Unit { record, .. } => format!("unit:{}", record.id),
            Self::Closed { closure } => format!("closure:{}", closure.id),
            Self::Lifted { id } => format!("closure:{id}"),
            Self::Condition { condition } => format!("condition:{}", condition.key()),
            Self::Zoned { zone, .. } => format!("zone:{}", zone.id),
            Self::Unzoned { id, .. } | Self::ZoneMarked { id, .. } => format!("zone:{id}"),
            Self::Wall { scene } => format!("wall:{}", scene.wall),
            Self::Policy { .. } => "policy:timers".to_owned(),
            Self::Plans { .. } => "policy:plans".to_owned(),
        }
    }

    /// The incident that it belongs to.
    pub fn incident(&self) -> Option<&str> {
        match self {
            Self::Incident { id, .. } => Some(id),
            Self::Assignment { incident, .. } | Self::Unzoned { incident, .. } | Self::ZoneMarked { incident, .. } => {
                Some(incident)
            }
            Self::Zoned { zone, .. } => Some(&zone.incident),
            Self::Closed { closure } => closure.incident.as_deref(),
            Self::Wall { .. }
            | Self::Unit { .. }
            | Self::Duty { .. }
            | Self::Policy { .. }
            | Self::Plans { .. }
            | Self::Lifted { .. }
            | Self::Condition { .. } => None,
        }
    }

    /// The unit that it belongs to.
    pub fn unit(&self) -> Option<&str> {
        match self {
            Self::Assignment { unit, .. } => unit.as_deref(),
            Self::Duty { unit, .. } => Some(unit),
            Self::Unit { record, .. } => Some(&record.id),
            Self::Incident { .. }
            | Self::Policy { .. }
            | Self::Plans { .. }
            | Self::Wall { .. }
            | Self::Closed { .. }
            | Self::Lifted { .. }
            | Self::Zoned { .. }
            | Self::Unzoned { .. }
            | Self::ZoneMarked { .. }
            | Self::Condition { .. } => None,
        }
    }

    /// Its type in the envelope: `incident.reported`, `assignment.accepted`…
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Incident { event, .. } => event.kind(),
            Self::Assignment { event: AssignmentEvent::Ordered { start_ms: Some(_), .. }, .. } => "assignment.planned",
            Self::Assignment { event: AssignmentEvent::Ordered { .. }, .. } => "assignment.offered",
            Self::Assignment { event: AssignmentEvent::Replanned { .. }, .. } => "assignment.replanned",
            Self::Assignment { event: AssignmentEvent::Returned { .. }, .. } => "assignment.returned",
            Self::Assignment { event: AssignmentEvent::SeemsArrived { .. }, .. } => "assignment.seems_arrived",
            Self::Assignment { event: AssignmentEvent::SeemsLeft { .. }, .. } => "assignment.seems_left",
            Self::Assignment { event: AssignmentEvent::Reached { state, .. }, .. } => match state {
                State::Planned => "assignment.planned",
                State::Offered => "assignment.offered",
                State::Delivered => "assignment.delivered",
                State::Accepted => "assignment.accepted",
                State::EnRoute => "assignment.en_route",
                State::Arrived => "assignment.arrived",
                State::Cleared => "assignment.cleared",
                State::Declined => "assignment.declined",
                State::Expired => "assignment.expired",
                State::Recalled => "assignment.recalled",
                State::Preempted => "assignment.preempted",
            },
            Self::Unit { .. } => "unit.recorded",
            Self::Duty { duty: Duty::OnDuty, .. } => "unit.on_duty",
            Self::Duty { duty: Duty::OffDuty, .. } => "unit.off_duty",
            Self::Duty { duty: Duty::OutOfService, .. } => "unit.out_of_service",
            Self::Closed { .. } => "closure.drawn",
            Self::Lifted { .. } => "closure.lifted",
            Self::Condition { .. } => "condition.said",
            Self::Zoned { again: false, .. } => "zone.drawn",
            Self::Zoned { again: true, .. } => "zone.redrawn",
            Self::Unzoned { .. } => "zone.lifted",
            Self::ZoneMarked { .. } => "zone.marked",
            Self::Wall { scene } if scene.shown.is_some() => "wall.shown",
            Self::Wall { .. } => "wall.taken_back",
            Self::Policy { .. } => "policy.published",
            Self::Plans { .. } => "plans.published",
        }
    }

    /// When it happened by its own account, if that is not the moment of the commit.
    pub fn at_ms(&self) -> Option<i64> {
        match self {
            Self::Assignment {
                event:
                    AssignmentEvent::Reached { at_ms, .. }
                    | AssignmentEvent::SeemsArrived { at_ms }
                    | AssignmentEvent::SeemsLeft { at_ms },
                ..
            }
            | Self::ZoneMarked { at_ms, .. } => Some(*at_ms),
            Self::Assignment { .. }
            | Self::Incident { .. }
            | Self::Unit { .. }
            | Self::Duty { .. }
            | Self::Closed { .. }
            | Self::Lifted { .. }
            | Self::Zoned { .. }
            | Self::Unzoned { .. }
            | Self::Wall { .. }
            | Self::Policy { .. }
            | Self::Plans { .. } => None,
            Self::Condition { condition } => Some(condition.at_ms),
        }
    }
}

impl IncidentEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "incident.reported",
            Self::CallerAdded { .. } => "caller.added",
            Self::Located { .. } => "incident.located",
            Self::Classified { .. } => "incident.classified",
            Self::Described { .. } => "incident.described",
            Self::Prioritised { .. } => "incident.prioritised",
            Self::Held { .. } => "incident.held",
            Self::Released { .. } => "incident.released",
            Self::Referred { .. } => "incident.referred",
            Self::TakenBack => "incident.taken_back",
            Self::FeedbackFiled { .. } => "incident.feedback_filed",
            Self::Reviewed { .. } => "incident.reviewed",
            Self::Closed { .. } => "incident.closed",
            Self::Cancelled { .. } => "incident.cancelled",
            Self::Reopened { .. } => "incident.reopened",
            Self::Noted { .. } => "incident.noted",
            Self::Stated { .. } => "incident.stated",
            Self::Proposed { .. } => "units.proposed",
            Self::Advised { .. } => "recommendation.shown",
            Self::Alerted { .. } => "alert.raised",
            Self::Watched { .. } => "recording.watched",
            Self::TimerStarted { .. } => "timer.started",
            Self::TimerFired { .. } => "timer.fired",
            Self::TimerAcked { .. } => "timer.acked",
        }
    }
}

/// What the envelope says about an event when it is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Its place in the log.
    pub seq: u64,
    /// Its place in its stream.
    pub stream_version: u64,
    /// When it was committed, milliseconds since 1970 UTC; never before the one before it.
    pub commit_ms: i64,
    /// Who caused it.
    pub actor: String,
}
