//! Services that stand ready: of a police car that goes, only other police are asked whether they still reach the calls
//! that asked for police.

use super::plan::Plans;
use crate::incident::{IncidentKind, Priority};
use crate::unit::UnitKind;
use crate::words::words;

words! {
    /// Units that stand in for each other.
    Service {
        /// Cars, motorcycles, foot patrols.
        Police = "police",
        /// Fire service and rescue.
        Fire = "fire",
        /// Ambulances.
        Ambulance = "ambulance",
    }
}

impl Service {
    /// The service of a kind of unit; none for kinds whose readiness is not reckoned.
    pub fn of(kind: UnitKind) -> Option<Self> {
        use UnitKind::{Ambulance, FireTeam, PoliceFoot, PoliceMotorcycle, PoliceVehicle, RescueTeam};
        match kind {
            PoliceVehicle | PoliceMotorcycle | PoliceFoot => Some(Self::Police),
            FireTeam | RescueTeam => Some(Self::Fire),
            Ambulance => Some(Self::Ambulance),
            UnitKind::PoliceBoat
            | UnitKind::K9
            | UnitKind::Drone
            | UnitKind::DroneDock
            | UnitKind::RobotDog
            | UnitKind::Robot
            | UnitKind::UnmannedVehicle
            | UnitKind::SiteGuard
            | UnitKind::EnterpriseGuard
            | UnitKind::VolunteerTeam
            | UnitKind::VillagePatrolTeam
            | UnitKind::GridMember
            | UnitKind::Mediator
            | UnitKind::PsychService
            | UnitKind::FraudDissuasionTeam
            | UnitKind::MarinePatrol
            | UnitKind::DepartmentTeam
            | UnitKind::AiVolunteer => None,
        }
    }

    /// Whether a call asks for it: whether the first level of its response plan insists on a unit of the service.
    pub fn asked(self, plans: &Plans, kind: IncidentKind, priority: Priority) -> bool {
        let needs = plans.plan(kind, priority).into_iter().flat_map(|plan| plan.needs(1));
        let own = |kind: &UnitKind| Self::of(*kind) == Some(self);
        needs.filter(|(_, need)| need.mandatory).any(|(_, need)| need.kinds.iter().any(own))
    }

    /// In words: English, Chinese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Police => ("police", "警力"),
            Self::Fire => ("fire service", "消防救援"),
            Self::Ambulance => ("ambulance", "急救"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: IncidentKind, priority: u8, asked: &[Service]) {
        let priority = Priority::new(priority).unwrap();
        let all = Service::ALL.iter().copied();
        let got: Vec<Service> = all.filter(|service| service.asked(&Plans::default(), kind, priority)).collect();
        assert_eq!(got, asked, "{kind} {priority:?}");
    }

    #[test]
    fn a_call_asks_for_what_its_plan_insists_on() {
        check(IncidentKind::FireDisaster, 1, &[Service::Police, Service::Fire, Service::Ambulance]);
        // Police is only wished for.
        check(IncidentKind::FireDisaster, 2, &[Service::Fire]);
        check(IncidentKind::Traffic, 3, &[Service::Police]);
        check(IncidentKind::Help, 1, &[Service::Police, Service::Ambulance]);
        check(IncidentKind::Consult, 3, &[]);
    }
}
