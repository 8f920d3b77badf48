//! A filter as it was read, not yet bound to a layer.

use geo::Geometry;

use super::like::Pattern;

/// True, false, or neither where a field is absent.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree<L> {
    /// Always the same.
    Always(bool),
    /// All of them.
    And(Vec<Tree<L>>),
    /// One of them.
    Or(Vec<Tree<L>>),
    /// The other way round.
    Not(Box<Tree<L>>),
    /// One test.
    Test(L),
}

/// A test as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// Of one field.
    Field {
        /// Its name.
        name: String,
        /// Where it stands, from 1.
        at: usize,
        /// What is asked of it.
        test: Test<Literal>,
    },
    /// Whether the geometry meets an area, in degrees.
    Meets(Geometry<f64>),
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test<V> {
    Compare(Sign, V),
    In(Vec<V>),
    Like(Pattern),
    Between(V, V),
    IsNull,
}

/// How a field compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Equal,
    Unequal,
    Less,
    Greater,
    AtMost,
    AtLeast,
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// `DATE('2026-01-31')`.
    Day(String),
    /// `TIMESTAMP('…')`.
    Moment,
}

impl Sign {
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equal,
            "<>" => Self::Unequal,
            "<" => Self::Less,
            ">" => Self::Greater,
            "<=" => Self::AtMost,
            ">=" => Self::AtLeast,
            _ => return None,
        })
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "<>",
            Self::Less => "<",
            Self::Greater => ">",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }

    /// `5 < a` is `a > 5`.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Equal | Self::Unequal => self,
            Self::Less => Self::Greater,
            Self::Greater => Self::Less,
            Self::AtMost => Self::AtLeast,
            Self::AtLeast => Self::AtMost,
        }
    }

    /// What holds exactly where this does not, of two values that are there.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::Greater => Self::AtMost,
            Self::AtMost => Self::Greater,
            Self::AtLeast => Self::Less,
        }
    }

    pub(super) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::Greater => order.is_gt(),
            Self::AtMost => order.is_le(),
            Self::AtLeast => order.is_ge(),
        }
    }
}
