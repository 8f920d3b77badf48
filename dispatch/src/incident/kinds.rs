//! What an incident (警情、事件) is called and where it came from.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Kind of incident: the working top level of the call categories.
    IncidentKind {
        /// 刑事.
        Criminal = "criminal",
        /// 治安.
        PublicOrder = "public_order",
        /// 道路交通.
        Traffic = "traffic",
        /// 火灾、治安灾害事故.
        FireDisaster = "fire_disaster",
        /// 群众求助.
        Help = "help",
        /// 纠纷.
        Dispute = "dispute",
        /// 举报投诉.
        ReportComplaint = "report_complaint",
        /// 咨询.
        Consult = "consult",
        /// 非警务.
        NonPolice = "non_police",
        /// 无效.
        Invalid = "invalid",
        /// Not yet known.
        Unknown = "unknown",
    }
}

words! {
    /// Who or what reported it first.
    IncidentSource {
        /// 110.
        Call110 = "call_110",
        /// 119.
        Call119 = "call_119",
        /// 120.
        Call120 = "call_120",
        /// 122.
        Call122 = "call_122",
        /// 12345.
        Hotline12345 = "hotline_12345",
        /// 一键报警.
        OneKeyAlarm = "one_key_alarm",
        /// 智能摄像机.
        AiCamera = "ai_camera",
        /// 物联传感.
        IotSensor = "iot_sensor",
        /// 安检.
        Screening = "screening",
        /// 网格上报.
        GridReport = "grid_report",
        /// 巡逻发现.
        PatrolReport = "patrol_report",
        /// 义警发现.
        VolunteerReport = "volunteer_report",
        /// 企业吹哨.
        EnterpriseWhistle = "enterprise_whistle",
        /// 部门移交.
        DepartmentTransfer = "department_transfer",
        /// 船载终端.
        VesselTerminal = "vessel_terminal",
        /// 车载终端.
        VehicleTerminal = "vehicle_terminal",
        /// 无人机发现.
        DroneReport = "drone_report",
        /// 手工录入.
        Manual = "manual",
    }
}

words! {
    /// Whether somebody called, somebody on patrol found it, or a device said so. Planning reads `reported` only: what
    /// patrols find follows where patrols go (rule R-ORIGIN).
    Origin {
        /// Calls, hotline, buttons, whistles.
        Reported = "reported",
        /// Patrols, grid members, volunteers, drones.
        Discovered = "discovered",
        /// Cameras, sensors, terminals.
        Sensor = "sensor",
    }
}

impl IncidentSource {
    /// What the source says about how the incident came to be known.
    pub fn origin(self) -> Origin {
        match self {
            Self::Call110
            | Self::Call119
            | Self::Call120
            | Self::Call122
            | Self::Hotline12345
            | Self::OneKeyAlarm
            | Self::EnterpriseWhistle
            | Self::DepartmentTransfer
            | Self::Manual => Origin::Reported,
            Self::GridReport | Self::PatrolReport | Self::VolunteerReport | Self::DroneReport | Self::Screening => {
                Origin::Discovered
            }
            Self::AiCamera | Self::IotSensor | Self::VesselTerminal | Self::VehicleTerminal => Origin::Sensor,
        }
    }
}

/// Priority 1 (life in danger) to 4 (information).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    /// Checks 1 to 4.
    pub fn new(number: u8) -> Option<Self> {
        (1..=4).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// One step more urgent, if there is one.
    pub fn raised(self) -> Option<Self> {
        Self::new(self.0 - 1)
    }
}

impl TryFrom<u8> for Priority {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::new(number).ok_or_else(|| format!("a priority is 1 to 4, not {number}"))
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}
