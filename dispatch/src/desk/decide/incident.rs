//! What is asked of an incident.

use super::{Decided, Scene, assign, later, reached, text};
use crate::assignment::{Source, State};
use crate::command::{Ask, MOST_CALLERS, MOST_TEXT, Order, REOPEN_WITHIN_MS};
use crate::desk::Desk;
use crate::desk::stale::{Cares, ahead, changed};
use crate::event::{Event, IncidentEvent};
use crate::incident::{Incident, Location, LocationState, Phase, PlaceRole, Stage};
use crate::recording::Recording;
use crate::refusal::{Refusal, Rule};
use crate::timers::{Reminder, TimerState};

pub(super) fn decide(
    desk: &Desk,
    ask: &Ask,
    scene: &dyn Scene,
    incident: &Incident,
    order: &Order,
) -> Result<Decided, Refusal> {
    if let Order::Assign(assign) = order {
        return assign::decide(desk, ask, scene, incident, assign);
    }
    allowed(ask, incident, order)?;
    if let Some(ahead) = ahead(desk.seq(), incident, &ask.basis) {
        return Err(Refusal::Stale(vec![ahead]));
    }
    fresh(ask, incident, order)?;
    let now_ms = ask.now_ms.max(desk.commit_ms());
    let mut events = Vec::new();
    if let Order::Close { .. } = order {
        cascade(now_ms, incident, "close", &mut events);
    } else if let Order::Cancel { .. } = order {
        cascade(now_ms, incident, "cancel", &mut events);
    }
    if let Order::StartTimer { what, after_ms } = order {
        events.push(of(incident, IncidentEvent::TimerStarted { text: what.clone(), due_at_ms: now_ms + after_ms }));
    }
    events.extend(event(incident, order).map(|event| of(incident, event)));
    Ok(Decided { events, incident: Some(incident.id.clone()), ..Decided::default() })
}

fn of(incident: &Incident, event: IncidentEvent) -> Event {
    Event::Incident { id: incident.id.clone(), event }
}

/// The event that an order makes of the incident itself; `None` when it is so already.
fn event(incident: &Incident, order: &Order) -> Option<IncidentEvent> {
    Some(match order {
        Order::Prioritise(priority) if *priority == incident.priority => return None,
        Order::Prioritise(priority) => IncidentEvent::Prioritised { priority: *priority, why: None },
        Order::Classify(kind) if *kind == incident.kind => return None,
        Order::Classify(kind) => IncidentEvent::Classified { kind: *kind },
        Order::Relocate(role, location) if known_place(incident, *role) == Some(&**location) => return None,
        Order::Relocate(role, location) => IncidentEvent::Located { role: *role, location: location.clone() },
        Order::Hold { reason, review_at_ms } => {
            IncidentEvent::Held { reason: reason.clone(), review_at_ms: *review_at_ms }
        }
        Order::Release => IncidentEvent::Released { why: "asked".to_owned() },
        Order::Refer { to } => IncidentEvent::Referred { to: to.clone() },
        Order::TakeBack => IncidentEvent::TakenBack,
        Order::Feedback { text, disposition } => {
            IncidentEvent::FeedbackFiled { text: text.clone(), disposition: disposition.clone() }
        }
        Order::Review { accept, text } => IncidentEvent::Reviewed { accept: *accept, text: text.clone() },
        Order::Reopen { reason } => IncidentEvent::Reopened { reason: reason.clone() },
        Order::Note { text } => IncidentEvent::Noted { text: text.clone() },
        Order::AddCaller { masked } => IncidentEvent::CallerAdded { masked: masked.clone() },
        Order::Propose { units } if *units == incident.proposed => return None,
        Order::Propose { units } => IncidentEvent::Proposed { units: units.clone() },
        Order::Watch { camera, watched, text } => {
            IncidentEvent::Watched { camera: camera.clone(), watched: *watched, text: text.clone() }
        }
        Order::AckTimer { timer } => IncidentEvent::TimerAcked { timer: timer.clone() },
        Order::Close { disposition, .. } => IncidentEvent::Closed { disposition: disposition.clone() },
        Order::Cancel { reason } => IncidentEvent::Cancelled { reason: reason.clone() },
        // Made where the time is known.
        Order::Assign(_) | Order::StartTimer { .. } => return None,
    })
}

fn watch(incident: &Incident, camera: &str, words: &str) -> Result<(), Refusal> {
    text("camera", camera, 128, false)?;
    text("text", words, 500, true)?;
    let more = !incident.recordings.contains_key(camera);
    if more && incident.recordings.len() >= Recording::MOST {
        return Err(Refusal::Invalid("camera", format!("at most {} recordings of an incident", Recording::MOST)));
    }
    Ok(())
}

fn known_place(incident: &Incident, role: PlaceRole) -> Option<&Location> {
    if role == PlaceRole::Scene { Some(&incident.location) } else { incident.places.get(&role) }
}

/// Whether the state and the values allow it.
fn allowed(ask: &Ask, incident: &Incident, order: &Order) -> Result<(), Refusal> {
    let phase = incident.phase();
    let rule = |rule| Err(Refusal::Rule(rule));
    let keeps = matches!(order, Order::Note { .. } | Order::Reopen { .. });
    if phase.is_terminal() && !keeps {
        return rule(Rule::IncEnded);
    }
    if incident.distress.is_some() && !phase.is_terminal() {
        // It ends by being closed, with the name of who was spoken to.
        if matches!(order, Order::Cancel { .. }) {
            return rule(Rule::DistressSpoken);
        }
        let lowers = matches!(order, Order::Prioritise(priority) if priority.number() > 1);
        // A scene that is known is moved to another point, never taken away, nor spread over an area.
        let vague = |to: &Location| matches!(to.state, LocationState::None | LocationState::Area);
        let forgets = matches!(order, Order::Relocate(PlaceRole::Scene, to) if vague(to)) && !incident.is_unlocated();
        if lowers || forgets || matches!(order, Order::Classify(_) | Order::Hold { .. } | Order::Refer { .. }) {
            return rule(Rule::DistressKept);
        }
    }
    match order {
        Order::AddCaller { .. } if incident.callers.len() >= MOST_CALLERS => {
            Err(Refusal::Invalid("callers", format!("at most {MOST_CALLERS}")))
        }
        Order::Watch { camera, text: words, .. } => watch(incident, camera, words.as_deref().unwrap_or_default()),
        Order::Propose { units } if units.is_empty() || units.len() > 10 => {
            Err(Refusal::Invalid("units", "must name 1 to 10".to_owned()))
        }
        Order::Assign(_)
        | Order::Prioritise(_)
        | Order::Classify(_)
        | Order::AddCaller { .. }
        | Order::Propose { .. } => Ok(()),
        Order::Relocate(_, location) => {
            location.check().map_err(|error| Refusal::Invalid("location", error.to_string()))
        }
        Order::Hold { reason, review_at_ms } => {
            text("reason", reason, 500, false)?;
            if incident.open_assignments().next().is_some() {
                return rule(Rule::IncHoldOpen);
            }
            if *review_at_ms <= ask.now_ms {
                return rule(Rule::IncHoldNoReview);
            }
            later("review_at", ask, *review_at_ms)?;
            if matches!(phase, Phase::Pending | Phase::Held) { Ok(()) } else { rule(Rule::IncState) }
        }
        Order::Release if matches!(incident.stage, Stage::Held { .. }) => Ok(()),
        Order::TakeBack if matches!(incident.stage, Stage::Referred { .. }) => Ok(()),
        Order::Release | Order::TakeBack => rule(Rule::IncState),
        Order::Refer { to } => text("to", to, 128, false),
        Order::Feedback { text: words, disposition } => {
            text("text", words, MOST_TEXT, false)?;
            text("disposition", disposition, 64, false)
        }
        Order::Review { text: words, .. } => {
            text("text", words.as_deref().unwrap_or_default(), MOST_TEXT, true)?;
            match &incident.feedback {
                None => rule(Rule::IncState),
                Some(feedback) if own_review(ask, incident, &feedback.by) => rule(Rule::ReviewSelf),
                Some(_) => Ok(()),
            }
        }
        Order::Close { disposition, spoken_with } => close(ask, incident, disposition, spoken_with.as_deref()),
        Order::Cancel { reason } => {
            text("reason", reason, 500, false)?;
            if incident.anybody_arrived() { rule(Rule::IncCancelArr) } else { Ok(()) }
        }
        Order::Reopen { reason } => {
            text("reason", reason, 500, false)?;
            if !matches!(phase, Phase::Closed | Phase::Cancelled) {
                return rule(Rule::IncState);
            }
            if !ask.actor.lead {
                return rule(Rule::LeadOnly);
            }
            let ended = incident.times.ended.unwrap_or_default();
            if ask.now_ms - ended > REOPEN_WITHIN_MS { rule(Rule::IncReopenLate) } else { Ok(()) }
        }
        Order::Note { text: words } => text("text", words, MOST_TEXT, false),
        Order::StartTimer { what, after_ms } => {
            text("timer", what, 200, false)?;
            if !(5_000..=7 * 86_400_000).contains(after_ms) {
                return Err(Refusal::Invalid("after_s", "must be 5 seconds to 7 days".to_owned()));
            }
            if incident.reminders.len() >= Reminder::MOST {
                return Err(Refusal::Invalid("timer", format!("at most {} run at a time", Reminder::MOST)));
            }
            Ok(())
        }
        Order::AckTimer { timer } => match incident.timers.iter().find(|known| known.id == *timer) {
            None => Err(Refusal::Unknown("timer", timer.clone())),
            Some(timer) if timer.state != TimerState::Armed => rule(Rule::TimerOver),
            Some(_) => Ok(()),
        },
    }
}

fn own_review(ask: &Ask, incident: &Incident, author: &str) -> bool {
    incident.most_urgent.number() <= 2 && author == ask.actor.id
}

/// Closing needs a result, and the word of those who were sent; at priority 1 and 2 of two different people.
fn close(ask: &Ask, incident: &Incident, disposition: &str, spoken_with: Option<&str>) -> Result<(), Refusal> {
    if disposition.trim().is_empty() {
        return Err(Refusal::Rule(Rule::IncCloseOpen));
    }
    text("disposition", disposition, 64, false)?;
    if incident.distress.is_some() {
        if !ask.actor.lead {
            return Err(Refusal::Rule(Rule::LeadOnly));
        }
        if spoken_with.is_none_or(|name| name.trim().is_empty()) {
            return Err(Refusal::Rule(Rule::DistressSpoken));
        }
    }
    match &incident.feedback {
        None if incident.anybody_went() => Err(Refusal::Rule(Rule::IncCloseOpen)),
        Some(feedback) if incident.times.reviewed.is_none() && own_review(ask, incident, &feedback.by) => {
            Err(Refusal::Rule(Rule::ReviewSelf))
        }
        None | Some(_) => Ok(()),
    }
}

/// Whether what was on the screen still holds in what this order depends on.
fn fresh(ask: &Ask, incident: &Incident, order: &Order) -> Result<(), Refusal> {
    let cares = match order {
        Order::Prioritise(_) => Cares::Priority,
        Order::Relocate(PlaceRole::Scene, _) => Cares::Location,
        Order::Relocate(role, _) => Cares::Place(*role),
        Order::Classify(_) => Cares::Kind,
        Order::Feedback { .. } | Order::Review { .. } => Cares::Feedback,
        Order::Close { .. } => Cares::End,
        Order::Hold { .. } | Order::Refer { .. } | Order::Cancel { .. } => Cares::All,
        Order::Assign(_)
        | Order::Release
        | Order::TakeBack
        | Order::Reopen { .. }
        | Order::Note { .. }
        | Order::AddCaller { .. }
        | Order::Propose { .. }
        | Order::StartTimer { .. }
        | Order::Watch { .. }
        | Order::AckTimer { .. } => return Ok(()),
    };
    let changes = changed(incident, &ask.basis, &ask.actor, cares);
    if changes.is_empty() { Ok(()) } else { Err(Refusal::Stale(changes)) }
}

/// Ends every open order: who is there leaves, who is not is called back.
fn cascade(now_ms: i64, incident: &Incident, cause: &str, events: &mut Vec<Event>) {
    for assignment in incident.open_assignments() {
        let state = if assignment.state == State::Arrived { State::Cleared } else { State::Recalled };
        events.extend(reached(incident, &assignment.id, state, (now_ms, Source::Cascade), Some(cause)));
    }
}
