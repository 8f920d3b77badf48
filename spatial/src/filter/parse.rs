//! From words to a tree: `OR` binds weakest, then `AND`, then `NOT`.

use super::like::Pattern;
use super::tokens::{Token, Word};
use super::tree::{Asked, Literal, Sign, Test, Tree};
use super::{DEEPEST, FilterError, MOST_TESTS, MOST_VALUES, area, tokens};

/// Reads a filter.
pub(super) fn read(text: &str) -> Result<Tree<Asked>, FilterError> {
    let tokens = tokens::read(text)?;
    let end = text.chars().count() + 1;
    let mut reader = Reader { tokens: &tokens, next: 0, end, tests: 0, points: 0 };
    let tree = reader.any(0)?;
    match reader.peek() {
        None => Ok(tree),
        Some(token) => Err(FilterError::new(token.at, "the filter should have ended here; AND or OR is missing")),
    }
}

/// Where the reading is.
pub(super) struct Reader<'a> {
    tokens: &'a [Token],
    next: usize,
    /// One past the last sign.
    end: usize,
    tests: usize,
    pub(super) points: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self, depth: usize) -> Result<Tree<Asked>, FilterError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::Or(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Tree<Asked>, FilterError> {
        let mut parts = vec![self.one(depth)?];
        while self.takes("and") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::And(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Tree<Asked>, FilterError> {
        let mut negated = false;
        while self.takes("not") {
            negated = !negated;
        }
        let tree = if self.takes_sign("(") {
            if depth >= DEEPEST {
                return Err(FilterError::new(self.at(), format!("brackets go at most {DEEPEST} deep")));
            }
            let inner = self.any(depth + 1)?;
            self.must_be(")")?;
            inner
        } else {
            self.test()?
        };
        Ok(if negated { Tree::Not(Box::new(tree)) } else { tree })
    }

    fn test(&mut self) -> Result<Tree<Asked>, FilterError> {
        self.tests += 1;
        if self.tests > MOST_TESTS {
            return Err(FilterError::new(self.at(), format!("a filter has at most {MOST_TESTS} tests")));
        }
        let at = self.at();
        if self.is_name("s_intersects") {
            return self.meets();
        }
        if let Some(value) = self.literal()? {
            let Some(sign) = self.sign() else {
                let always = |value| if let Literal::Bool(flag) = value { Some(Tree::Always(flag)) } else { None };
                return always(value).ok_or_else(|| {
                    FilterError::new(self.at(), "a value is compared with a field by =, <>, <, >, <= or >=")
                });
            };
            let at = self.at();
            let name = self.name()?;
            return Ok(Tree::Test(Asked::Field { name, at, test: Test::Compare(sign.turned(), value) }));
        }
        let name = self.name()?;
        if let Some(sign) = self.sign() {
            let value = self.value()?;
            return Ok(Tree::Test(Asked::Field { name, at, test: Test::Compare(sign, value) }));
        }
        if self.takes("is") {
            let negated = self.takes("not");
            self.must_be_word("null")?;
            return Ok(turned(Tree::Test(Asked::Field { name, at, test: Test::IsNull }), negated));
        }
        let negated = self.takes("not");
        let test = if self.takes("in") {
            Test::In(self.values()?)
        } else if self.takes("like") {
            Test::Like(Pattern::of(&self.text()?))
        } else if self.takes("between") {
            let low = self.value()?;
            self.must_be_word("and")?;
            Test::Between(low, self.value()?)
        } else {
            return Err(FilterError::new(
                self.at(),
                "after a field comes =, <>, <, >, <=, >=, IN, LIKE, BETWEEN or IS NULL",
            ));
        };
        Ok(turned(Tree::Test(Asked::Field { name, at, test }), negated))
    }

    /// `S_INTERSECTS(geometry, area)`, either way round.
    fn meets(&mut self) -> Result<Tree<Asked>, FilterError> {
        self.next += 1;
        self.must_be("(")?;
        let first = self.is_name("geometry");
        if first {
            self.next += 1;
            self.must_be(",")?;
        }
        let area = area::read(self)?;
        if !first {
            self.must_be(",")?;
            self.must_be_word("geometry")?;
        }
        self.must_be(")")?;
        Ok(Tree::Test(Asked::Meets(area)))
    }

    fn values(&mut self) -> Result<Vec<Literal>, FilterError> {
        self.must_be("(")?;
        let mut values = vec![self.value()?];
        while self.takes_sign(",") {
            if values.len() == MOST_VALUES {
                return Err(FilterError::new(self.at(), format!("a list has at most {MOST_VALUES} values")));
            }
            values.push(self.value()?);
        }
        self.must_be(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Literal, FilterError> {
        if self.is_name("null") {
            return Err(FilterError::new(self.at(), "nothing is equal to NULL: ask IS NULL"));
        }
        let at = self.at();
        self.literal()?
            .ok_or_else(|| FilterError::new(at, "here comes a value: a text in single quotes, a number, TRUE or FALSE"))
    }

    fn literal(&mut self) -> Result<Option<Literal>, FilterError> {
        let Some(token) = self.peek() else { return Ok(None) };
        let value = match &token.word {
            Word::Text(text) => Literal::Text(text.clone()),
            Word::Int(number) => Literal::Int(*number),
            Word::Float(number) => Literal::Float(*number),
            Word::Name(name) if name.eq_ignore_ascii_case("true") => Literal::Bool(true),
            Word::Name(name) if name.eq_ignore_ascii_case("false") => Literal::Bool(false),
            Word::Name(name) if self.opens(1) && name.eq_ignore_ascii_case("date") => {
                return self.moment(Literal::Day).map(Some);
            }
            Word::Name(name) if self.opens(1) && name.eq_ignore_ascii_case("timestamp") => {
                return self.moment(|_| Literal::Moment).map(Some);
            }
            Word::Name(_) | Word::Quoted(_) | Word::Sign(_) => return Ok(None),
        };
        self.next += 1;
        Ok(Some(value))
    }

    fn moment(&mut self, of: impl Fn(String) -> Literal) -> Result<Literal, FilterError> {
        self.next += 1;
        self.must_be("(")?;
        let text = self.text()?;
        self.must_be(")")?;
        Ok(of(text))
    }

    fn text(&mut self) -> Result<String, FilterError> {
        match self.peek().map(|token| &token.word) {
            Some(Word::Text(text)) => {
                self.next += 1;
                Ok(text.clone())
            }
            _ => Err(FilterError::new(self.at(), "here comes a text in single quotes")),
        }
    }

    fn name(&mut self) -> Result<String, FilterError> {
        let name = match self.peek().map(|token| &token.word) {
            Some(Word::Name(name)) if self.opens(1) => {
                return Err(FilterError::new(self.at(), format!("there is no function {name} here")));
            }
            Some(Word::Name(name) | Word::Quoted(name)) => name.clone(),
            _ => return Err(FilterError::new(self.at(), "here comes the name of a field")),
        };
        self.next += 1;
        Ok(name)
    }

    fn sign(&mut self) -> Option<Sign> {
        let sign = match &self.peek()?.word {
            Word::Sign(sign) => Sign::of(sign)?,
            Word::Name(_) | Word::Quoted(_) | Word::Text(_) | Word::Int(_) | Word::Float(_) => return None,
        };
        self.next += 1;
        Some(sign)
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    /// Whether a bracket opens so many words on.
    fn opens(&self, ahead: usize) -> bool {
        self.tokens.get(self.next + ahead).is_some_and(|token| token.word == Word::Sign("("))
    }

    pub(super) fn at(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.peek().map(|token| &token.word), Some(Word::Name(here)) if here.eq_ignore_ascii_case(name))
    }

    pub(super) fn takes(&mut self, keyword: &str) -> bool {
        let here = self.is_name(keyword);
        self.next += usize::from(here);
        here
    }

    pub(super) fn takes_sign(&mut self, sign: &'static str) -> bool {
        let here = self.peek().is_some_and(|token| token.word == Word::Sign(sign));
        self.next += usize::from(here);
        here
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let number = match self.peek()?.word {
            #[expect(clippy::cast_precision_loss, reason = "degrees: what is too large is refused after")]
            Word::Int(number) => number as f64,
            Word::Float(number) => number,
            Word::Name(_) | Word::Quoted(_) | Word::Text(_) | Word::Sign(_) => return None,
        };
        self.next += 1;
        Some(number)
    }

    pub(super) fn must_be(&mut self, sign: &'static str) -> Result<(), FilterError> {
        if self.takes_sign(sign) { Ok(()) } else { Err(FilterError::new(self.at(), format!("{sign} is missing"))) }
    }

    fn must_be_word(&mut self, keyword: &str) -> Result<(), FilterError> {
        if self.takes(keyword) { Ok(()) } else { Err(FilterError::new(self.at(), format!("{keyword} is missing"))) }
    }
}

fn turned(tree: Tree<Asked>, negated: bool) -> Tree<Asked> {
    if negated { Tree::Not(Box::new(tree)) } else { tree }
}
