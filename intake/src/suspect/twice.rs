//! Codes that should stand for one thing and are in a file twice.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use spatial::codes::{DeviceId, Uscc};
use spatial::{Feature, Noun};

use super::{Suspect, Suspicion};

/// Codes that are remembered, each as eight bytes; later ones are compared with these only.
const REMEMBERED: usize = 1_000_000;
/// Rows that a suspicion names.
const NAMED: usize = 3;

/// Watches the codes of the rows that were taken.
#[derive(Debug, Default)]
pub(super) struct Twice {
    seen: HashSet<u64>,
    field: &'static str,
    rows: u64,
    named: Vec<String>,
}

impl Twice {
    /// A row that was taken.
    pub(super) fn see(&mut self, feature: &Feature) {
        let (field, code) = if let Noun::Camera(camera) = &feature.noun {
            ("device_id", camera.device_id.as_ref().map(DeviceId::as_str))
        } else if let Noun::Enterprise(enterprise) = &feature.noun {
            ("uscc", enterprise.uscc.as_ref().map(Uscc::as_str))
        } else if let Noun::Grid(grid) = &feature.noun {
            ("code", Some(grid.code.as_str()))
        } else {
            return;
        };
        let Some(code) = code else { return };
        self.field = field;
        let mut hash = DefaultHasher::new();
        code.hash(&mut hash);
        let hash = hash.finish();
        if self.seen.contains(&hash) {
            self.rows += 1;
            if self.named.len() < NAMED {
                // The row, not its code: who imports may not be one who sees the codes of cameras.
                self.named.push(spatial::shown(&feature.key.source_id));
            }
        } else if self.seen.len() < REMEMBERED {
            self.seen.insert(hash);
        }
    }

    pub(super) fn suspicion(&self) -> Option<Suspicion> {
        let Self { rows, field, named, .. } = self;
        #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
        let evidence = [("rows", *rows as f64)];
        let words = format!(
            "{rows} rows have a {field} that an earlier row of the file has (first {}): one thing twice, or a code that was copied",
            named.join(", ")
        );
        (*rows > 0).then(|| Suspicion::new(Suspect::SameCode, words, evidence))
    }
}

#[cfg(test)]
mod tests {
    use spatial::{FeatureKey, Layer, Properties, Value};

    use super::*;

    fn camera(id: &str, device: &str) -> Feature {
        let text = |text: &str| Value::Text(text.to_owned());
        let properties: Properties =
            [("kind".into(), text("dome")), ("device_id".into(), text(device))].into_iter().collect();
        let key = FeatureKey::new(Layer::Cameras, "t", id).unwrap();
        Feature::new(key, geo::Point::new(120.6, 28.0).into(), properties).unwrap()
    }

    #[test]
    fn two_grids_of_one_code_are_told() {
        let mut twice = Twice::default();
        for id in ["a", "b"] {
            let key = FeatureKey::new(Layer::Grids, "t", id).unwrap();
            let properties: Properties =
                [("code".into(), Value::Text("33030200604401".to_owned()))].into_iter().collect();
            let square = geo::Rect::new((120.6, 28.0), (120.61, 28.01)).to_polygon();
            twice.see(&Feature::new(key, square.into(), properties).unwrap());
        }
        assert!((twice.suspicion().unwrap().evidence["rows"] - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_code_of_two_rows_is_told_and_not_refused() {
        let mut twice = Twice::default();
        for (id, device) in [("a", "33030200001320000002"), ("b", "33030200001320000003")] {
            twice.see(&camera(id, device));
        }
        assert_eq!(twice.suspicion(), None);
        twice.see(&camera("c", "33030200001320000002"));
        let found = twice.suspicion().unwrap();
        assert_eq!((found.code.word(), found.evidence["rows"]), ("same_code", 1.0));
        assert!(found.words.contains("device_id") && found.words.contains("(first c)"), "{}", found.words);
        assert!(!found.words.contains("33030200001320000002"), "who imports may not see the codes of cameras");
    }
}
