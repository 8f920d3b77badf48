//! What people reported, published for heat: read from the store, told in threes, laid out for windows.

use std::sync::Arc;
use std::time::Duration;

use dispatch::IncidentKind;
use moka::future::Cache;
use sha2::{Digest, Sha256};
use spatial::heat::{Case, Past, Publication, publish};

use crate::app::clock::now_ms;
use crate::app::coverage::Report;
use crate::app::{App, hex};
use crate::http::problem::{Code, Problem};

/// How far back heat reaches: incidents are kept three years.
const DAYS: i64 = 3 * 366;
const DAY_MS: i64 = 86_400_000;
/// What was read is read again after so long, for what was imported into the past meanwhile.
const FRESH: Duration = Duration::from_hours(1);

/// What was published.
pub(super) struct HeatPast {
    /// For windows of days.
    pub(super) sums: Past,
    /// Stands for the whole: the same on every server that read the same.
    pub(super) digest: String,
    /// How much of what was reported is told, percent; none when nothing was reported.
    pub(super) told_percent: Option<u8>,
}

/// One publication a day: that of the day that was over last. The one before goes when it is an hour old.
pub(super) fn cache() -> Cache<i32, Arc<HeatPast>> {
    Cache::builder().max_capacity(2).time_to_live(FRESH).build()
}

impl App {
    /// What was reported up to and with yesterday by the city's clock, read at most an hour ago. Read once, however many
    /// ask meanwhile; they wait for it.
    pub(super) async fn heat_past(&self) -> Result<Arc<HeatPast>, Problem> {
        let yesterday = self.day(now_ms()) - 1;
        self.heats.past.try_get_with(yesterday, self.read_heat_past(yesterday)).await.map_err(|error| {
            tracing::error!(%error, "the past could not be read for heat");
            Problem::new(Code::Unavailable, "the past could not be read")
        })
    }

    /// The day of a moment by the city's clock, counted from 1970-01-01.
    pub fn day(&self, at_ms: i64) -> i32 {
        let local_ms = at_ms.saturating_add(i64::from(self.hours.offset_min(at_ms)) * 60_000);
        i32::try_from(local_ms.div_euclid(DAY_MS)).unwrap_or(i32::MAX)
    }

    async fn read_heat_past(&self, last: i32) -> Result<Arc<HeatPast>, store::Error> {
        let now = now_ms();
        let still = self.world.still();
        let mut cases = Vec::new();
        let mut add = |report: Report| {
            let kind = IncidentKind::ALL.iter().position(|known| *known == report.kind);
            let kind = kind.and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
            let division = report.division.or_else(|| still.division(report.position));
            cases.push(Case::new(report.position, self.day(report.at_ms), kind, division));
        };
        self.each_past(now - DAYS * DAY_MS, now, &mut add).await?;
        self.ops.desk().incidents().filter_map(|incident| Report::of_desk(incident)).for_each(add);
        let laying = tokio::task::spawn_blocking(move || Arc::new(HeatPast::of(&publish(cases, last))));
        Ok(laying.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())))
    }
}

impl HeatPast {
    fn of(publication: &Publication) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{:?}", publication.days));
        for run in &publication.runs {
            let (lon, lat) = run.square.centre();
            hash.update(run.division.to_be_bytes());
            hash.update([run.kind]);
            hash.update(lon.to_bits().to_be_bytes());
            hash.update(lat.to_bits().to_be_bytes());
            hash.update(run.square.edge_m().to_bits().to_be_bytes());
            for number in [run.first, run.last] {
                hash.update(number.to_be_bytes());
            }
            hash.update(run.n.to_be_bytes());
        }
        let told = publication.published();
        let all = told + publication.waiting + publication.left_out;
        let told_percent = (told * 100).checked_div(all).and_then(|percent| u8::try_from(percent).ok());
        let digest = hex(hash.finalize().iter().copied().take(8));
        Self { sums: Past::of(publication), digest, told_percent }
    }
}
