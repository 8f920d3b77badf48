//! Roles: what a login is for. The rows of the role matrix.

/// A role of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A wall map inside the room: exact.
    WallOps,
    /// A wall map that guests may see: snapped, no cameras.
    WallGuest,
    /// A dispatcher of a county.
    Dispatcher,
    /// The city's duty lead (值班长).
    Lead,
    /// The control room of a police station.
    Station,
    /// A unit in the field.
    Unit,
    /// A patrol planner.
    Planner,
    /// An analyst.
    Analyst,
    /// An auditor: sees who looked, not what they saw.
    Auditor,
    /// Gives and takes logins.
    Secadmin,
    /// Runs the machine, loads data.
    Sysadmin,
    /// A machine that reports positions (AVL gateway) and nothing else.
    Gateway,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 12] = [
        Self::WallOps,
        Self::WallGuest,
        Self::Dispatcher,
        Self::Lead,
        Self::Station,
        Self::Unit,
        Self::Planner,
        Self::Analyst,
        Self::Auditor,
        Self::Secadmin,
        Self::Sysadmin,
        Self::Gateway,
    ];

    /// The word on the wire and in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::WallOps => "wall_ops",
            Self::WallGuest => "wall_guest",
            Self::Dispatcher => "dispatcher",
            Self::Lead => "lead",
            Self::Station => "station",
            Self::Unit => "unit",
            Self::Planner => "planner",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
            Self::Secadmin => "secadmin",
            Self::Sysadmin => "sysadmin",
            Self::Gateway => "gateway",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
