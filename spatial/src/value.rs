//! A property of a feature: a name and a plain value.

use std::borrow::Cow;

/// A plain value. What is absent has no entry: there is no null.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(_) | Self::Float(_) | Self::Bool(_) => None,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(v) => f.write_str(v),
            Self::Int(v) => v.fmt(f),
            Self::Float(v) => v.fmt(f),
            Self::Bool(v) => v.fmt(f),
        }
    }
}

/// Named values in a fixed order (the order in which they were put).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Properties(Vec<(Cow<'static, str>, Value)>);

impl Properties {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a value; an older one of the same name is replaced in its place.
    pub fn put(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Takes the value of that name out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(n, v)| (n.as_ref(), v))
    }
}

impl IntoIterator for Properties {
    type Item = (Cow<'static, str>, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(Cow<'static, str>, Value)> for Properties {
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, Value)>>(rows: I) -> Self {
        let mut all = Self::new();
        for (name, value) in rows {
            all.put(name, value);
        }
        all
    }
}
