//! docs/dispatch.md shows the code's own tables: state diagram, refusals, times.

use std::fmt::Write;

use dispatch::{Policy, Priority, Rule, State, TimerKind, after};

const DOC: &str = include_str!("../../docs/dispatch.md");

/// What stands between `<!-- name -->` and `<!-- /name -->`.
fn part(name: &str) -> &'static str {
    let (_, rest) = DOC.split_once(&format!("<!-- {name} -->\n")).expect("the part begins");
    rest.split_once(&format!("<!-- /{name} -->")).expect("the part ends").0
}

fn same(name: &str, wanted: &str) {
    assert_eq!(part(name), wanted, "docs/dispatch.md: put this between the marks of {name}:\n{wanted}");
}

#[test]
fn the_diagram_of_orders_is_the_table() {
    let mut diagram = "```mermaid\nstateDiagram-v2\n    [*] --> offered\n    [*] --> planned\n".to_owned();
    for state in State::ALL {
        for next in after(*state) {
            writeln!(diagram, "    {state} --> {next}").unwrap();
        }
        if after(*state).is_empty() {
            writeln!(diagram, "    {state} --> [*]").unwrap();
        }
    }
    diagram.push_str("```\n");
    same("orders", &diagram);
}

#[test]
fn every_refusal_has_its_line() {
    let mut table = "| code | in words | 中文 |\n| --- | --- | --- |\n".to_owned();
    for rule in Rule::ALL {
        let (en, zh) = rule.words();
        writeln!(table, "| `{}` | {en} | {zh} |", rule.code()).unwrap();
    }
    same("refusals", &table);
}

#[test]
fn the_times_are_the_policy() {
    let policy = Policy::default();
    let mut table = "| waited for | P1 | P2 | P3, P4 | told |\n| --- | --- | --- | --- | --- |\n".to_owned();
    // A reminder says its own time.
    for kind in TimerKind::ALL.iter().filter(|kind| **kind != TimerKind::Reminder) {
        let of = |priority: u8| policy.rule(*kind, Priority::new(priority).unwrap(), None).unwrap();
        let times = |priority: u8| format!("{} / {} s", of(priority).warn_ms / 1_000, of(priority).alert_ms / 1_000);
        assert_eq!(times(3), times(4));
        writeln!(table, "| `{kind}` | {} | {} | {} | {} |", times(1), times(2), times(3), of(1).escalate_to).unwrap();
    }
    same("times", &table);
}
