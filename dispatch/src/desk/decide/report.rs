//! A new incident, or what another system says of one.

use super::{Decided, been, number, text, told};
use crate::command::{Ask, MOST_CALLERS, MOST_TEXT, Report};
use crate::desk::Desk;
use crate::event::{Event, IncidentEvent};
use crate::incident::{Incident, LocationState, Phase, PlaceRole, Stated};
use crate::refusal::Refusal;

pub(super) fn decide(desk: &Desk, ask: &Ask, new: &Report) -> Result<Decided, Refusal> {
    check(desk, ask, new)?;
    // Pressing twice, or two people at once, is one distress.
    let own =
        |incident: &&std::sync::Arc<Incident>| incident.distress == new.distress && !incident.phase().is_terminal();
    if new.distress.is_some()
        && let Some(open) = desk.incidents().find(own)
    {
        return Ok(Decided { incident: Some(open.id.clone()), ..Decided::default() });
    }
    match new.source_ref.as_ref().and_then(|reference| desk.by_ref(reference)) {
        Some(known) => Ok(update(known, new)),
        None => Ok(create(desk, ask, new)),
    }
}

fn check(desk: &Desk, ask: &Ask, new: &Report) -> Result<(), Refusal> {
    text("text", &new.text, MOST_TEXT, true)?;
    new.location.check().map_err(|error| Refusal::Invalid("location", error.to_string()))?;
    if let Some(at_ms) = new.occurred_ms {
        been("at", ask.now_ms.max(desk.commit_ms()), at_ms)?;
    }
    if new.callers.len() > MOST_CALLERS {
        return Err(Refusal::Invalid("callers", format!("at most {MOST_CALLERS}")));
    }
    if let Some(reference) = &new.source_ref {
        text("source_ref/system", &reference.system, 64, false)?;
        text("source_ref/number", &reference.number, 128, false)?;
    }
    match &new.distress {
        Some(unit) if desk.unit(unit).is_none() => Err(Refusal::Unknown("unit", unit.clone())),
        Some(_) | None => Ok(()),
    }
}

fn create(desk: &Desk, ask: &Ask, new: &Report) -> Decided {
    let id = number::next(&desk.numbered, ask.now_ms.max(desk.commit_ms()));
    let reported = IncidentEvent::Reported {
        kind: new.kind,
        priority: new.priority,
        source: new.source,
        source_ref: new.source_ref.clone(),
        text: new.text.clone(),
        location: Box::new(new.location.clone()),
        distress: new.distress.clone(),
        owner: ask.actor.id.clone(),
        occurred_ms: new.occurred_ms,
    };
    let called = new.callers.iter().map(|masked| IncidentEvent::CallerAdded { masked: masked.clone() });
    let events =
        std::iter::once(reported).chain(called).map(|event| Event::Incident { id: id.clone(), event }).collect();
    Decided { events, incident: Some(id), callers: (0..new.callers.len()).collect(), ..Decided::default() }
}

/// Which of the callers that the other system names are not known yet: by what is shown of a number, as often as it is
/// named. Two numbers that look alike when most of it is hidden are taken for one.
fn more_callers(known: &Incident, new: &Report) -> Vec<usize> {
    let heard = known.unheeded.iter().flat_map(|heard| &heard.callers);
    let mut shown: Vec<&Option<String>> = known.callers.iter().map(|caller| &caller.masked).chain(heard).collect();
    let room = MOST_CALLERS.saturating_sub(shown.len());
    let mut more = Vec::new();
    for (n, masked) in new.callers.iter().enumerate() {
        match shown.iter().position(|known| *known == masked) {
            Some(at) => drop(shown.swap_remove(at)),
            None => more.push(n),
        }
    }
    more.truncate(room);
    more
}

/// That it is less urgent is no reason to look again.
fn lowers(known: &Incident, event: &IncidentEvent) -> bool {
    matches!(event, IncidentEvent::Prioritised { priority, .. } if *priority > known.priority)
}

/// What the other system says now; only what differs from what it said is an event, so that saying it again changes
/// nothing. What our people found out since (a confirmed place) is not overwritten by a guess. After the end it is compared
/// with what was heard since, and nothing is applied; so once the incident is reopened the same said again is news.
fn update(known: &Incident, new: &Report) -> Decided {
    let mut events = Vec::new();
    let more = more_callers(known, new);
    let mut callers = Vec::new();
    let ended = known.phase().is_terminal();
    let now = Stated { kind: new.kind, priority: new.priority, location: new.location.clone(), text: new.text.clone() };
    let heard = known.unheeded.as_ref().map(|heard| &heard.stated);
    let before = heard.or(known.stated.as_ref()).cloned().unwrap_or_else(|| Stated {
        kind: known.kind,
        priority: known.priority,
        location: known.location.clone(),
        text: known.text.clone(),
    });
    if !new.text.is_empty() && new.text != before.text && new.text != known.text {
        events.push(if ended {
            IncidentEvent::Noted { text: new.text.clone() }
        } else {
            IncidentEvent::Described { text: new.text.clone() }
        });
    }
    if !ended {
        if new.kind != before.kind && new.kind != known.kind {
            events.push(IncidentEvent::Classified { kind: new.kind });
        }
        if new.priority != before.priority && new.priority != known.priority {
            let why = Some("call system".to_owned());
            events.push(IncidentEvent::Prioritised { priority: new.priority, why });
        }
        let better = new.location.state >= known.location.state && new.location.state != LocationState::None;
        if better && new.location != before.location && new.location != known.location {
            let location = Box::new(new.location.clone());
            events.push(IncidentEvent::Located { role: PlaceRole::Scene, location });
        }
        let added = more.iter().filter_map(|n| new.callers.get(*n));
        events.extend(added.map(|masked| IncidentEvent::CallerAdded { masked: masked.clone() }));
        callers.clone_from(&more);
    }
    let put_off = matches!(known.phase(), Phase::Held | Phase::Referred);
    if put_off && events.iter().any(|event| !lowers(known, event)) {
        // What was put off or given away is on nobody's mind: somebody looks whether that still holds.
        events.push(told("CALL-WHILE-HELD"));
    }
    let unheeded: Vec<_> = more.iter().filter(|_| ended).filter_map(|n| new.callers.get(*n).cloned()).collect();
    let news = now != before || !unheeded.is_empty();
    if news {
        events.insert(0, IncidentEvent::Stated { stated: Box::new(now), callers: unheeded });
    }
    let mut label = None;
    if ended && news {
        // Nobody looks at what has ended: somebody is told that the other system still speaks of it.
        events.push(told("CALL-AFTER-END"));
        label = Some("AFTER-END");
    }
    let events = events.into_iter().map(|event| Event::Incident { id: known.id.clone(), event }).collect();
    Decided { events, incident: Some(known.id.clone()), label, callers, ..Decided::default() }
}
