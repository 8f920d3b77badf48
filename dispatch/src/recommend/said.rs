//! How numbers and names are said in both languages: English first, Chinese second.

use crate::unit::UnitKind;

/// English, Chinese.
pub type Said = (String, String);

pub(crate) fn said(en: impl Into<String>, zh: impl Into<String>) -> Said {
    (en.into(), zh.into())
}

/// Seconds as minutes and seconds; from an hour on as hours and minutes.
pub(crate) fn duration(seconds: u32) -> Said {
    let (hours, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, s) => said(format!("{s} s"), format!("{s}秒")),
        (0, m, 0) => said(format!("{m} min"), format!("{m}分钟")),
        (0, m, s) => said(format!("{m} min {s} s"), format!("{m}分{s}秒")),
        (h, 0, _) => said(format!("{h} h"), format!("{h}小时")),
        (h, m, _) => said(format!("{h} h {m} min"), format!("{h}小时{m}分")),
    }
}

/// Metres; from a kilometre on with one decimal.
pub(crate) fn length(metres: u32) -> Said {
    if metres < 1_000 {
        return said(format!("{metres} m"), format!("{metres}米"));
    }
    let tenths = (u64::from(metres) + 50) / 100;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    said(format!("{whole}.{tenth} km"), format!("{whole}.{tenth}公里"))
}

/// Joins what was said with commas.
pub(crate) fn list(parts: impl IntoIterator<Item = Said>) -> Said {
    let (en, zh): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    (en.join(", "), zh.join("、"))
}

/// A kind of unit, as on the radio.
pub(crate) fn kind(kind: UnitKind) -> Said {
    let (en, zh) = match kind {
        UnitKind::PoliceFoot => ("foot patrol", "步巡"),
        UnitKind::PoliceVehicle => ("police car", "车巡"),
        UnitKind::PoliceMotorcycle => ("police motorcycle", "摩托车"),
        UnitKind::PoliceBoat => ("police boat", "警艇"),
        UnitKind::K9 => ("dog team", "警犬"),
        UnitKind::Drone => ("drone", "无人机"),
        UnitKind::DroneDock => ("drone dock", "无人机机库"),
        UnitKind::RobotDog => ("robot dog", "机器狗"),
        UnitKind::Robot => ("robot", "机器人"),
        UnitKind::UnmannedVehicle => ("unmanned vehicle", "无人巡逻车"),
        UnitKind::SiteGuard => ("site guard", "单位保安"),
        UnitKind::EnterpriseGuard => ("enterprise guard", "企业保安"),
        UnitKind::VolunteerTeam => ("volunteer team", "义警队"),
        UnitKind::VillagePatrolTeam => ("village patrol team", "村社巡逻队"),
        UnitKind::GridMember => ("grid member", "网格员"),
        UnitKind::Mediator => ("mediator", "调解员"),
        UnitKind::PsychService => ("psychological service", "心理服务"),
        UnitKind::FraudDissuasionTeam => ("fraud dissuasion team", "预警劝阻队"),
        UnitKind::RescueTeam => ("rescue team", "救援队"),
        UnitKind::FireTeam => ("fire team", "消防"),
        UnitKind::Ambulance => ("ambulance", "救护车"),
        UnitKind::MarinePatrol => ("marine patrol", "海上巡逻"),
        UnitKind::DepartmentTeam => ("department team", "部门力量"),
        UnitKind::AiVolunteer => ("AI volunteer", "智能义警"),
    };
    said(en, zh)
}

/// The word of a need: those of the proposal have names, those of a city's own plans are said as they are written.
pub(crate) fn need(code: &str) -> Said {
    let (en, zh) = match code {
        "police" => ("police", "警力"),
        "police_driving" => ("mobile police", "机动警力"),
        "fire" => ("fire service", "消防力量"),
        "rescue" => ("rescue", "救援力量"),
        "ambulance" => ("ambulance", "救护车"),
        "eyes" => ("eyes in the air", "空中侦察"),
        "k9" => ("dog team", "警犬"),
        "mediation" => ("mediation", "调解力量"),
        "neighbours" => ("neighbourhood help", "网格与群防力量"),
        "department" => ("department", "部门力量"),
        other => (other, other),
    };
    said(en, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(got: &Said, en: &str, zh: &str) {
        assert_eq!(*got, said(en, zh));
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        check(&duration(0), "0 s", "0秒");
        check(&duration(59), "59 s", "59秒");
        check(&duration(60), "1 min", "1分钟");
        check(&duration(260), "4 min 20 s", "4分20秒");
        check(&duration(3_600), "1 h", "1小时");
        check(&duration(7_380), "2 h 3 min", "2小时3分");
        check(&length(999), "999 m", "999米");
        check(&length(1_000), "1.0 km", "1.0公里");
        check(&length(4_249), "4.2 km", "4.2公里");
        check(&length(u32::MAX), "4294967.3 km", "4294967.3公里");
    }
}
