//! Where units are now, from server to server: notices on `onemap_positions`, neither kept nor promised.
//!
//! A notice is a line with the name of its server, then one line a unit, fields separated by tabs. PostgreSQL takes
//! notices shorter than 8,000 bytes.

use std::fmt::Write;
use std::time::Duration;

use spatial::Position;
use spatial::moving::Fix;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use tokio::sync::mpsc;

use crate::error::Doing;
use crate::{Error, Heard, Told};

/// Between two attempts to reach the database.
const PAUSE: Duration = Duration::from_secs(1);
/// Notices that wait for a slow reader. When that is full, the database keeps what comes.
const WAITING: usize = 256;
/// Bytes of a notice: below PostgreSQL's limit.
const LONGEST: usize = 7_900;

/// Writes notices of a server.
pub(super) fn write_notices(server: &str, told: &[Told]) -> Vec<String> {
    let mut notices = Vec::new();
    let mut notice = server.to_owned();
    for one in told {
        let line = line(one);
        if notice.len() + line.len() > LONGEST {
            notices.push(std::mem::replace(&mut notice, server.to_owned()));
        }
        notice.push_str(&line);
    }
    if notice.len() > server.len() {
        notices.push(notice);
    }
    notices
}

/// The unit, the numbers of its reports, then where it is; the last fields are left out when it has not moved.
fn line(Told { unit, fix, made_ms, numbers }: &Told) -> String {
    let mut line = format!("\n{unit}\t");
    // Writing to a text does not fail.
    for (n, number) in numbers.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(line, "{comma}{number:x}");
    }
    let Some(fix) = fix else { return line };
    let _ = write!(line, "\t{}\t{}\t{}", fix.at_ms, fix.position.lon(), fix.position.lat());
    for measure in [fix.accuracy_m, fix.speed_mps, fix.heading_deg] {
        line.push('\t');
        if let Some(measure) = measure {
            let _ = write!(line, "{measure}");
        }
    }
    if let Some((made, came)) = made_ms {
        let _ = write!(line, "\t{made}\t{came}");
    }
    line
}

/// What a notice of another server says; nothing when it is the own one. A line that cannot be read is left out.
fn read_notice(own: &str, notice: &str) -> Vec<Told> {
    let mut lines = notice.split('\n');
    if lines.next().is_none_or(|server| server == own) {
        return Vec::new();
    }
    lines.filter_map(read_line).collect()
}

fn read_line(line: &str) -> Option<Told> {
    let mut fields = line.split('\t');
    let unit = fields.next()?.to_owned();
    let numbers = fields.next()?;
    let numbers = numbers.split_terminator(',').map(|number| u64::from_str_radix(number, 16).ok());
    let numbers = numbers.collect::<Option<Vec<u64>>>()?;
    let fix = match fields.next() {
        Some(at) => Some(read_fix(at, &mut fields)?),
        None => None,
    };
    let mut time = || fields.next()?.parse().ok();
    let made_ms = time().zip(time());
    Some(Told { unit, fix, made_ms, numbers })
}

fn read_fix<'a>(at: &str, fields: &mut impl Iterator<Item = &'a str>) -> Option<Fix> {
    let at_ms = at.parse().ok()?;
    let (lon, lat) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let mut measure = || fields.next().and_then(|text| text.parse().ok());
    let (accuracy_m, speed_mps, heading_deg) = (measure(), measure(), measure());
    let position = Position::new(lon, lat).ok()?;
    Some(Fix { position, at_ms, accuracy_m, speed_mps, heading_deg })
}

/// Listens until nobody reads any more, on a connection of its own; when that breaks, on another one.
pub(super) fn listen(pool: PgPool, own: String) -> mpsc::Receiver<Heard> {
    let (send, receive) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        while !send.is_closed() && !pool.is_closed() {
            if let Err(error) = hear(&pool, &own, &send).await {
                tracing::warn!(%error, "positions of other servers are not heard, trying again");
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
    receive
}

/// Whenever a connection is new, notices may have been missed before.
async fn hear(pool: &PgPool, own: &str, send: &mpsc::Sender<Heard>) -> Result<(), Error> {
    const DOING: &str = "listen to other servers' positions";
    let options = (*pool.connect_options()).clone();
    let single = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let mut listener = PgListener::connect_with(&single.connect_lazy_with(options)).await.doing(DOING)?;
    listener.listen("onemap_positions").await.doing(DOING)?;
    let mut news = Heard::Missed;
    loop {
        if news != Heard::Told(Vec::new()) && send.send(news).await.is_err() {
            return Ok(());
        }
        let notice = tokio::select! {
            notice = listener.try_recv() => notice.doing(DOING)?,
            () = send.closed() => return Ok(()),
        };
        news = notice.map_or(Heard::Missed, |notice| Heard::Told(read_notice(own, notice.payload())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(lon: f64) -> Fix {
        let position = Position::new(lon, 28.012_345_678_9).unwrap();
        Fix { position, at_ms: 1_800_000_000_123, accuracy_m: Some(4.25), speed_mps: None, heading_deg: Some(359.5) }
    }

    #[test]
    fn what_is_told_is_heard_to_the_last_bit() {
        let told = |unit: &str, fix: Option<Fix>, numbers: &[u64]| Told {
            unit: unit.to_owned(),
            made_ms: fix.as_ref().filter(|_| numbers.is_empty()).map(|fix| (fix.at_ms - 75_000, fix.at_ms)),
            fix,
            numbers: numbers.to_vec(),
        };
        let all = vec![
            told("巡1 a|b", Some(fix(120.123_456_789_012)), &[]),
            told("u2", Some(fix(-0.000_000_1)), &[u64::MAX, 0, 7]),
            told("u3", None, &[9]),
        ];
        let notices = write_notices("a", &all);
        assert_eq!(notices.len(), 1);
        assert_eq!(read_notice("b", &notices[0]), all);
        assert!(read_notice("a", &notices[0]).is_empty(), "the own word is no news");
        assert!(write_notices("a", &[]).is_empty());
        assert!(read_notice("b", "a\nnonsense\nu\t\t1\t999\t0\nu\tx").is_empty());
    }

    #[test]
    fn no_notice_is_too_long_for_the_database() {
        let one = |n: i32| Told {
            unit: format!("{n}{}", "浙".repeat(60)),
            fix: Some(fix(f64::from(n) * 0.1)),
            made_ms: Some((1_800_000_000_000, 1_800_000_000_500)),
            numbers: vec![u64::MAX; 64],
        };
        let all: Vec<_> = (0..500).map(one).collect();
        let notices = write_notices("0123456789abcdef", &all);
        assert!(notices.len() > 1 && notices.iter().all(|notice| notice.len() < 8_000));
        let heard: Vec<_> = notices.iter().flat_map(|notice| read_notice("b", notice)).collect();
        assert_eq!(heard, all);
    }
}
