//! What an event makes of the desk. It cannot fail: an event that speaks of nothing known leaves everything as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::units::Bound;
use super::{Desk, UnitState};
use crate::arrival::same_scene;
use crate::assignment::{Assignment, AssignmentTimes, Source, State};
use crate::command::REOPEN_WITHIN_MS;
use crate::event::{AssignmentEvent, Event, IncidentEvent, Stamp};
use crate::incident::{
    Caller, Feedback, Incident, LocationState, Material, Phase, PlaceRole, Stage, Stated, Times, Unheeded,
};
use crate::recording::Recording;
use crate::roster::UnitRecord;
use crate::timers::{Reminder, TimerKind, TimerState, rearm};
use crate::unit::Duty;

impl Desk {
    /// Takes an event in.
    pub fn evolve(&mut self, stamp: &Stamp, event: &Event) {
        self.seq = stamp.seq;
        self.commit_ms = self.commit_ms.max(stamp.commit_ms);
        match event {
            Event::Incident { id, event: reported @ IncidentEvent::Reported { .. } } => {
                self.report(stamp, id, reported);
            }
            Event::Incident { id, event } => {
                self.touch(stamp, id, |incident| {
                    incident.stream_version = stamp.stream_version;
                    on_incident(incident, stamp, event);
                });
            }
            Event::Assignment { incident, id, unit, event } => {
                self.touch(stamp, incident, |incident| {
                    if unit.is_none() {
                        incident.stream_version = stamp.stream_version;
                    }
                    on_assignment(incident, stamp, id, event);
                });
                if let Some(unit) = unit {
                    let state = self.incidents.get(incident).and_then(|i| i.assignment(id)).cloned();
                    self.touch_unit(stamp, unit, |unit| bind(unit, incident, state));
                }
            }
            Event::Unit { record, on_duty_ms } => self.record(stamp, record, *on_duty_ms),
            Event::Duty { unit, duty, reason, until_ms } => self.touch_unit(stamp, unit, |unit| {
                let before = std::mem::replace(&mut unit.record.duty, *duty);
                unit.clock(before, None, stamp.commit_ms);
                unit.reason.clone_from(reason);
                unit.until_ms = *until_ms;
            }),
            Event::Closed { closure } => self.close(stamp, closure),
            Event::Lifted { id } => {
                self.closures.remove_mut(id);
                self.closures_seq = stamp.seq;
            }
            Event::Condition { condition } => self.say(stamp, condition),
            Event::Zoned { zone, .. } => self.draw_zone(stamp, zone),
            Event::Unzoned { id, .. } => {
                self.zones.remove_mut(id);
            }
            Event::ZoneMarked { id, building, mark, at_ms, .. } => self.mark_zone(stamp, id, building, *mark, *at_ms),
            Event::Wall { scene } => self.show(stamp, scene),
            Event::Policy { policy } => {
                self.policy = Arc::new((**policy).clone());
                self.policy_version = stamp.stream_version;
            }
            Event::Plans { plans } => {
                self.plans = Arc::new((**plans).clone());
                self.plans_version = stamp.stream_version;
            }
        }
        self.forget();
    }

    fn report(&mut self, stamp: &Stamp, id: &str, event: &IncidentEvent) {
        let IncidentEvent::Reported {
            kind,
            priority,
            source,
            source_ref,
            text,
            location,
            distress,
            owner,
            occurred_ms,
        } = event
        else {
            return;
        };
        let located = (location.state != LocationState::None).then_some(stamp.commit_ms);
        let mut incident = Incident {
            id: id.to_owned(),
            version: 1,
            stream_version: stamp.stream_version,
            seq: stamp.seq,
            kind: *kind,
            priority: *priority,
            most_urgent: *priority,
            source: *source,
            source_ref: source_ref.clone(),
            stated: source_ref.is_some().then(|| Stated {
                kind: *kind,
                priority: *priority,
                location: (**location).clone(),
                text: text.clone(),
            }),
            unheeded: None,
            text: text.clone(),
            location: (**location).clone(),
            places: BTreeMap::new(),
            callers: Vec::new(),
            distress: distress.clone(),
            stage: Stage::Open,
            assignments: Vec::new(),
            feedback: None,
            owner: owner.clone(),
            timers: Vec::new(),
            reminders: Vec::new(),
            timers_armed: 0,
            pending_since_ms: stamp.commit_ms,
            stage_since_ms: stamp.commit_ms,
            reopened_ms: None,
            proposed: Vec::new(),
            recordings: BTreeMap::new(),
            times: Times { occurred: *occurred_ms, reported: Some(stamp.commit_ms), located, ..Times::default() },
            material: Vec::new(),
        };
        rearm(&mut incident, &self.policy, stamp.commit_ms);
        if let Some(reference) = source_ref {
            self.refs.insert_mut(reference.clone(), id.to_owned());
        }
        if let Some((day, number)) = id.rsplit_once('-').and_then(|(day, n)| Some((day, n.parse().ok()?))) {
            self.numbered = (day.to_owned(), number);
        }
        self.incidents.insert_mut(id.to_owned(), Arc::new(incident));
        if let Some(unit) = distress {
            self.cry(stamp, unit);
        }
    }

    /// A unit's distress begins or ends: it is in distress while any open incident is its distress (one that is reopened may
    /// be the second). It stands on the incident's stream: the unit's own goes on as it was.
    fn cry(&mut self, stamp: &Stamp, unit: &str) {
        let Some(old) = self.units.get(unit) else { return };
        let mut state = (**old).clone();
        let its = |incident: &&Arc<Incident>| incident.distress.as_deref() == Some(unit);
        let open = self.incidents.values().filter(its).find(|incident| !incident.phase().is_terminal());
        state.distress = open.map(|incident| incident.id.clone());
        state.stepped(stamp.seq, &stamp.actor);
        self.units.insert_mut(unit.to_owned(), Arc::new(state));
    }

    fn touch(&mut self, stamp: &Stamp, id: &str, change: impl FnOnce(&mut Incident)) {
        let Some(old) = self.incidents.get(id) else { return };
        let mut incident = (**old).clone();
        let before = incident.phase();
        change(&mut incident);
        let after = incident.phase();
        incident.version += 1;
        incident.seq = stamp.seq;
        if before != after {
            material(&mut incident, stamp, "phase", json!(before.word()), json!(after.word()));
            if after == Phase::Pending {
                incident.pending_since_ms = stamp.commit_ms;
            }
        }
        if after.is_terminal() && !before.is_terminal() {
            incident.times.ended = Some(stamp.commit_ms);
            self.ended.insert_mut((stamp.commit_ms, id.to_owned()), ());
            self.end_zones(id);
        } else if before.is_terminal() && !after.is_terminal() {
            self.ended.remove_mut(&(incident.times.ended.take().unwrap_or_default(), id.to_owned()));
        }
        rearm(&mut incident, &self.policy, stamp.commit_ms);
        let distress = incident.distress.clone().filter(|_| after.is_terminal() != before.is_terminal());
        self.incidents.insert_mut(id.to_owned(), Arc::new(incident));
        if let Some(unit) = distress {
            self.cry(stamp, &unit);
        }
    }

    fn touch_unit(&mut self, stamp: &Stamp, id: &str, change: impl FnOnce(&mut UnitState)) {
        let Some(old) = self.units.get(id) else { return };
        let mut unit = (**old).clone();
        change(&mut unit);
        unit.stream_version = stamp.stream_version;
        unit.stepped(stamp.seq, &stamp.actor);
        self.units.insert_mut(id.to_owned(), Arc::new(unit));
    }

    fn record(&mut self, stamp: &Stamp, record: &UnitRecord, on_duty_ms: Option<i64>) {
        let is_new = self.units.get(&record.id).is_none();
        if is_new {
            self.units.insert_mut(record.id.clone(), Arc::new(UnitState::new(record.clone())));
        }
        self.touch_unit(stamp, &record.id, |unit| {
            let before = if is_new { Duty::OffDuty } else { unit.record.duty };
            unit.record = record.clone();
            unit.clock(before, on_duty_ms, stamp.commit_ms);
        });
    }

    /// Forgets what ended too long ago to be reopened; the log keeps it.
    fn forget(&mut self) {
        while let Some(((ended_ms, id), ())) = self.ended.first() {
            if self.commit_ms - ended_ms <= REOPEN_WITHIN_MS {
                return;
            }
            let (key, id) = ((*ended_ms, id.clone()), id.clone());
            self.ended.remove_mut(&key);
            if let Some(reference) = self.incidents.get(&id).and_then(|incident| incident.source_ref.clone()) {
                self.refs.remove_mut(&reference);
            }
            self.incidents.remove_mut(&id);
        }
    }
}

fn material(incident: &mut Incident, stamp: &Stamp, field: &str, old: serde_json::Value, new: serde_json::Value) {
    // The version that the event makes: it is counted on whether this comes before or after.
    let version = incident.version + u64::from(incident.seq != stamp.seq);
    let (seq, by, field) = (stamp.seq, stamp.actor.clone(), field.to_owned());
    incident.material.push(Material { seq, version, by, field, old, new });
    if incident.material.len() > Incident::MOST_MATERIAL {
        incident.material.remove(0);
    }
}

fn on_incident(incident: &mut Incident, stamp: &Stamp, event: &IncidentEvent) {
    let now = stamp.commit_ms;
    let stage = |incident: &mut Incident, stage: Stage| {
        incident.stage = stage;
        incident.stage_since_ms = now;
    };
    match event {
        IncidentEvent::Reported { .. }
        | IncidentEvent::Noted { .. }
        | IncidentEvent::Advised { .. }
        | IncidentEvent::Alerted { .. } => {}
        IncidentEvent::CallerAdded { masked } => {
            let n = incident.callers.last().map_or(1, |caller| caller.n + 1);
            incident.callers.push(Caller { n, seq: stamp.seq, at_ms: now, masked: masked.clone() });
        }
        IncidentEvent::Located { role: PlaceRole::Scene, location } => {
            let old = std::mem::replace(&mut incident.location, (**location).clone());
            if location.state != LocationState::None {
                incident.times.located.get_or_insert(now);
            }
            for assignment in incident.assignments.iter_mut().filter(|a| a.seems_arrived_ms.is_some()) {
                // Who seemed to be there was there, not here.
                if !same_scene(assignment.seems_at.or(old.position), location.position) {
                    (assignment.seems_arrived_ms, assignment.seems_at) = (None, None);
                }
            }
            let (old, new) = (json!(old), json!(location));
            material(incident, stamp, "location", old, new);
        }
        IncidentEvent::Located { role, location } => {
            let old = incident.places.insert(*role, (**location).clone());
            material(incident, stamp, role.word(), json!(old), json!(location));
        }
        IncidentEvent::Classified { kind } => {
            let old = std::mem::replace(&mut incident.kind, *kind);
            material(incident, stamp, "kind", json!(old.word()), json!(kind.word()));
        }
        IncidentEvent::Described { text } => incident.text.clone_from(text),
        IncidentEvent::Prioritised { priority, .. } => {
            let old = std::mem::replace(&mut incident.priority, *priority);
            incident.most_urgent = incident.most_urgent.min(*priority);
            material(incident, stamp, "priority", json!(old.number()), json!(priority.number()));
        }
        IncidentEvent::Held { reason, review_at_ms } => {
            stage(incident, Stage::Held { reason: reason.clone(), review_at_ms: *review_at_ms });
        }
        IncidentEvent::Released { .. } | IncidentEvent::TakenBack => stage(incident, Stage::Open),
        IncidentEvent::Referred { to } => stage(incident, Stage::Referred { to: to.clone() }),
        IncidentEvent::FeedbackFiled { text, disposition } => {
            let old = incident.feedback.as_ref().map(|old| old.text.clone());
            material(incident, stamp, "feedback", json!(old), json!(text));
            incident.feedback = Some(Feedback {
                text: text.clone(),
                disposition: disposition.clone(),
                by: stamp.actor.clone(),
                at_ms: now,
            });
            incident.times.feedback.get_or_insert(now);
            // What was put off or given away stays so: that somebody writes of it sends nobody.
            let put_off = matches!(incident.stage, Stage::Held { .. } | Stage::Referred { .. });
            if !put_off || incident.arrived_since_reopening() {
                stage(incident, Stage::AwaitingReview);
            }
        }
        IncidentEvent::Reviewed { accept, .. } => {
            if *accept {
                incident.times.reviewed.get_or_insert(now);
            } else {
                incident.feedback = None;
                stage(incident, Stage::Open);
            }
        }
        IncidentEvent::Closed { disposition } => stage(incident, Stage::Closed { disposition: disposition.clone() }),
        IncidentEvent::Cancelled { reason } => stage(incident, Stage::Cancelled { reason: reason.clone() }),
        IncidentEvent::Stated { stated, callers } => state(incident, stated, callers),
        IncidentEvent::Proposed { units } => incident.proposed.clone_from(units),
        IncidentEvent::Reopened { .. } => {
            incident.reopened_ms = Some(now);
            incident.feedback = None;
            incident.times.reviewed = None;
            incident.reminders.clear();
            incident.unheeded = None;
            stage(incident, Stage::Open);
        }
        IncidentEvent::Watched { camera, watched, text } => {
            let (watched, by, text) = (*watched, stamp.actor.clone(), text.clone());
            incident.recordings.insert(camera.clone(), Recording { watched, by, at_ms: now, text });
        }
        IncidentEvent::TimerStarted { text, due_at_ms } => {
            // Two of one moment are told apart by it.
            let before = incident.timers.iter().filter(|t| t.kind == TimerKind::Reminder).map(|t| t.since_ms).max();
            let since_ms = before.map_or(now, |before| now.max(before + 1));
            incident.reminders.push(Reminder { what: text.clone(), since_ms, due_at_ms: *due_at_ms });
        }
        IncidentEvent::TimerFired { timer } => end_timer(incident, timer, TimerState::Fired, now),
        IncidentEvent::TimerAcked { timer } => end_timer(incident, timer, TimerState::Acked, now),
    }
}

/// Another system's word: its last one while the incident is open; after the end only heard.
fn state(incident: &mut Incident, stated: &Stated, callers: &[Option<String>]) {
    if !incident.phase().is_terminal() {
        incident.stated = Some(stated.clone());
        return;
    }
    let heard = incident.unheeded.take().map(|before| before.callers).unwrap_or_default();
    let callers = heard.into_iter().chain(callers.iter().cloned()).collect();
    incident.unheeded = Some(Unheeded { stated: stated.clone(), callers });
}

fn end_timer(incident: &mut Incident, id: &str, state: TimerState, now_ms: i64) {
    let running = |t: &&mut crate::timers::Timer| t.id == id && t.state == TimerState::Armed;
    if let Some(timer) = incident.timers.iter_mut().find(running) {
        timer.state = state;
        timer.ended_ms = Some(now_ms);
        let since_ms = timer.since_ms;
        if timer.kind == TimerKind::Reminder {
            incident.reminders.retain(|reminder| reminder.since_ms != since_ms);
        }
    }
}

fn on_assignment(incident: &mut Incident, stamp: &Stamp, id: &str, event: &AssignmentEvent) {
    let now = stamp.commit_ms;
    match event {
        AssignmentEvent::Ordered { to, start_ms, plan_level } => {
            let state = if start_ms.is_some() { State::Planned } else { State::Offered };
            if state == State::Offered {
                expect_word(incident, stamp);
            }
            let mut times = AssignmentTimes::default();
            *times.slot(state) = Some(now);
            if state == State::Offered {
                incident.times.offered.get_or_insert(now);
            }
            incident.assignments.push(Assignment {
                id: id.to_owned(),
                to: to.clone(),
                state,
                version: 1,
                times,
                since_ms: now,
                by: stamp.actor.clone(),
                plan_level: *plan_level,
                start_ms: *start_ms,
                src: Source::Desk,
                reason: None,
                late: Vec::new(),
                after_end: Vec::new(),
                seems_arrived_ms: None,
                seems_at: None,
                own: to.unit().is_none().then_some((state, Source::Desk)),
                returned_ms: None,
            });
        }
        AssignmentEvent::Replanned { start_ms } => {
            let Some(assignment) = incident.assignments.iter_mut().find(|a| a.id == id) else { return };
            assignment.version += 1;
            let old = assignment.start_ms.replace(*start_ms);
            // Another wait than that for the old time, also within the same millisecond: its timer ends, a new one is armed.
            assignment.since_ms = now.max(assignment.since_ms + 1);
            material(incident, stamp, "start_at", json!(old), json!(start_ms));
        }
        AssignmentEvent::Returned { state, src } => {
            let Some(assignment) = incident.assignments.iter_mut().find(|a| a.id == id) else { return };
            assignment.version += 1;
            assignment.state = *state;
            assignment.src = *src;
            assignment.since_ms = now;
            assignment.returned_ms = Some(now);
        }
        AssignmentEvent::SeemsArrived { at_ms } => {
            let Some(assignment) = incident.assignments.iter_mut().find(|a| a.id == id) else { return };
            assignment.version += 1;
            assignment.seems_arrived_ms = Some(*at_ms);
            assignment.seems_at = incident.location.position;
        }
        AssignmentEvent::SeemsLeft { .. } => {
            let Some(assignment) = incident.assignments.iter_mut().find(|a| a.id == id) else { return };
            assignment.version += 1;
            (assignment.seems_arrived_ms, assignment.seems_at) = (None, None);
        }
        AssignmentEvent::Reached { state, at_ms, src, reason, late, .. } => {
            if !*late && matches!(state, State::Offered | State::Arrived) {
                expect_word(incident, stamp);
            }
            let Some(assignment) = incident.assignments.iter_mut().find(|a| a.id == id) else { return };
            assignment.version += 1;
            let slot = assignment.times.slot(*state);
            if slot.is_none() {
                *slot = Some(*at_ms);
            }
            let further = !*late || assignment.own.is_some_and(|(own, _)| own.rank() < state.rank());
            if assignment.to.unit().is_none() && *src != Source::Cascade && further {
                assignment.own = Some((*state, *src));
            }
            if *late {
                assignment.late.push(*state);
                if !assignment.state.is_open() {
                    assignment.after_end.push(*state);
                }
            } else {
                // Said again in time.
                assignment.after_end.retain(|said| said != state);
                if state.is_committed() && !assignment.state.is_open() {
                    // Revived: it did not end after all.
                    assignment.times.ended = None;
                }
                assignment.state = *state;
                assignment.since_ms = now;
                assignment.src = *src;
                assignment.reason.clone_from(reason);
            }
            milestones(&mut incident.times, *state, *at_ms);
        }
    }
}

/// Somebody is sent, or is there first: what was written before anybody was there is no word of theirs.
fn expect_word(incident: &mut Incident, stamp: &Stamp) {
    if incident.arrived_since_reopening() {
        return;
    }
    if let Some(old) = incident.feedback.take() {
        material(incident, stamp, "feedback", json!(old.text), json!(null));
        incident.times.feedback = None;
        incident.times.reviewed = None;
    }
    if incident.stage == Stage::AwaitingReview {
        incident.stage = Stage::Open;
        incident.stage_since_ms = stamp.commit_ms;
    }
}

/// The incident's first and last moments follow from those of its orders.
fn milestones(times: &mut Times, state: State, at_ms: i64) {
    let earlier = |slot: &mut Option<i64>| *slot = Some(slot.map_or(at_ms, |known| known.min(at_ms)));
    match state {
        State::Offered => earlier(&mut times.offered),
        State::Accepted => earlier(&mut times.accepted),
        State::EnRoute => earlier(&mut times.departed),
        State::Arrived => earlier(&mut times.arrived),
        State::Cleared => times.cleared = Some(times.cleared.map_or(at_ms, |known| known.max(at_ms))),
        State::Planned | State::Delivered | State::Declined | State::Expired | State::Recalled | State::Preempted => {}
    }
}

/// Keeps the unit's list of open orders true.
fn bind(unit: &mut UnitState, incident: &str, assignment: Option<Assignment>) {
    let Some(assignment) = assignment else { return };
    unit.open.retain(|bound| bound.id != assignment.id);
    if assignment.state.is_open() {
        unit.open.push(Bound {
            id: assignment.id,
            incident: incident.to_owned(),
            state: assignment.state,
            by: assignment.by,
            since_ms: assignment.since_ms,
        });
    }
}
