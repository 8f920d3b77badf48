//! Units and their fixes, as a client sends them.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::client::Client;

/// The time now, RFC 3339.
pub fn now() -> String {
    written(OffsetDateTime::now_utc())
}

/// The time that long ago.
pub fn ago(time: Duration) -> String {
    written(OffsetDateTime::now_utc() - time)
}

/// The time in that long.
pub fn ahead(time: Duration) -> String {
    written(OffsetDateTime::now_utc() + time)
}

fn written(time: OffsetDateTime) -> String {
    // Milliseconds are what the wire keeps: a finer time would not compare equal when it comes back.
    let time = time.replace_millisecond(time.millisecond()).expect("a millisecond of a time is one");
    time.format(&Rfc3339).expect("a time of today can be written")
}

/// One fix.
pub fn fix(unit: &str, (lon, lat): (f64, f64), at: &str) -> Value {
    json!({"unit": unit, "lon": lon, "lat": lat, "at": at, "accuracy_m": 5.0})
}

/// Makes a patrol on duty in Lucheng since an hour ago, which no simulation moves.
pub fn put_unit(editor: &Client, id: &str) {
    let unit = json!({
        "id": id, "kind": "police_vehicle", "call_sign": id, "org": "e2e", "division": "330302", "skills": [],
        "duty": "on_duty", "on_duty_since": ago(Duration::from_hours(1)), "contact": {"channel": "radio"},
    });
    editor.put(&format!("/api/v1/units/{id}"), &unit).ok();
}
