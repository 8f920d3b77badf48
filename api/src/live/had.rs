//! What a viewer that comes back has: the incidents that were in its sight at the last event that it saw.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dispatch::Incident;

use crate::app::ops::Since;
use crate::app::{App, Still};
use crate::auth::Caller;

/// The incidents in sight when `seq` was the newest event, as far as events since then are kept. Judged by the rights of now, so
/// that nobody hears of what he could not see; an incident that has had no event since is as it was.
pub(super) fn had(app: &App, caller: &Caller, seq: u64, still: &Still) -> HashSet<String> {
    // The desk first: the news are then never older than it.
    let desk = app.ops.desk();
    let news = if let Since::News(news) = app.ops.since(seq) { news } else { Vec::new() };
    let mut then: HashMap<&str, Option<&Arc<Incident>>> = HashMap::new();
    for one in &news {
        if let Some(incident) = &one.incident {
            then.entry(&incident.id).or_insert(one.before.as_ref());
        }
    }
    let quiet = desk.incidents().filter(|incident| !then.contains_key(incident.id.as_str()));
    let quiet = quiet.filter(|incident| !incident.phase().is_terminal());
    let seen = quiet.chain(then.values().filter_map(|before| *before));
    seen.filter(|incident| app.view(caller, incident, still).is_some()).map(|incident| incident.id.clone()).collect()
}
