//! Why a command is refused: stable codes, words in both languages, and what the asker needs to do better.

use serde_json::Value;

/// A field that changed under somebody's hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// `priority`, `phase`, `location`, `availability`.
    pub field: String,
    /// On the screen.
    pub old: Value,
    /// Now.
    pub new: Value,
    /// Who changed it.
    pub by: String,
}

/// A unit that somebody else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which unit.
    pub unit: String,
    /// Who ordered it.
    pub by: String,
    /// For which incident; its own when it is in distress, empty when it is not on duty.
    pub incident: String,
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// Why nobody can have it: it is not on duty, or in distress itself.
    pub out: Option<Rule>,
    /// Units that are free instead, nearest first.
    pub alternatives: Vec<String>,
}

impl Taken {
    /// Stable code of why it does not go.
    pub fn code(&self) -> &'static str {
        self.out.map_or("UNIT-TAKEN", Rule::code)
    }
}

/// Something that a person should know before going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// Nobody has heard from the unit for long.
    LostLink,
    /// The unit works in another county.
    OutsideDistrict,
    /// The unit would be taken from another incident.
    Preempts,
}

impl Warning {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::LostLink => "LOST-LINK",
            Self::OutsideDistrict => "OUTSIDE-DISTRICT",
            Self::Preempts => "PREEMPTS",
        }
    }
}

/// Why not.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// There is no such incident, order, unit or timer.
    #[error("there is no {0} {1:?}")]
    Unknown(&'static str, String),
    /// A value is not allowed: which, and why.
    #[error("{0}: {1}")]
    Invalid(&'static str, String),
    /// A part of a document is not allowed: where, as a JSON pointer into it, and why.
    #[error("{0}: {1}")]
    InvalidAt(String, String),
    /// A rule of §4.6 forbids it.
    #[error("{}", .0.words().0)]
    Rule(Rule),
    /// None of the units was free.
    #[error("the unit has been taken")]
    UnitTaken(Vec<Taken>),
    /// What was on the screen is no longer so, in a way that matters.
    #[error("it has changed since you looked")]
    Stale(Vec<Changed>),
    /// Somebody has to say that it is meant.
    #[error("please confirm")]
    Confirm {
        /// What to know.
        warnings: Vec<(String, Warning)>,
        /// To be sent back with the same command.
        token: String,
    },
}

macro_rules! rules {
    ($($variant:ident $code:literal $en:literal $zh:literal;)*) => {
        /// A transition that is not allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is its code, whose words stand in the table")]
        pub enum Rule { $($variant,)* }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// In words: English, Chinese.
            pub fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($en, $zh),)* }
            }
        }
    };
}

rules! {
    AsgClosed "ASG-CLOSED" "the incident has ended; reopen it first" "警情已结束，请先重新开启";
    AsgBack "ASG-BACK" "an order does not go backwards" "派警状态不能回退";
    AsgStep "ASG-STEP" "the order cannot get there from where it stands" "派警当前状态不能执行此操作";
    AsgPlanned "ASG-PLANNED" "the order is planned for later: its unit begins it by setting out while nothing else binds it, a dispatcher by giving it now" "该派警为预派：力量空闲时出发即开始，或由调度员立即派出";
    AsgTerm "ASG-TERM" "the order is over" "该派警已结束";
    AsgSeems "ASG-SEEMS" "by its positions the unit does not seem to be there, or not since then: look again" "位置显示该力量并未到场或到场时间已变，请重新查看";
    UnitOut "UNIT-OUT" "the unit is not on duty" "该力量未在勤";
    UnitDistress "UNIT-DISTRESS" "the unit is in distress itself" "该力量正在求助";
    IncCloseOpen "INC-CLOSE-OPEN" "closing needs feedback and a disposition" "办结前须有反馈和处置结果";
    IncCancelArr "INC-CANCEL-ARR" "somebody was there: close it with a disposition" "已有力量到场，请以处置结果办结";
    IncHoldNoReview "INC-HOLD-NOREVIEW" "putting off needs a time in the future to look again" "缓派须设定将来的复核时间";
    IncHoldOpen "INC-HOLD-OPEN" "units are on it: recall them first" "仍有派出力量，请先撤回";
    IncState "INC-STATE" "the incident is not in a state that allows this" "警情当前状态不允许此操作";
    IncEnded "INC-ENDED" "the incident has ended" "警情已结束";
    IncReopenLate "INC-REOPEN-LATE" "it ended more than 72 hours ago" "办结已超过72小时，不能重新开启";
    ReviewSelf "REVIEW-SELF" "who wrote the feedback does not review it at priority 1 or 2" "一、二级警情反馈人不得自审";
    LeadOnly "LEAD-ONLY" "only the duty lead may do this" "仅值班长可执行此操作";
    DistressSpoken "DISTRESS-SPOKEN" "a distress ends only after somebody spoke with the unit: say with whom" "求助解除须与本人通话确认";
    DistressKept "DISTRESS-KEPT" "a distress keeps its kind and priority, and a point as its place, until somebody spoke with the unit and the lead closed it" "求助在确认解除前不得降级、改类、清除或模糊位置、缓派或转办";
    DutyOpen "DUTY-OPEN" "the unit is bound to an incident" "该力量仍有未结派警";
    TimerOver "TIMER-OVER" "the timer is no longer running" "计时器已结束";
}

impl Refusal {
    /// Stable code, without what the codes of the problem table add.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(..) => "NOT-FOUND",
            Self::Invalid(..) | Self::InvalidAt(..) => "INVALID",
            Self::Rule(rule) => rule.code(),
            Self::UnitTaken(_) => "UNIT-TAKEN",
            Self::Stale(_) => "STALE",
            Self::Confirm { .. } => "CONFIRM",
        }
    }
}
