//! Dispatch's refusals as problems: the code, and what the asker needs to do better.

use dispatch::{Refusal, Taken, Warning};
use serde_json::{Value as Json, json};

use super::problem::{Code, Problem};
use crate::app::ops::NotDone;
use crate::app::rfc3339;
use crate::wire::taken_json;

impl From<NotDone> for Problem {
    fn from(not: NotDone) -> Self {
        match not {
            NotDone::Scope => crate::auth::Refusal::Scope.into(),
            NotDone::Mismatch => Self::new(Code::IdemMismatch, "use a new command id for a new command"),
            NotDone::Unavailable => {
                Self::new(Code::LogUnavailable, "whether it happened is not known: ask again with the same command id")
            }
            NotDone::Refused(refusal) => refused(refusal),
        }
    }
}

/// Why a unit does not go.
fn who_has(taken: &Taken) -> String {
    let Taken { unit, by, incident, .. } = taken;
    match (by.as_str(), incident.as_str()) {
        ("", "") => format!("{unit} is not on duty"),
        ("", distress) => format!("{unit} is in distress itself: {distress}"),
        (by, incident) => format!("{by} has sent {unit} to {incident}"),
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Unknown(what, id) => Problem::new(Code::NotFound, format!("there is no {what} {id:?}")),
        Refusal::Invalid(field, why) => Problem::at(Code::Invalid, format!("/{field}"), why),
        Refusal::InvalidAt(pointer, why) => Problem::at(Code::Invalid, pointer, why),
        Refusal::Rule(rule) => Problem::new(Code::Rule(rule), rule.words().0),
        Refusal::UnitTaken(taken) => Problem::new(Code::UnitTaken, taken.first().map_or_else(String::new, who_has))
            .with("assigned", json!([]))
            .with("taken", taken_json(&taken)),
        Refusal::Stale(changed) => {
            let value = |c: &dispatch::Changed, value: &Json| match value.as_i64() {
                Some(at_ms) if c.field == "start_at" => json!(rfc3339(at_ms)),
                _ => value.clone(),
            };
            let one = |c: &dispatch::Changed| json!({ "field": c.field, "old": value(c, &c.old), "new": value(c, &c.new), "by": c.by });
            let fields: Vec<&str> = changed.iter().map(|c| c.field.as_str()).collect();
            Problem::new(Code::Stale, format!("changed meanwhile: {}", fields.join(", ")))
                .with("changed", changed.iter().map(one).collect())
        }
        Refusal::Confirm { warnings, token } => {
            let one = |(unit, warning): &(String, Warning)| json!({ "unit": unit, "code": warning.code() });
            let codes: Vec<&str> = warnings.iter().map(|(_, warning)| warning.code()).collect();
            Problem::new(Code::Confirm, codes.join(", "))
                .with("warnings", warnings.iter().map(one).collect())
                .with("confirm_token", token.into())
        }
    }
}
