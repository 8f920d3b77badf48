//! The plans that hold until the city sets its own: one row a kind of incident and priority.

use super::plan::{Level, Need, Plan, Plans};
use super::preference::Preference;
use crate::incident::{IncidentKind, Priority};
use crate::unit::UnitKind;

/// Word of a need, how many, whether mandatory.
type Wanted = (&'static str, u8, bool);
/// Kinds, priorities, target in seconds, levels.
type Line<'a> = (&'a [IncidentKind], &'a [u8], u32, &'a [&'a [Wanted]]);

const MUST: bool = true;
const WISH: bool = false;

/// Which kinds of unit a word stands for.
fn kinds(code: &str) -> &'static [UnitKind] {
    use UnitKind as U;
    match code {
        "police" => &[U::PoliceVehicle, U::PoliceMotorcycle, U::PoliceFoot],
        "police_driving" => &[U::PoliceVehicle, U::PoliceMotorcycle],
        "fire" => &[U::FireTeam],
        "rescue" => &[U::RescueTeam, U::FireTeam],
        "ambulance" => &[U::Ambulance],
        "eyes" => &[U::Drone, U::DroneDock],
        "k9" => &[U::K9],
        "mediation" => &[U::Mediator, U::GridMember],
        "neighbours" => &[U::GridMember, U::VillagePatrolTeam, U::VolunteerTeam, U::PoliceFoot, U::PoliceVehicle],
        _ => &[U::DepartmentTeam, U::GridMember],
    }
}

impl Default for Plans {
    fn default() -> Self {
        use IncidentKind as K;
        let (urban, suburban) = (300, 600);
        let rows: [Line<'_>; 21] = [
            (
                &[K::Criminal],
                &[1],
                urban,
                &[&[("police", 2, MUST)], &[("police", 2, MUST), ("k9", 1, WISH), ("eyes", 1, WISH)]],
            ),
            (&[K::Criminal], &[2], urban, &[&[("police", 1, MUST)], &[("police", 1, MUST)]]),
            (&[K::Criminal], &[3, 4], suburban, &[&[("police", 1, MUST)]]),
            (&[K::PublicOrder], &[1], urban, &[&[("police", 2, MUST)], &[("police", 2, MUST), ("eyes", 1, WISH)]]),
            (&[K::PublicOrder], &[2], urban, &[&[("police", 1, MUST)], &[("police", 1, MUST)]]),
            (&[K::PublicOrder], &[3, 4], suburban, &[&[("police", 1, MUST)]]),
            (
                &[K::Traffic],
                &[1],
                urban,
                &[&[("police_driving", 1, MUST), ("ambulance", 1, MUST)], &[("police", 1, MUST), ("rescue", 1, MUST)]],
            ),
            (&[K::Traffic], &[2], urban, &[&[("police_driving", 1, MUST)], &[("ambulance", 1, MUST)]]),
            (&[K::Traffic], &[3, 4], suburban, &[&[("police_driving", 1, MUST)]]),
            (
                &[K::FireDisaster],
                &[1],
                urban,
                &[
                    &[("fire", 2, MUST), ("ambulance", 1, MUST), ("police", 1, MUST)],
                    &[("fire", 2, MUST), ("police", 1, MUST), ("eyes", 1, WISH)],
                    &[("fire", 3, MUST), ("ambulance", 1, MUST)],
                ],
            ),
            (
                &[K::FireDisaster],
                &[2],
                urban,
                &[&[("fire", 1, MUST), ("police", 1, WISH)], &[("fire", 1, MUST), ("ambulance", 1, MUST)]],
            ),
            (&[K::FireDisaster], &[3, 4], suburban, &[&[("fire", 1, MUST)]]),
            (&[K::Help], &[1], urban, &[&[("police", 1, MUST), ("ambulance", 1, MUST)], &[("rescue", 1, MUST)]]),
            (&[K::Help], &[2], urban, &[&[("police", 1, MUST)], &[("ambulance", 1, WISH)]]),
            (&[K::Help], &[3, 4], suburban, &[&[("neighbours", 1, MUST)]]),
            (&[K::Dispute], &[1, 2], urban, &[&[("police", 1, MUST), ("mediation", 1, WISH)], &[("police", 1, MUST)]]),
            (&[K::Dispute], &[3, 4], suburban, &[&[("mediation", 1, MUST)]]),
            // Who is the first to hear of it keeps it until it is clear whose it is.
            (&[K::NonPolice], &[1, 2], suburban, &[&[("police", 1, MUST), ("department", 1, WISH)]]),
            (&[K::NonPolice, K::ReportComplaint], &[1, 2, 3, 4], suburban, &[&[("department", 1, MUST)]]),
            (&[K::Unknown], &[1, 2, 3, 4], urban, &[&[("police", 1, MUST)], &[("police", 1, MUST)]]),
            (&[K::Consult, K::Invalid], &[1, 2, 3, 4], suburban, &[&[]]),
        ];
        Self { version: 1, plans: rows.iter().map(plan).collect(), preferences: Preference::proposed() }
    }
}

fn plan(&(of, priorities, target_s, levels): &Line<'_>) -> Plan {
    let need = |&(code, count, mandatory): &Wanted| Need {
        code: code.to_owned(),
        kinds: kinds(code).to_vec(),
        skills: Vec::new(),
        count,
        mandatory,
    };
    let level = |(needs, level): (&&[Wanted], u8)| Level { level, needs: needs.iter().map(need).collect() };
    Plan {
        kinds: of.to_vec(),
        priorities: priorities.iter().filter_map(|n| Priority::new(*n)).collect(),
        target_s,
        levels: levels.iter().zip(1..).map(level).collect(),
    }
}
