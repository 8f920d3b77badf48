//! From plan and units to a recommendation.

use std::collections::{BTreeMap, BTreeSet};

use super::blocked::Blocked;
use super::candidate::{Candidate, Way};
use super::plan::{Need, Plan, Plans};
use super::preference::Preference;
use super::rank::Standing;
use super::reason::Reason;
use super::recommendation::{Asked, NeedState, Pick, Recommendation, Row};
use super::shortfall::{Shortfall, because};
use super::slots::{choose, fillable};
use crate::unit::Link;

/// One unit's place in the plan.
#[derive(Clone, Copy)]
struct Place<'a> {
    level: u8,
    need: &'a Need,
}

/// Proposes units for an incident. The order of the candidates does not matter; of two with the same id the first
/// counts. Positions are rounded to a centimetre, so that they come back from the log as they went. Whoever asks decides how many are compared: a unit that is not among them is answered as "not compared".
///
/// ```
/// use dispatch::recommend::{Asked, Plans, recommend};
/// use dispatch::{IncidentKind, Priority};
/// let asked = Asked {
///     incident: "i1".to_owned(),
///     at_ms: 0,
///     kind: IncidentKind::Traffic,
///     priority: Priority::new(3).unwrap(),
///     level: 1,
///     sent: Vec::new(),
/// };
/// let answer = recommend(&Plans::default(), asked, Vec::new());
/// let (en, zh) = answer.shortfall[0].words();
/// assert!(en.starts_with("1 of 1 missing for mobile police: police car, police motorcycle"));
/// assert!(zh.ends_with("搜索范围内没有此类力量"));
/// ```
pub fn recommend(plans: &Plans, asked: Asked, mut candidates: Vec<Candidate>) -> Recommendation {
    candidates.sort_by_cached_key(|candidate| candidate.unit.clone());
    candidates.dedup_by(|later, first| later.unit == first.unit);
    for candidate in &mut candidates {
        candidate.seen.round();
        if let Way::Found(travel) = &mut candidate.way {
            travel.worst_s = travel.worst_s.max(travel.best_s);
        }
    }
    let plan = plans.plan(asked.kind, asked.priority);
    let proposed = Preference::proposed();
    let preference = plans.preference(asked.priority).or(proposed.first());
    let (Some(plan), Some(preference)) = (plan, preference) else { return without_plan(plans, asked, candidates) };

    let (open, needs) = open_places(plan, &asked);
    let mut rows = rows(plan, preference, &open, &asked, candidates);
    let fits: Vec<Vec<usize>> = open.iter().map(|place| fitting(&rows, place)).collect();
    let chosen = choose(&fits);
    let mut needs = needs;
    for (place, unit) in open.iter().zip(&chosen) {
        let Some(row) = unit.and_then(|unit| rows.get_mut(unit)) else { continue };
        row.pick = Some(Pick { level: place.level, need: place.need.code.clone() });
        let state = needs.iter_mut().find(|state| state.level == place.level && state.need == place.need.code);
        if let Some(state) = state {
            state.picked += 1;
        }
    }
    let shortfall = shortfalls(&rows, &open, &chosen);
    for row in &mut rows {
        explain(row, preference, &open, plan.target_s);
    }
    rows.sort_by_cached_key(|row| (row.pick.is_none(), row.rank.is_none(), row.rank));
    let target_s = Some(plan.target_s);
    let (leaves, move_ups) = (Vec::new(), Vec::new());
    Recommendation { asked, plans_version: plans.version, target_s, needs, rows, shortfall, leaves, move_ups }
}

/// Plans that were never checked may have none for the kind: then nobody is proposed, and everybody is shown.
fn without_plan(plans: &Plans, asked: Asked, candidates: Vec<Candidate>) -> Recommendation {
    let row = |candidate: Candidate| Row {
        rank: None,
        pick: None,
        counts_s: None,
        blocked: vec![Blocked::KindNotAsked { kind: candidate.kind }],
        reasons: Vec::new(),
        leaves: None,
        candidate,
    };
    Recommendation {
        asked,
        plans_version: plans.version,
        target_s: None,
        needs: Vec::new(),
        rows: candidates.into_iter().map(row).collect(),
        shortfall: Vec::new(),
        leaves: Vec::new(),
        move_ups: Vec::new(),
    }
}

/// The places that those who were sent leave open, in the order in which they are filled, and how each need stands.
fn open_places<'a>(plan: &'a Plan, asked: &Asked) -> (Vec<Place<'a>>, Vec<NeedState>) {
    let mut places = Vec::new();
    let mut needs = Vec::new();
    for (level, need) in plan.needs(asked.level) {
        places.extend(std::iter::repeat_n(Place { level, need }, usize::from(need.count)));
        needs.push(NeedState { level, need: need.code.clone(), asked: need.count, sent: 0, picked: 0 });
    }
    // What the plan insists on comes first; the sort keeps the order of levels and needs.
    places.sort_by_key(|place| !place.need.mandatory);
    let fits = |place: &Place<'_>| -> Vec<usize> {
        let sent = asked.sent.iter().enumerate();
        sent.filter(|(_, sent)| place.need.fits(sent.kind, &sent.skills)).map(|(n, _)| n).collect()
    };
    let filled = fillable(&places.iter().map(fits).collect::<Vec<_>>());
    let mut open = Vec::new();
    for (place, filled) in places.into_iter().zip(filled) {
        if filled {
            let state = needs.iter_mut().find(|state| state.level == place.level && state.need == place.need.code);
            if let Some(state) = state {
                state.sent += 1;
            }
        } else {
            open.push(place);
        }
    }
    (open, needs)
}

/// A row for each unit, with its rank if it can be sent.
fn rows(
    plan: &Plan,
    preference: &Preference,
    open: &[Place<'_>],
    asked: &Asked,
    candidates: Vec<Candidate>,
) -> Vec<Row> {
    let sent: BTreeSet<&str> = asked.sent.iter().map(|sent| sent.unit.as_str()).collect();
    let mut rows: Vec<(Option<Standing>, Row)> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let mut blocked = candidate.blocked(preference, sent.contains(candidate.unit.as_str()));
        // With every need filled a unit is measured by the whole plan: that it is not needed is no fault of its own.
        let unfit = if open.is_empty() {
            candidate.unfit(plan.needs(asked.level).map(|(_, need)| need))
        } else {
            candidate.unfit(open.iter().map(|place| place.need))
        };
        blocked.extend(unfit);
        let standing = if blocked.is_empty() { Standing::of(&candidate, preference) } else { None };
        let counts_s = standing.as_ref().map(|standing| standing.counts_s);
        let (reasons, leaves) = (Vec::new(), None);
        rows.push((standing, Row { rank: None, pick: None, counts_s, blocked, reasons, leaves, candidate }));
    }
    // Those that can be sent by standing; the others by distance as far as it is known, and else by id, as they came.
    let straight_m = |row: &Row| row.candidate.travel().map_or(u32::MAX, |travel| travel.straight_m);
    rows.sort_by_cached_key(|(standing, row)| (standing.is_none(), standing.clone(), straight_m(row)));
    let numbered = |((standing, mut row), number): ((Option<Standing>, Row), u32)| {
        row.rank = standing.map(|_| number);
        row
    };
    rows.into_iter().zip(1..).map(numbered).collect()
}

/// Rows that can be sent and fit a place, best first.
fn fitting(rows: &[Row], place: &Place<'_>) -> Vec<usize> {
    let fits = |row: &Row| row.rank.is_some() && place.need.fits(row.candidate.kind, &row.candidate.skills);
    rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(n, _)| n).collect()
}

fn shortfalls(rows: &[Row], open: &[Place<'_>], chosen: &[Option<usize>]) -> Vec<Shortfall> {
    let mut missing: BTreeMap<(u8, &str), (&Need, u8)> = BTreeMap::new();
    for (place, unit) in open.iter().zip(chosen) {
        if unit.is_none() {
            missing.entry((place.level, &place.need.code)).or_insert((place.need, 0)).1 += 1;
        }
    }
    let shortfall = |((level, _), (need, missing)): ((u8, &str), (&Need, u8))| Shortfall {
        level,
        need: need.code.clone(),
        kinds: need.kinds.clone(),
        skills: need.skills.clone(),
        mandatory: need.mandatory,
        asked: need.count,
        missing,
        because: because(rows, level, need),
    };
    missing.into_iter().map(shortfall).collect()
}

/// Writes a row's reasons.
fn explain(row: &mut Row, preference: &Preference, open: &[Place<'_>], target_s: u32) {
    let candidate = &row.candidate;
    if let Some(pick) = &row.pick {
        row.reasons.push(Reason::Fills { level: pick.level, need: pick.need.clone() });
        let need = open.iter().find(|place| place.level == pick.level && place.need.code == pick.need);
        if let Some(place) = need.filter(|place| !place.need.skills.is_empty()) {
            row.reasons.push(Reason::Skills { skills: place.need.skills.clone() });
        }
    } else if row.rank.is_some() {
        let fits = |place: &&Place<'_>| place.need.fits(candidate.kind, &candidate.skills);
        let mut needs: Vec<String> = open.iter().filter(fits).map(|place| place.need.code.clone()).collect();
        needs.dedup();
        row.reasons.push(Reason::NotNeeded { needs });
    }
    if let Some(travel) = candidate.travel() {
        row.reasons.extend(travel.reasons(candidate.seen.age_s, target_s));
        row.reasons.extend(preference.circumstances(candidate));
    }
    if candidate.link == Link::Lost {
        row.reasons.push(Reason::LostLink);
    }
}
