//! No feasible unit dominates the one that is picked: 100,000 seeded instances, each looked at whole. And short stories.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod instance;

use std::collections::BTreeSet;

use dispatch::recommend::{
    Asked, Blocked, Candidate, Cover, FreeUnit, Need, Plans, Recommendation, Row, Sent, Service, Unreachable, Way,
    WhyNot, dominates, recommend,
};
use dispatch::{Availability, IncidentKind, Priority, UnitKind};
use instance::{Seeded, asked, candidate, instance};

const INSTANCES: u64 = 100_000;

/// The need that a row was picked for.
fn need<'a>(plans: &'a Plans, answer: &Recommendation, row: &Row) -> &'a Need {
    let pick = row.pick.as_ref().unwrap();
    let plan = plans.plan(answer.asked.kind, answer.asked.priority).unwrap();
    plan.needs(answer.asked.level).find(|(level, need)| *level == pick.level && need.code == pick.need).unwrap().1
}

/// Whether the unit can be sent, by the rules as they are written down and not by what the answer says.
fn feasible(plans: &Plans, asked: &Asked, candidate: &Candidate) -> bool {
    let oldest = plans.preference(asked.priority).unwrap().oldest_fix_s;
    matches!(candidate.availability, Availability::Free | Availability::Soft)
        && candidate.seen.position.is_some()
        && candidate.seen.age_s.is_none_or(|age| age <= oldest)
        && candidate.travel().is_some()
        && asked.sent.iter().all(|sent| sent.unit != candidate.unit)
}

/// Everything that must hold for one answer. Answers how many pairs were compared for dominance.
fn check(plans: &Plans, answer: &Recommendation, candidates: &[Candidate]) -> usize {
    let asked = &answer.asked;
    let plan = plans.plan(asked.kind, asked.priority).unwrap();
    let picked: BTreeSet<&str> = answer.picks().map(|row| row.candidate.unit.as_str()).collect();
    assert_eq!(picked.len(), answer.picks().count(), "a unit is picked once");
    let mut compared = 0;
    for row in answer.picks() {
        let need = need(plans, answer, row);
        assert!(feasible(plans, asked, &row.candidate) && need.fits(row.candidate.kind, &row.candidate.skills));
        for other in candidates.iter().filter(|other| feasible(plans, asked, other)) {
            if need.fits(other.kind, &other.skills) && !picked.contains(other.unit.as_str()) {
                compared += 1;
                assert!(!dominates(other, &row.candidate), "{other:?} dominates {row:?}");
            }
        }
    }
    // Places are asked for, filled by those sent, filled by those picked, or named as missing.
    for state in &answer.needs {
        let short = answer.shortfall.iter().find(|s| s.level == state.level && s.need == state.need);
        let missing = short.map_or(0, |short| short.missing);
        assert_eq!(state.asked, state.sent + state.picked + missing, "{state:?}");
        if missing > 0 {
            let need = plan.needs(asked.level).find(|(l, n)| *l == state.level && n.code == state.need).unwrap().1;
            let idle = |c: &&Candidate| {
                feasible(plans, asked, c) && need.fits(c.kind, &c.skills) && !picked.contains(c.unit.as_str())
            };
            assert!(candidates.iter().find(idle).is_none(), "missing, and somebody idle could fill it");
        }
    }
    // Every unit can be asked about, and the answer fits.
    for candidate in candidates {
        let why = answer.why_not(plans, &candidate.unit);
        let (en, zh) = why.words();
        assert!(!en.is_empty() && !zh.is_empty());
        match why {
            WhyNot::Proposed { .. } => assert!(picked.contains(candidate.unit.as_str())),
            WhyNot::Blocked { blocked } => {
                let unfit = matches!(blocked[0], Blocked::KindNotAsked { .. } | Blocked::SkillMissing { .. });
                assert!(unfit || !feasible(plans, asked, candidate), "{blocked:?}");
            }
            WhyNot::Behind { counts_s, before } => {
                assert!(before.iter().all(|before| before.counts_s <= counts_s), "{before:?} before {counts_s}");
            }
            WhyNot::Filled => assert!(answer.picks().all(|row| {
                let need = need(plans, answer, row);
                !need.fits(candidate.kind, &candidate.skills)
            })),
            WhyNot::NotCompared | WhyNot::NotKnown => panic!("{} was compared", candidate.unit),
        }
    }
    compared
}

/// The default, where each plan wants somebody with a skill as well, of kinds that other needs ask for too.
fn skilled() -> Plans {
    let mut plans = Plans::default();
    for plan in &mut plans.plans {
        let kinds = vec![UnitKind::PoliceVehicle, UnitKind::PoliceFoot, UnitKind::FireTeam, UnitKind::GridMember];
        let skills = vec!["water_rescue".to_owned()];
        plan.levels[0].needs.push(Need { code: "swimmer".to_owned(), kinds, skills, count: 1, mandatory: true });
    }
    assert_eq!(plans.check(0), Ok(()));
    plans
}

#[test]
fn nobody_dominates_who_is_picked() {
    let (plain, skilled) = (Plans::default(), skilled());
    let (mut compared, mut picked, mut short, mut kept) = (0, 0, 0, 0);
    for seed in 0..INSTANCES {
        let plans = if seed % 2 == 0 { &plain } else { &skilled };
        let (asked, candidates) = instance(seed);
        let answer = recommend(plans, asked, candidates.clone());
        compared += check(plans, &answer, &candidates);
        picked += answer.picks().count();
        short += answer.shortfall.len();
        let ranks: Vec<u32> = answer.picks().filter_map(|row| row.rank).collect();
        kept += usize::from(ranks.iter().max().is_some_and(|last| *last as usize > ranks.len()));
    }
    println!(
        "{INSTANCES} instances: {picked} picks, {compared} pairs compared, {short} needs short, {kept} not simply the first"
    );
    assert!(compared > 200_000 && picked > 80_000 && short > 10_000 && kept > 1_000, "too easy");
}

/// The check can fail.
#[test]
#[should_panic(expected = "dominates")]
fn a_pick_that_is_dominated_is_caught() {
    let plans = Plans::default();
    for seed in 0..1_000 {
        let (asked, candidates) = instance(seed);
        let mut answer = recommend(&plans, asked, candidates.clone());
        // Gives the first place to the last unit that fits it and is worse in every way.
        let Some(first) = answer.rows.iter().position(|row| row.pick.is_some()) else { continue };
        let wanted = need(&plans, &answer, &answer.rows[first]).clone();
        let fits = |row: &Row| row.rank.is_some() && wanted.fits(row.candidate.kind, &row.candidate.skills);
        let best = answer.rows[first].candidate.clone();
        let worse = |row: &Row| row.pick.is_none() && fits(row) && dominates(&best, &row.candidate);
        let last = answer.rows.iter().rposition(worse);
        if let Some(last) = last {
            answer.rows[last].pick = answer.rows[first].pick.take();
            check(&plans, &answer, &candidates);
        }
    }
}

#[test]
fn the_order_of_candidates_changes_nothing_and_the_answer_survives_storage() {
    let plans = Plans::default();
    for seed in 0..500 {
        let (asked, mut candidates) = instance(seed);
        let answer = recommend(&plans, asked.clone(), candidates.clone());
        candidates.reverse();
        assert_eq!(answer, recommend(&plans, asked, candidates));
        let stored: Recommendation = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
        assert_eq!(stored, answer);
        assert_eq!(stored.digest().unwrap(), answer.digest().unwrap());
        // Made again from what was stored: the same.
        let inputs = stored.rows.iter().map(|row| row.candidate.clone()).collect();
        assert_eq!(recommend(&plans, stored.asked.clone(), inputs), answer);
    }
}

fn three(plans: &Plans, priority: u8, candidates: Vec<Candidate>) -> Recommendation {
    let mut asked = asked(IncidentKind::Traffic);
    asked.priority = Priority::new(priority).unwrap();
    recommend(plans, asked, candidates)
}

#[test]
fn the_unit_across_the_closed_bridge_is_not_first() {
    let plans = Plans::default();
    // 400 m away in a straight line, 6 km by road now that the bridge is closed.
    let across = candidate("across", UnitKind::PoliceVehicle, [600, 640], [6_000, 400]);
    let same_side = candidate("same side", UnitKind::PoliceVehicle, [200, 220], [1_800, 1_500]);
    let answer = three(&plans, 3, vec![across.clone(), same_side.clone()]);
    assert_eq!(answer.rows[0].candidate.unit, "same side");
    let words: Vec<_> = answer.rows[1].reasons.iter().map(dispatch::recommend::Reason::words).collect();
    assert!(
        words.contains(&("400 m away but 6.0 km by road".to_owned(), "直线400米，道路6.0公里".to_owned())),
        "{words:?}"
    );
    let why = answer.why_not(&plans, "across").words();
    assert_eq!(why.0, "same side counts as 3 min 40 s, it as 10 min 40 s");
    assert_eq!(why.1, "same side按3分40秒计，该力量按10分40秒计");

    let mut cut_off = across;
    cut_off.way = Way::Not(Unreachable::Closed);
    let answer = three(&plans, 3, vec![cut_off, same_side]);
    assert_eq!(answer.why_not(&plans, "across").words().0, "every way leads through a closed road");
    assert_eq!(answer.why_not(&plans, "nobody").words().1, "未参与比较：距离过远");
}

#[test]
fn circumstances_count_but_not_where_life_is_in_danger() {
    let plans = Plans::default();
    let mut busy = candidate("busy", UnitKind::PoliceVehicle, [200, 200], [2_000, 1_800]);
    busy.orders = 4;
    let rested = candidate("rested", UnitKind::PoliceVehicle, [260, 260], [2_600, 2_400]);
    let first = |priority| three(&plans, priority, vec![busy.clone(), rested.clone()]).rows[0].candidate.unit.clone();
    assert_eq!([first(1), first(3)], ["busy", "rested"]);
}

#[test]
fn a_higher_level_asks_only_for_what_it_adds() {
    let plans = Plans::default();
    let car = |name: &str, s| candidate(name, UnitKind::PoliceVehicle, [s, s], [s * 10, s * 8]);
    let mut asked = asked(IncidentKind::Criminal);
    asked.priority = Priority::new(1).unwrap();
    let units = vec![car("a", 100), car("b", 150), car("c", 200), car("d", 250), car("e", 300)];
    let picks = |asked: &Asked| -> Vec<String> {
        recommend(&plans, asked.clone(), units.clone()).picks().map(|row| row.candidate.unit.clone()).collect()
    };
    assert_eq!(picks(&asked), ["a", "b"]);
    asked.level = 2;
    let sent = |unit: &str| Sent { unit: unit.to_owned(), kind: UnitKind::PoliceVehicle, skills: Vec::new() };
    asked.sent = vec![sent("a"), sent("b")];
    assert_eq!(picks(&asked), ["c", "d"]);
    let answer = recommend(&plans, asked, units.clone());
    let short: Vec<_> = answer.shortfall.iter().map(|short| short.words().0).collect();
    let none = "there is none within reach of the search";
    assert_eq!(
        short,
        [
            format!("1 of 1 missing for eyes in the air: drone, drone dock — {none}"),
            format!("1 of 1 missing for dog team: dog team — {none}")
        ]
    );
}

#[test]
fn a_shortfall_says_why_each_unit_does_not_help() {
    let plans = Plans::default();
    let car = |name: &str| candidate(name, UnitKind::PoliceVehicle, [100, 100], [900, 800]);
    let (mut out, mut old, mut never, mut cut) = (car("out"), car("old"), car("never"), car("cut"));
    out.availability = Availability::Out;
    old.seen.age_s = Some(45 * 60);
    never.seen.position = None;
    cut.way = Way::Not(Unreachable::NoWay);
    let (mut bound, mut offered) = (car("bound"), car("offered"));
    bound.availability = Availability::Committed;
    bound.bound_to = Some("i7".to_owned());
    offered.availability = Availability::Reserved;
    let answer = three(&plans, 3, vec![out, old, never, cut, bound, offered]);
    assert_eq!(
        answer.shortfall[0].words(),
        (
            "1 of 1 missing for mobile police: police car, police motorcycle — 1 on other incidents, 1 offered to other \
             incidents, 1 not on duty, 1 with a position that is too old, 1 that never reported a position, 1 with no way to \
             the incident"
                .to_owned(),
            "“机动警力”需1个(车巡、摩托车)，缺1个：1个正在处置其他警情、1个已被派往其他警情、1个未在勤、1个位置过旧、1个从未上报位置、1个无法到达"
                .to_owned()
        )
    );
    let why = |unit: &str| answer.why_not(&plans, unit).words().0;
    assert_eq!(why("old"), "its position is 45 min old, more than 30 min");
    assert_eq!(why("never"), "it never reported a position and has no post");
    assert_eq!(why("bound"), "it is on i7");
}

#[test]
fn a_kind_that_needs_nobody_proposes_nobody() {
    let plans = Plans::default();
    let mut asked = asked(IncidentKind::Consult);
    asked.level = 3;
    let answer = recommend(&plans, asked, vec![candidate("a", UnitKind::PoliceFoot, [60, 60], [80, 80])]);
    assert!(answer.picks().next().is_none() && answer.shortfall.is_empty() && answer.needs.is_empty());
    assert_eq!(answer.why_not(&plans, "a").words().1, "预案不需要步巡");
}

/// A plan that was never checked, and a unit that nobody has heard from.
#[test]
fn what_is_odd_is_said() {
    let empty = Plans { plans: Vec::new(), ..Plans::default() };
    let answer = three(&empty, 1, vec![candidate("a", UnitKind::PoliceVehicle, [60, 60], [600, 500])]);
    assert!(answer.picks().next().is_none() && answer.target_s.is_none());
    assert_eq!(answer.why_not(&empty, "a").words().0, "the plan asks for no police car");

    let mut silent = candidate("a", UnitKind::PoliceVehicle, [60, 700], [600, 500]);
    silent.link = dispatch::Link::Lost;
    silent.seen.age_s = None;
    let answer = three(&Plans::default(), 3, vec![silent.clone(), silent]);
    assert_eq!(answer.rows.len(), 1, "a unit that is handed in twice counts once");
    let zh: Vec<String> = answer.rows[0].reasons.iter().map(|reason| reason.words().1).collect();
    let expect = [
        "满足1级预案“机动警力”",
        "1分钟至11分40秒到场",
        "超出10分钟目标1分40秒",
        "从未上报位置，按驻点估算",
        "本辖区",
        "失联，指令可能无法送达",
    ];
    assert_eq!(zh, expect);
}

#[test]
fn taking_the_last_unit_shows_what_it_leaves() {
    let near = candidate("near", UnitKind::PoliceVehicle, [100, 100], [900, 800]);
    let other = candidate("other", UnitKind::PoliceVehicle, [160, 160], [1_500, 1_200]);
    let free = |unit: &str, reached: &[(u32, u32)]| FreeUnit { unit: unit.to_owned(), reached: reached.to_vec() };
    let units = [free("near", &[(0, 90), (1, 200)]), free("other", &[(1, 250)])];
    let weights = [61_000, 2_000];
    let (police, fire) =
        (Cover::new(Service::Police, &weights, &units, 300), Cover::new(Service::Fire, &weights, &units, 300));
    let name = |leaves: dispatch::recommend::Leaves| leaves.named(|_| vec![("Nanpu", 61_000)]);
    let answer = three(&Plans::default(), 2, vec![near, other]);
    let answer = answer.with_leaves(&police, 5, name).with_leaves(&fire, 5, name);
    let lost = |row: &Row| row.leaves.as_ref().unwrap().lost();
    // 60 s sooner, and it leaves 61,000 calls without anybody within five minutes.
    assert_eq!(answer.rows.iter().map(lost).collect::<Vec<_>>(), [61_000, 0]);
    assert!(answer.leaves.len() == 1, "no fire engine is proposed: {:?}", answer.leaves);
    assert_eq!((answer.leaves[0].service, answer.leaves[0].places[0].name.as_str()), (Service::Police, "Nanpu"));
    let stored: Recommendation = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert_eq!(stored, answer);
}

#[test]
fn seeds_make_different_instances() {
    assert_ne!(instance(1).1, instance(2).1);
    assert_ne!(Seeded(1).below(1_000_000), Seeded(2).below(1_000_000));
}
