//! Coverage and differences in words: English first, Chinese second.

use super::change::Difference;
use super::now::{Coverage, LIMITS_S};

/// A share with one decimal, cut and not rounded: 99.96 % is not 100 %. Of nothing it is 0.
pub fn percent(part: u64, total: u64) -> String {
    let permille = u128::from(part) * 1_000 / u128::from(total.max(1));
    format!("{}.{} %", permille / 10, permille % 10)
}

impl Coverage {
    /// One sentence: English, Chinese.
    pub fn words(&self) -> (String, String) {
        let (units, total) = (self.units, self.total);
        if total == 0 {
            return (
                "nothing was reported, so there is nothing to cover".to_owned(),
                "近期无报警，无需求可覆盖".to_owned(),
            );
        }
        let share = |limit: usize| percent(self.covered[limit], total);
        let minutes = LIMITS_S.map(|seconds| seconds / 60);
        let en = format!(
            "{units} units reach {} of {total} reported incidents within {} minutes, {} within {}, {} within {}",
            share(0),
            minutes[0],
            share(1),
            minutes[1],
            share(2),
            minutes[2]
        );
        let zh = format!(
            "{units}个力量{}分钟可达{total}起报警的{}，{}分钟可达{}，{}分钟可达{}",
            minutes[0],
            share(0),
            minutes[1],
            share(1),
            minutes[2],
            share(2)
        );
        (en, zh)
    }
}

impl Difference {
    /// One sentence for each limit that changes, and one for the place that changes most: English, Chinese.
    pub fn words(&self) -> Vec<(String, String)> {
        let mut sentences = Vec::new();
        let total = self.before.total;
        for (limit, seconds) in LIMITS_S.into_iter().enumerate() {
            let (gained, lost, minutes) = (self.gained[limit], self.lost[limit], seconds / 60);
            if gained == 0 && lost == 0 {
                continue;
            }
            let (before, after) =
                (percent(self.before.covered[limit], total), percent(self.after.covered[limit], total));
            sentences.push((
                format!("within {minutes} minutes {after} instead of {before}: {gained} gained, {lost} lost"),
                format!("{minutes}分钟覆盖率由{before}变为{after}：增加{gained}起，减少{lost}起"),
            ));
        }
        if sentences.is_empty() {
            sentences.push(("nothing changes within 8 minutes".to_owned(), "8分钟内覆盖不变".to_owned()));
        }
        let worst = self.places.iter().find(|place| place.after[1] < place.before[1]);
        if let Some(place) = worst {
            let (name, lost) = (&place.name, place.before[1] - place.after[1]);
            sentences.push((
                format!("{name} loses most: {lost} of {} no longer within 5 minutes", place.total),
                format!("{name}影响最大：{}起中{lost}起不再5分钟可达", place.total),
            ));
        }
        if !self.ignored.is_empty() {
            let names = self.ignored.join(", ");
            sentences.push((format!("changes nothing: {names}"), format!("无效的变更：{names}")));
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use spatial::Position;

    use super::*;
    use crate::coverage::{Change, coverage, what_if};
    use crate::demand::{Call, Demand};
    use crate::times::Times;

    #[test]
    fn a_difference_is_said_in_both_languages() {
        let position = Position::new(120.65, 28.0).unwrap();
        let call = |point, weight| Call { point, hour: 5, place: point, weight };
        let names = vec!["Nanpu".to_owned(), "Wuma".to_owned()];
        let demand = Demand::of(vec![position; 2], vec![call(0, 3), call(1, 1)], names);
        let mut times = Times::new();
        times.push("car 1", [(0, 290), (1, 500)]);
        assert_eq!(
            coverage(&demand, &times).words(),
            (
                "1 units reach 0.0 % of 4 reported incidents within 3 minutes, 75.0 % within 5, 75.0 % within 8"
                    .to_owned(),
                "1个力量3分钟可达4起报警的0.0 %，5分钟可达75.0 %，8分钟可达75.0 %".to_owned()
            )
        );
        let moved = Change::Moved { unit: "car 1".to_owned(), reach: vec![(0, 310), (1, 100)] };
        let ghost = Change::Removed { unit: "car 9".to_owned() };
        let said = what_if(&demand, &times, &[moved, ghost]).words();
        let en: Vec<&str> = said.iter().map(|(en, _)| en.as_str()).collect();
        assert_eq!(
            en,
            [
                "within 3 minutes 25.0 % instead of 0.0 %: 1 gained, 0 lost",
                "within 5 minutes 25.0 % instead of 75.0 %: 1 gained, 3 lost",
                "within 8 minutes 100.0 % instead of 75.0 %: 1 gained, 0 lost",
                "Nanpu loses most: 3 of 3 no longer within 5 minutes",
                "changes nothing: car 9",
            ]
        );
        assert_eq!(said[3].1, "Nanpu影响最大：3起中3起不再5分钟可达");
        assert_eq!(what_if(&demand, &times, &[]).words()[0].1, "8分钟内覆盖不变");
    }

    #[test]
    fn a_share_is_cut() {
        assert_eq!([percent(9_996, 10_000), percent(0, 0), percent(1, 3)], ["99.9 %", "0.0 %", "33.3 %"]);
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
    }
}
