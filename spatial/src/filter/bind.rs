//! A filter for one layer: its fields are there, may be seen, and are compared with values of their own kind.

use geo::Geometry;

use super::normal::{Normal, canonical, normal};
use super::tree::{Asked, Literal, Sign, Test, Tree};
use super::{FilterError, parse};
use crate::layer::Layer;
use crate::noun::{FieldSpec, FieldType, Noun};
use crate::value::Value;

/// A filter that was read and checked for one layer.
///
/// ```
/// use spatial::{Layer, filter::Filter};
/// let filter = Filter::read("NOT (kind <> 'ptz' OR range_m<=80)", Layer::Cameras, &["stream"])?;
/// assert_eq!(filter.canonical(), "kind = 'ptz' AND range_m > 80");
/// assert!(Filter::read("stream LIKE 'rtsp%'", Layer::Cameras, &["stream"]).is_err());
/// # Ok::<(), spatial::filter::FilterError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub(super) normal: Normal,
    canonical: String,
}

/// A test of a layer's own fields.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Leaf {
    Field { name: &'static str, test: Test<Value> },
    Meets(Geometry<f64>),
}

impl Filter {
    /// Reads CQL2 text for a layer. A field that is hidden is answered like one that does not exist.
    pub fn read(text: &str, layer: Layer, hidden: &[&str]) -> Result<Self, FilterError> {
        let normal = normal(bound(text, layer, hidden)?);
        let canonical = canonical(&normal);
        Ok(Self { normal, canonical })
    }

    /// One text for all filters that were written in another way and say the same by their form: for keys of caches.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// The tree as it was written, with the fields of the layer.
pub(super) fn bound(text: &str, layer: Layer, hidden: &[&str]) -> Result<Tree<Leaf>, FilterError> {
    let fields: Vec<&'static FieldSpec> =
        Noun::fields(layer).iter().filter(|field| !hidden.contains(&field.name)).collect();
    bind(parse::read(text)?, &fields)
}

fn bind(tree: Tree<Asked>, fields: &[&'static FieldSpec]) -> Result<Tree<Leaf>, FilterError> {
    let all = |parts: Vec<Tree<Asked>>| parts.into_iter().map(|part| bind(part, fields)).collect::<Result<_, _>>();
    Ok(match tree {
        Tree::Always(flag) => Tree::Always(flag),
        Tree::And(parts) => Tree::And(all(parts)?),
        Tree::Or(parts) => Tree::Or(all(parts)?),
        Tree::Not(inner) => Tree::Not(Box::new(bind(*inner, fields)?)),
        Tree::Test(Asked::Meets(area)) => Tree::Test(Leaf::Meets(area)),
        Tree::Test(Asked::Field { name, at, test }) => {
            let Some(field) = fields.iter().find(|field| field.name == name) else {
                let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
                let why = format!("there is no field {name:?} that you may see; there are {}", known.join(", "));
                return Err(FilterError::new(at, why));
            };
            Tree::Test(Leaf::Field { name: field.name, test: typed(test, field, at)? })
        }
    })
}

fn typed(test: Test<Literal>, field: &FieldSpec, at: usize) -> Result<Test<Value>, FilterError> {
    let one = |literal: Literal| value(literal, field, at);
    let ordered = |what: &str| {
        if field.kind == FieldType::Bool {
            let why = format!("{} is TRUE or FALSE: {what} has no meaning for it", field.name);
            return Err(FilterError::new(at, why));
        }
        Ok(())
    };
    Ok(match test {
        Test::Compare(sign, literal) => {
            if !matches!(sign, Sign::Equal | Sign::Unequal) {
                ordered(sign.text())?;
            }
            Test::Compare(sign, one(literal)?)
        }
        Test::In(literals) => Test::In(literals.into_iter().map(one).collect::<Result<_, _>>()?),
        Test::Like(pattern) if field.kind == FieldType::Text => Test::Like(pattern),
        Test::Like(_) => {
            return Err(FilterError::new(at, format!("{} is no text: LIKE has no meaning for it", field.name)));
        }
        Test::Between(low, high) => {
            ordered("BETWEEN")?;
            Test::Between(one(low)?, one(high)?)
        }
        Test::IsNull => Test::IsNull,
    })
}

/// The value as the field has it.
fn value(literal: Literal, field: &FieldSpec, at: usize) -> Result<Value, FilterError> {
    let name = field.name;
    match (field.kind, literal) {
        (FieldType::Text, Literal::Text(text)) => Ok(Value::Text(text)),
        (FieldType::Text, Literal::Day(day)) if is_day(&day) => Ok(Value::Text(day)),
        (FieldType::Text, Literal::Day(day)) => Err(FilterError::new(at, format!("{day:?} is not a day: YYYY-MM-DD"))),
        (FieldType::Int, Literal::Int(number)) => Ok(Value::Int(number)),
        (FieldType::Int | FieldType::Float, Literal::Float(number)) => Ok(Value::Float(number)),
        #[expect(clippy::cast_precision_loss, reason = "a field of floats is compared with the nearest float")]
        (FieldType::Float, Literal::Int(number)) => Ok(Value::Float(number as f64)),
        (FieldType::Bool, Literal::Bool(flag)) => Ok(Value::Bool(flag)),
        (_, Literal::Moment) => Err(FilterError::new(at, "no field holds a moment; DATE('YYYY-MM-DD') is a day")),
        (FieldType::Text, _) => {
            Err(FilterError::new(at, format!("{name} is a text: its value stands in single quotes")))
        }
        (FieldType::Int | FieldType::Float, _) => {
            Err(FilterError::new(at, format!("{name} is a number, without quotes")))
        }
        (FieldType::Bool, _) => Err(FilterError::new(at, format!("{name} is TRUE or FALSE"))),
    }
}

fn is_day(text: &str) -> bool {
    let signs = text.as_bytes();
    let fits = |(n, byte): (usize, &u8)| if n == 4 || n == 7 { *byte == b'-' } else { byte.is_ascii_digit() };
    signs.len() == 10 && signs.iter().enumerate().all(fits)
}
