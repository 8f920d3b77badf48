//! From what was asked on the wire to a command of dispatch; every refusal points at the field.

use dispatch::{
    Assign, IncidentKind, IncidentSource, Location, LocationState, Order, PlaceRole, Priority, Progress, Report,
    Source, SourceRef, Step, Watched,
};
use spatial::Position;
use spatial::crs::Crs;

use super::extract::position;
use super::problem::{Code, Problem};
use crate::app::{App, from_rfc3339, network};
use crate::wire::{CallerAsk, CommandAsk, IncidentAsk, LocationAsk, ProgressAsk};

pub(super) fn word<T>(pointer: &str, given: &str, found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::at(Code::BadRequest, pointer, format!("{given:?} is not a known word")))
}

fn unknown<'a>(pointer: &str, given: &str, all: impl Iterator<Item = &'a str>) -> Problem {
    let all = all.collect::<Vec<_>>().join(", ");
    Problem::at(Code::BadRequest, pointer, format!("{given:?} is none of {all}"))
}

fn kind(pointer: &str, given: &str) -> Result<IncidentKind, Problem> {
    let all = IncidentKind::ALL.iter().map(|kind| kind.word());
    IncidentKind::from_word(given).ok_or_else(|| unknown(pointer, given, all))
}

fn needed<T>(pointer: &str, given: Option<T>) -> Result<T, Problem> {
    given.ok_or_else(|| Problem::at(Code::BadRequest, pointer, "is needed for this type"))
}

/// A moment, milliseconds since 1970 UTC.
pub(super) fn moment(pointer: &str, given: &str) -> Result<i64, Problem> {
    from_rfc3339(given).ok_or_else(|| Problem::at(Code::BadRequest, pointer, "must be a time as in RFC 3339"))
}

fn priority(number: u8) -> Result<Priority, Problem> {
    Priority::new(number).ok_or_else(|| Problem::at(Code::BadRequest, "/priority", "must be 1 to 4"))
}

/// A place; its division is looked up here, so that the log carries it.
pub(super) fn location(app: &App, ask: LocationAsk) -> Result<Location, Problem> {
    let point = match (ask.lon, ask.lat) {
        (Some(x), Some(y)) => Some(point(x, y, ask.crs.as_deref())?),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            return Err(Problem::at(Code::BadRequest, "/lat", "lon and lat go together"));
        }
    };
    let mut middle = None;
    if let Some(geometry) = &ask.geometry {
        let wrong = |why: String| Problem::at(Code::BadRequest, "/location/geometry", why);
        let area = network::geometry(geometry).map_err(wrong)?;
        if !matches!(area, geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_)) {
            return Err(wrong("must be a GeoJSON Polygon or MultiPolygon".to_owned()));
        }
        middle = network::middle(&area);
    }
    let state = match &ask.state {
        Some(given) => word("/location/state", given, LocationState::from_word(given))?,
        None if point.is_some() => LocationState::Candidate,
        None if ask.geometry.is_some() => LocationState::Area,
        None => LocationState::None,
    };
    // An area without a point is somewhere: in a division, near units, on a map.
    let middle = middle.filter(|_| state == LocationState::Area && point.is_none());
    let (point, accuracy_m) = match middle {
        Some((inside, reach_m)) => (Some(inside), ask.accuracy_m.or(Some(reach_m))),
        None => (point, ask.accuracy_m),
    };
    let location = Location {
        state,
        position: point,
        accuracy_m,
        method: ask.method,
        geometry: ask.geometry,
        note: ask.note,
        division: point.and_then(|p| app.world.still().division(p)),
    };
    location.check().map_err(|error| Problem::at(Code::Invalid, "/location", error.to_string()))?;
    Ok(location)
}

fn point(x: f64, y: f64, crs: Option<&str>) -> Result<Position, Problem> {
    let crs = match crs {
        None => return position(x, y),
        Some(name) => Crs::from_name(name).map_err(|e| Problem::at(Code::Position, "/crs", e.to_string()))?,
    };
    let (lon, lat) = crs.to_wgs84(x, y).map_err(|e| Problem::at(Code::Position, "/lon", e.to_string()))?;
    position(lon, lat)
}

/// A caller's number: what is sealed and what may be shown of it.
pub(super) fn caller(pointer: &str, ask: &CallerAsk) -> Result<(Vec<u8>, String), Problem> {
    let digits: String = ask.number.chars().filter(char::is_ascii_digit).collect();
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')');
    if !(3..=20).contains(&digits.len()) || !ask.number.chars().all(known) || ask.number.len() > 40 {
        return Err(Problem::at(Code::BadRequest, pointer, "must be a telephone number of 3 to 20 digits"));
    }
    // The last four tell two callers apart; of a short number nothing is shown.
    let shown = if digits.len() >= 8 { &digits[digits.len() - 4..] } else { "" };
    Ok((ask.number.clone().into_bytes(), format!("•••• {shown}").trim_end().to_owned()))
}

/// What is kept beside an event, if anything.
type Sealed = Option<Vec<u8>>;

/// A new incident and the numbers that are sealed with it.
pub(super) fn report(app: &App, ask: IncidentAsk) -> Result<(Report, Vec<Sealed>), Problem> {
    let beside = [
        ("/lon", ask.lon.is_some()),
        ("/lat", ask.lat.is_some()),
        ("/accuracy_m", ask.accuracy_m.is_some()),
        ("/crs", ask.crs.is_some()),
    ];
    if let Some((field, _)) = beside.into_iter().find(|(_, given)| ask.location.is_some() && *given) {
        return Err(Problem::at(Code::BadRequest, field, "is short for the same in location: give one of them"));
    }
    let short =
        LocationAsk { lon: ask.lon, lat: ask.lat, crs: ask.crs, accuracy_m: ask.accuracy_m, ..LocationAsk::default() };
    let whole = ask.location.unwrap_or(short);
    let (mut callers, mut sealed) = (Vec::new(), Vec::new());
    for (n, one) in ask.callers.iter().enumerate() {
        let (bytes, masked) = caller(&format!("/callers/{n}/number"), one)?;
        callers.push(Some(masked));
        sealed.push(Some(bytes));
    }
    let report = Report {
        kind: kind("/kind", &ask.kind)?,
        priority: priority(ask.priority)?,
        source: IncidentSource::from_word(&ask.source)
            .ok_or_else(|| unknown("/source", &ask.source, IncidentSource::ALL.iter().map(|source| source.word())))?,
        source_ref: ask.source_ref.map(|r| reference("/source_ref", &r.system, &r.number)).transpose()?,
        text: lines(&ask.text),
        location: location(app, whole)?,
        callers,
        occurred_ms: ask.at.as_deref().map(|at| moment("/at", at)).transpose()?,
        distress: None,
    };
    Ok((report, sealed))
}

/// A number at another system. Blanks around it are nobody's meaning: with them the same call would be two.
pub(super) fn reference(pointer: &str, system: &str, number: &str) -> Result<SourceRef, Problem> {
    for (field, given) in [("system", system), ("number", number)] {
        if given.trim().is_empty() || given.chars().any(char::is_control) {
            let why = "must have a character that is seen, and no control character";
            return Err(Problem::at(Code::Invalid, format!("{pointer}/{field}"), why));
        }
    }
    Ok(SourceRef { system: system.trim().to_owned(), number: number.trim().to_owned() })
}

/// Lines as we keep them: other systems end theirs with a carriage return too.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What a command to an incident asks, and a number that is sealed with it.
pub(super) fn order(app: &App, ask: &CommandAsk) -> Result<(Order, Sealed), Problem> {
    let text = |pointer: &str, given: &Option<String>| needed(pointer, given.as_deref().map(lines));
    let order = match ask.kind.as_str() {
        "assign" => Order::Assign(assign(ask)?),
        "prioritise" => Order::Prioritise(priority(needed("/priority", ask.priority)?)?),
        "classify" => {
            let kind = text("/incident_kind", &ask.incident_kind)?;
            Order::Classify(self::kind("/incident_kind", &kind)?)
        }
        "relocate" => {
            let role = ask.role.as_deref().unwrap_or("scene");
            let role = word("/role", role, PlaceRole::from_word(role))?;
            Order::Relocate(role, Box::new(location(app, needed("/location", ask.location.clone())?)?))
        }
        "hold" => Order::Hold {
            reason: text("/reason", &ask.reason)?,
            // A missing time is dispatch's refusal, with a code of its own.
            review_at_ms: ask.review_at.as_deref().map_or(Ok(0), |at| moment("/review_at", at))?,
        },
        "release" => Order::Release,
        "refer" => Order::Refer { to: text("/to", &ask.to)? },
        "take_back" => Order::TakeBack,
        "feedback" => {
            Order::Feedback { text: text("/text", &ask.text)?, disposition: text("/disposition", &ask.disposition)? }
        }
        "review" => Order::Review { accept: needed("/accept", ask.accept)?, text: ask.text.as_deref().map(lines) },
        "close" => Order::Close {
            disposition: ask.disposition.clone().unwrap_or_default(),
            spoken_with: ask.spoken_with.clone(),
        },
        "cancel" => Order::Cancel { reason: text("/reason", &ask.reason)? },
        "reopen" => Order::Reopen { reason: text("/reason", &ask.reason)? },
        "note" => Order::Note { text: text("/text", &ask.text)? },
        "ack_timer" => Order::AckTimer { timer: text("/timer", &ask.timer)? },
        "add_caller" => {
            let given = needed("/caller", ask.caller.clone())?;
            let given: CallerAsk = serde_json::from_value(given)
                .map_err(|error| Problem::at(Code::BadRequest, "/caller", error.to_string()))?;
            let (bytes, masked) = caller("/caller/number", &given)?;
            return Ok((Order::AddCaller { masked: Some(masked) }, Some(bytes)));
        }
        "start_timer" => Order::StartTimer {
            what: text("/timer", &ask.timer)?,
            after_ms: needed("/after_s", ask.after_s)?.saturating_mul(1_000),
        },
        "watch" => {
            let watched = text("/watched", &ask.watched)?;
            let watched = word("/watched", &watched, Watched::from_word(&watched))?;
            Order::Watch { camera: text("/camera", &ask.camera)?, watched, text: ask.text.as_deref().map(lines) }
        }
        "merge" | "unmerge" => {
            return Err(Problem::new(Code::NotYet, format!("{} is not carried out by this version", ask.kind)));
        }
        other => return Err(Problem::at(Code::BadRequest, "/type", format!("{other:?} is not a command"))),
    };
    Ok((order, None))
}

fn assign(ask: &CommandAsk) -> Result<Assign, Problem> {
    let units = ask.units.iter().flatten().chain(&ask.unit).cloned().collect();
    Ok(Assign {
        units,
        orgs: ask.org.iter().cloned().collect(),
        plan_level: ask.plan_level,
        start_ms: ask.start_at.as_deref().map(|at| moment("/start_at", at)).transpose()?,
        preempt: ask.preempt.unwrap_or(false),
        reason: ask.reason.clone(),
        advice: None,
    })
}

/// What a command to an order asks.
pub(super) fn progress(ask: &ProgressAsk, field: bool) -> Result<Progress, Problem> {
    let src = match ask.src.as_deref() {
        Some(given @ ("app" | "voice" | "avl")) => word("/src", given, Source::from_word(given))?,
        Some(given) => return word("/src", given, None),
        None if field => Source::App,
        None => Source::Desk,
    };
    Ok(Progress {
        step: word("/type", &ask.kind, Step::from_word(&ask.kind))?,
        at_ms: ask.at.as_deref().map(|at| moment("/at", at)).transpose()?,
        src,
        reason: ask.reason.clone(),
    })
}
