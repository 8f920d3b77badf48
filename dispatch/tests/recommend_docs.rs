//! docs/recommend.md shows the plans that hold.

use std::fmt::Write;

use dispatch::recommend::{Level, Plans};
use dispatch::{IncidentKind, Priority};

const DOC: &str = include_str!("../../docs/recommend.md");

fn level(level: &Level) -> String {
    let need = |need: &dispatch::recommend::Need| {
        let said = format!("{} {}", need.count, need.code);
        if need.mandatory { said } else { format!("({said})") }
    };
    let needs: Vec<String> = level.needs.iter().map(need).collect();
    if needs.is_empty() { "nobody".to_owned() } else { needs.join(", ") }
}

#[test]
fn the_table_of_plans_is_what_holds() {
    let plans = Plans::default();
    let mut table = "| incident | priority | first there within | level 1 | level 2 adds | level 3 adds |\n".to_owned();
    table.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for kind in IncidentKind::ALL {
        for priority in (1..=4).filter_map(Priority::new) {
            let plan = plans.plan(*kind, priority).unwrap();
            let said = |n: usize| plan.levels.get(n).map(level).unwrap_or_default();
            let (number, minutes) = (priority.number(), plan.target_s / 60);
            writeln!(table, "| {kind} | {number} | {minutes} min | {} | {} | {} |", said(0), said(1), said(2)).unwrap();
        }
    }
    let (_, rest) = DOC.split_once("<!-- plans -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- /plans -->").unwrap();
    assert_eq!(shown, table, "docs/recommend.md: put this between the marks of plans:\n{table}");
}
