//! Search: from what somebody says, types or half remembers to a place on the map.
//!
//! Names, codes, addresses, crossings, kilometres, bridges with their carriageways; in characters, in pinyin, in initials,
//! by sound and with slips. The index lies beside the still layers and holds no text that they hold: two words of marks for
//! each different name, a dictionary of streets with sorted house numbers, streets as groups of ways (docs/search.md).
//!
//! ```
//! use spatial::search::{Asked, Eyes, SearchIndex};
//! # use spatial::{Layer, codes::Division};
//! # struct All;
//! # impl Eyes for All {
//! #     fn layer(&self, _: Layer) -> bool { true }
//! #     fn field(&self, _: Layer, _: &str) -> bool { true }
//! #     fn row(&self, _: Layer, _: Option<Division>) -> bool { true }
//! #     fn own(&self, _: Option<Division>) -> bool { true }
//! #     fn go_on(&self) -> bool { true }
//! # }
//! let nothing = SearchIndex::default();
//! let asked = Asked { text: "人民路解放路口", near: None, most: 10 };
//! assert!(nothing.find(&asked, &All, &[]).hits.is_empty());
//! ```

mod areas;
mod bearing;
mod best;
mod codes;
mod doors;
mod find;
mod hit;
mod index;
mod letters;
mod marks;
mod names;
mod pattern;
mod posts;
mod refused;
mod score;
mod sound;
mod spoken;
mod streets;
mod text;
mod ways;
mod words;

#[cfg(test)]
mod tests;

pub use bearing::Bearing;
pub use hit::{Answer, Asked, Eyes, Hit, Kind, Other};
pub use index::SearchIndex;
pub use refused::refused;
pub use score::Match;
