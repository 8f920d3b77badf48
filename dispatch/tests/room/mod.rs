//! A control room on paper: a desk, its log, and people who ask.

#![allow(dead_code, reason = "each test file uses its own part of the room")]

mod record;

use std::collections::BTreeMap;

use dispatch::{
    Actor, Ask, Assign, Basis, Command, Decided, Desk, Event, Incident, IncidentEvent, IncidentKind, IncidentSource,
    Key, Link, Location, LocationState, Order, Priority, Progress, Refusal, Report, Scene, Source, Stamp, Step,
};
pub(crate) use record::unit;
use spatial::Position;

/// The scene of the room: all units report, but for those that are silent.
pub(crate) struct Fresh<'a>(&'a [String]);

impl Scene for Fresh<'_> {
    fn link(&self, unit: &str) -> Link {
        if self.0.iter().any(|silent| silent == unit) { Link::Lost } else { Link::Live }
    }

    fn alternatives(&self, desk: &Desk, _: &Incident, not: &[String]) -> Vec<String> {
        let free = desk.units().filter(|u| u.availability() == dispatch::Availability::Free);
        free.map(|u| u.record.id.clone()).filter(|id| !not.contains(id)).take(3).collect()
    }

    fn key(&self) -> &Key {
        static KEY: Key = Key([7; 32]);
        &KEY
    }
}

#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) desk: Desk,
    pub(crate) log: Vec<(Stamp, Event)>,
    pub(crate) streams: BTreeMap<String, u64>,
    pub(crate) now_ms: i64,
    pub(crate) silent: Vec<String>,
}

pub(crate) const NOON: i64 = 1_795_320_000_000;

impl Room {
    pub(crate) fn new(units: &[&str]) -> Self {
        let (desk, log, streams) = (Desk::default(), Vec::new(), BTreeMap::new());
        let mut room = Self { desk, log, streams, now_ms: NOON, silent: Vec::new() };
        for id in units {
            room.run("system", Command::Record { unit: Box::new(unit(id)), on_duty_ms: None }).expect("a good record");
        }
        room
    }

    pub(crate) fn run(&mut self, who: &str, command: Command) -> Result<Decided, Refusal> {
        self.ask(who, command, Basis::default(), None)
    }

    pub(crate) fn ask(
        &mut self,
        who: &str,
        command: Command,
        basis: Basis,
        confirm: Option<String>,
    ) -> Result<Decided, Refusal> {
        let actor = Actor { id: who.to_owned(), lead: who == "lead", unit: None };
        let ask = Ask { command, actor, basis, confirm, now_ms: self.now_ms };
        let decided = self.desk.decide(&ask, &Fresh(&self.silent))?;
        for event in &decided.events {
            let version = self.streams.entry(event.stream()).or_default();
            *version += 1;
            let stamp = Stamp {
                seq: self.log.len() as u64 + 1,
                stream_version: *version,
                commit_ms: self.now_ms.max(self.desk.commit_ms()),
                actor: who.to_owned(),
            };
            self.desk.evolve(&stamp, event);
            self.log.push((stamp, event.clone()));
        }
        Ok(decided)
    }

    pub(crate) fn report(&mut self, priority: u8) -> String {
        let reported = self.run("seat1", Command::Report(Box::new(report(priority)))).expect("a good report");
        reported.incident.expect("a report makes an incident")
    }

    pub(crate) fn order(&mut self, who: &str, id: &str, order: Order) -> Result<Decided, Refusal> {
        self.run(who, Command::Incident { id: id.to_owned(), order })
    }

    pub(crate) fn assign(&mut self, who: &str, id: &str, units: &[&str]) -> Result<Decided, Refusal> {
        self.order(who, id, Order::Assign(to(units)))
    }

    pub(crate) fn step(&mut self, id: &str, step: Step) -> Result<Decided, Refusal> {
        let reason = (step == Step::Decline).then(|| "flat tyre".to_owned());
        let progress = Progress { step, at_ms: None, src: Source::App, reason };
        self.run("unit", Command::Assignment { id: id.to_owned(), progress })
    }

    /// Time passes, and timers that are due go off, in the order of their times.
    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        loop {
            let due = |desk: &Desk| {
                let due = desk.armed().filter(|(_, t)| t.due_at_ms <= until).map(|(_, t)| (t.due_at_ms, t.id.clone()));
                due.min()
            };
            let Some((at, id)) = due(&self.desk) else { break };
            self.now_ms = self.now_ms.max(at);
            self.run("timer", Command::Fire { timer: id }).expect("an armed timer goes off");
        }
        self.now_ms = until;
    }

    pub(crate) fn incident(&self, id: &str) -> &Incident {
        self.desk.incident(id).expect("the incident is on the desk")
    }

    /// The lead takes units from what they do, and says yes when it is asked twice.
    pub(crate) fn preempt(&mut self, id: &str, units: &[&str]) {
        let assign = Assign { preempt: true, reason: Some("worse".to_owned()), ..to(units) };
        let command = Command::Incident { id: id.to_owned(), order: Order::Assign(assign) };
        let asked = self.run("lead", command.clone());
        let token = if let Err(Refusal::Confirm { token, .. }) = asked { Some(token) } else { None };
        assert!(token.is_some(), "it is asked twice");
        self.ask("lead", command, Basis::default(), token).expect("it was confirmed");
    }

    /// Alerts from that place in the log on.
    pub(crate) fn alerts(&self, since: usize) -> Vec<&str> {
        let mut codes = Vec::new();
        for (_, event) in &self.log[since..] {
            if let Event::Incident { event: IncidentEvent::Alerted { code, .. }, .. } = event {
                codes.push(code.as_str());
            }
        }
        codes
    }

    /// The desk as the log makes it anew.
    pub(crate) fn replayed(&self) -> Desk {
        let mut desk = Desk::default();
        self.log.iter().for_each(|(stamp, event)| desk.evolve(stamp, event));
        desk
    }
}

pub(crate) fn to(units: &[&str]) -> Assign {
    Assign { units: units.iter().map(|&u| u.to_owned()).collect(), ..Assign::default() }
}

pub(crate) fn report(priority: u8) -> Report {
    Report {
        kind: IncidentKind::Help,
        priority: Priority::new(priority).expect("1 to 4"),
        source: IncidentSource::Call110,
        source_ref: None,
        text: "somebody is in the river".to_owned(),
        location: Location::at(
            LocationState::Candidate,
            Position::new(120.65, 28.01).expect("a place in Wenzhou"),
            Some(30.0),
        ),
        callers: vec![],
        occurred_ms: None,
        distress: None,
    }
}
