//! Where nobody is there to be asked, the house proposes units by itself: after a distress the nearest three, again when its
//! place becomes known or is moved, after an order that lapsed the next.

use std::sync::Arc;

use dispatch::{Command, Incident, Order, State};

use super::room::Since;
use super::work::{NotDone, Work};
use crate::app::{App, UnitsAsked, stopped};
use crate::auth::{Caller, Role, Scope};

/// Units that are proposed.
const UNITS: usize = 3;

/// Proposes until the server stops. With several servers on one store each tries; the command's id lets one.
pub async fn run(app: App) {
    let (mut stop, mut bell) = (app.stop.subscribe(), app.ops.bell());
    let mut told = app.ops.desk().seq();
    loop {
        tokio::select! {
            rung = bell.changed() => if rung.is_err() { return },
            () = stopped(&mut stop) => return,
        }
        let Since::News(news) = app.ops.since(told) else {
            told = app.ops.desk().seq();
            continue;
        };
        for one in news {
            told = one.seq;
            let Some(incident) = one.incident else { continue };
            let of_distress =
                matches!(&*one.kind, "incident.reported" | "incident.located") && incident.distress.is_some();
            let asks = one.kind == "assignment.expired" || of_distress;
            if asks && !incident.phase().is_terminal() {
                tokio::spawn(propose(app.clone(), one.seq, incident));
            }
        }
    }
}

async fn propose(app: App, seq: u64, incident: Arc<Incident>) {
    let Some(place) = incident.location.position else { return };
    let ranking = app.clone();
    let of = Arc::clone(&incident);
    let work = tokio::task::spawn_blocking(move || {
        let asked = UnitsAsked { level: 1, why: None };
        let found = ranking.recommend(&house(), &of, place, &asked);
        let own = of.distress.clone();
        let rows = found.recommendation.rows.into_iter().filter(|row| row.rank.is_some());
        let units = rows.map(|row| row.candidate.unit).filter(|unit| own.as_ref() != Some(unit));
        // Who did not take it, or could not, comes after all others.
        let (asked, new): (Vec<String>, Vec<String>) = units.partition(|unit| did_not_come(&of, unit));
        new.into_iter().chain(asked).take(UNITS).collect::<Vec<_>>()
    });
    let Ok(units) = work.await else {
        tracing::error!(incident = incident.id, "units could not be ranked");
        return;
    };
    if units.is_empty() {
        return;
    }
    let command = Command::Incident { id: incident.id.clone(), order: Order::Propose { units } };
    let work = Work { src: "rule", ..Work::of_house("rule", format!("timer:propose:{seq}"), command, &incident.id) };
    match app.command(work).await {
        Ok(_) | Err(NotDone::Refused(_) | NotDone::Mismatch) => {}
        Err(error) => tracing::warn!(?error, incident = incident.id, "units could not be proposed"),
    }
}

/// Whether the unit had an order to the incident that lapsed, or that it declined.
fn did_not_come(incident: &Incident, unit: &str) -> bool {
    let over = |state| matches!(state, State::Expired | State::Declined);
    incident.assignments.iter().any(|a| a.to.unit() == Some(unit) && over(a.state))
}

/// The house sees the whole city.
fn house() -> Caller {
    Caller {
        user: "rule".to_owned(),
        roles: vec![Role::Lead],
        scope: Scope::new(["*"]).unwrap_or_default(),
        unit: None,
        org: None,
        purpose: None,
        session: String::new(),
        expires_ms: i64::MAX,
        client: None,
    }
}
