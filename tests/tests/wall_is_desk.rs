//! What a screen shows is what the server says it should show: the checksum, made anew from what was told and nothing else.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{CENTRE, Live, REPORTER, Server, command, fix, id, now, progress, put_unit};

const SOON: Duration = Duration::from_secs(15);

/// A screen: incidents by id and units by number, from messages alone.
#[derive(Default)]
struct Screen {
    incidents: BTreeMap<String, Value>,
}

impl Screen {
    fn take(&mut self, message: &Value) {
        match message["t"].as_str() {
            Some("snapshot") => {
                self.incidents.clear();
                for incident in message["incidents"].as_array().into_iter().flatten() {
                    self.incidents.insert(incident["id"].as_str().unwrap().to_owned(), incident.clone());
                }
            }
            Some("event") => {
                let (id, incident) = (message["id"].as_str().unwrap().to_owned(), &message["incident"]);
                let ended = ["closed", "cancelled", "merged"].contains(&incident["phase"].as_str().unwrap_or_default());
                if incident.is_null() || ended {
                    self.incidents.remove(&id);
                } else {
                    self.incidents.insert(id, incident.clone());
                }
            }
            _ => {}
        }
    }

    /// As docs/wire.md says it.
    fn checksum(&self, live: &Live) -> (String, usize, usize) {
        let mut lines = String::new();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for (id, incident) in &self.incidents {
            let (version, phase, priority) = (&incident["version"], text(&incident["phase"]), &incident["priority"]);
            writeln!(lines, "incident {id} {version} {phase} {priority}").unwrap();
            for order in incident["assignments"].as_array().into_iter().flatten() {
                writeln!(lines, "assignment {} {} {}", text(&order["id"]), text(&order["state"]), order["version"])
                    .unwrap();
            }
        }
        let units: BTreeMap<String, &Value> = live.units.values().map(|unit| (text(&unit["id"]), unit)).collect();
        for (id, unit) in &units {
            writeln!(lines, "unit {id} {} {}", text(&unit["availability"]), unit["epoch"]).unwrap();
        }
        let sum = Sha256::digest(lines.as_bytes()).iter().fold(String::new(), |mut sum, byte| {
            write!(sum, "{byte:02x}").unwrap();
            sum
        });
        (sum, self.incidents.len(), units.len())
    }
}

#[test]
fn a_screen_can_prove_that_it_shows_what_it_should() {
    let server = Server::demo();
    for user in ["dispatcher", "lead", "wall", "station", "wall_guest"] {
        let (client, seat, reporter) = (server.login(user), server.login("dispatcher"), server.login(REPORTER));
        let mut live = Live::hello(&server, &client, None);
        let mut screen = Screen::default();
        screen.take(&live.snapshot());
        // A call, a unit, an order, a move, an end, while it watches.
        let unit = format!("sum-{user}");
        put_unit(&reporter, &unit);
        reporter.post("/api/v1/positions", &json!([fix(&unit, CENTRE, &now())])).ok();
        let call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
        let (first, second) =
            (id(&seat.post("/api/v1/incidents", &call).ok()), id(&seat.post("/api/v1/incidents", &call).ok()));
        let ordered = command(&seat, &first, json!({"type": "assign", "unit": unit})).ok();
        progress(&seat, ordered["assigned"][0].as_str().unwrap(), "accept").ok();
        reporter.post("/api/v1/positions", &json!([fix(&unit, (CENTRE.0 + 0.0002, CENTRE.1), &now())])).ok();
        command(&seat, &second, json!({"type": "cancel", "reason": "nothing"})).ok();
        let said = live.until("a checksum", SOON, |live, message| {
            screen.take(message);
            let said = (message["t"] == "checksum").then(|| message.clone())?;
            Some((said, screen.checksum(live)))
        });
        let (said, (sum, incidents, units)) = said;
        assert_eq!(
            (said["incidents"].as_u64(), said["units"].as_u64()),
            (Some(incidents as u64), Some(units as u64)),
            "{user}"
        );
        assert_eq!(said["sha256"], sum, "{user}: {incidents} incidents, {units} units");
        assert!(incidents >= 1 && (user == "wall_guest" || units >= 1), "{user}: nothing is proved");
    }
}
