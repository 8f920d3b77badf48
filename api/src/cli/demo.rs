//! `onemap demo`: the seeded city, served, with logins to try and units that drive.

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{ArgMatches, Args};
use fixtures::drive::Traffic;
use fixtures::{Date, Plan, Scale};
use sha2::{Digest, Sha256};
use spatial::Layer;
use store::{NewUser, Store};

use super::city;
use super::config::Settings;
use super::place::{Opened, Place};
use super::serve::{Knobs, heading, limits, listen, load_units, run};
use super::{logs, say};
use crate::app::{App, Report, now_ms, people, read_all, rfc3339, stopped};
use crate::auth::{Caller, Role, Scope};

/// Make (or reuse) the seeded city, load it and serve it, with demo logins.
#[derive(Args, Debug)]
pub(super) struct Demo {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    knobs: Knobs,
    #[command(flatten)]
    plan: PlanArgs,
    /// Nothing moves and nothing comes in; units keep a heartbeat in place
    #[arg(long, env = "ONEMAP_STILL")]
    still: bool,
}

/// Which city.
#[derive(Args, Debug, Clone)]
pub(super) struct PlanArgs {
    /// How big: small, tenth (of a city), city (ten million people), stress (two cities)
    #[arg(long, env = "ONEMAP_SCALE", default_value = "small")]
    scale: String,
    /// Where chance starts from
    #[arg(long, env = "ONEMAP_SEED", default_value_t = 1)]
    seed: u64,
    /// The day whose first moment in Wenzhou is "now" for the history, YYYY-MM-DD [default: today]
    #[arg(long, env = "ONEMAP_ANCHOR")]
    anchor: Option<String>,
}

impl PlanArgs {
    /// The plan; the day that `now_ms` is in Wenzhou (UTC+8) stands in for one that is not given.
    pub(super) fn plan(&self, now_ms: i64) -> Result<Plan> {
        let today: String = rfc3339(now_ms + 8 * 3_600_000).chars().take(10).collect();
        let anchor = self.anchor.as_deref().unwrap_or(&today);
        Ok(Plan { scale: Scale::from_name(&self.scale)?, seed: self.seed, anchor: Date::from_str(anchor)? })
    }

    /// Whether a stored plan is what was asked for; a day that was not asked for may be any.
    fn fits(&self, stored: &str) -> bool {
        let mut parts = stored.split(' ');
        let same = parts.next() == Some(self.scale.as_str()) && parts.next() == Some(self.seed.to_string().as_str());
        same && self.anchor.as_deref().is_none_or(|anchor| parts.next() == Some(anchor))
    }
}

/// The time zone of the demo's city.
const WENZHOU: &str = "Asia/Shanghai";

/// Name of the setting that says which city a store holds.
const PLAN: &str = "demo_plan";

/// The street of the demo's station.
const STATION: &str = "330302006";

/// Demo logins: name, role, scope. The rows of the role matrix.
const LOGINS: [(&str, Role, &str); 13] = [
    ("wall", Role::WallOps, "330300"),
    ("wall_guest", Role::WallGuest, "330300"),
    ("dispatcher", Role::Dispatcher, "330302"),
    ("dispatcher2", Role::Dispatcher, "330302"),
    ("lead", Role::Lead, "330300"),
    ("station", Role::Station, STATION),
    ("unit", Role::Unit, "330302"),
    ("planner", Role::Planner, "330302"),
    ("analyst", Role::Analyst, "330300"),
    ("auditor", Role::Auditor, "330300"),
    ("secadmin", Role::Secadmin, "330300"),
    ("sysadmin", Role::Sysadmin, "330300"),
    ("gateway", Role::Gateway, "330300"),
];

impl Demo {
    pub(super) async fn run(self, matches: &ArgMatches) -> Result<ExitCode> {
        let settings = Settings::read(matches)?;
        if self.knobs.print_config {
            say(&settings.print());
            return Ok(ExitCode::SUCCESS);
        }
        logs::start(settings.text("log").unwrap_or("warn"), settings.text("log_format").unwrap_or("text"))?;
        let mut place = self.place.clone();
        if place.data.is_none() && place.database_url.is_none() {
            place.data = Some("data/demo".into());
        }
        let plan = self.plan.plan(now_ms())?;
        let listener = listen(&settings).await?;
        if !listener.local_addr()?.ip().is_loopback() {
            bail!(
                "the demo has well-known logins and listens on a loopback address only; use `onemap serve` for others"
            );
        }
        let Opened { store, lock } = place.open().await?;
        load(&store, &self.plan, plan).await?;
        let password = logins(&store).await?;
        let mut heading = heading(&settings);
        heading.time_zone.get_or_insert_with(|| WENZHOU.to_owned());
        let mut limits = limits(&settings)?;
        limits.snapshot = place.data.as_ref().map(|data| data.join("snapshot"));
        let app = App::new(Arc::clone(&store), limits, heading);
        load_units(&app).await?;
        let mut traffic = traffic(&store, plan.seed, self.still).await?;
        // Everybody on duty is somewhere before the first viewer comes.
        step(&app, &mut traffic, SETTLED, false).await;
        let still = self.still;
        run(app, listener, lock, |app| async move {
            say(&format!("demo logins: {}", LOGINS.map(|(name, ..)| name).join(", ")));
            say(&format!("password of all of them: {password}"));
            tokio::spawn(drive(app, traffic, still));
            Ok(())
        })
        .await
    }
}

/// Makes the city in an empty store; in one that holds it already, nothing is made.
async fn load(store: &Arc<dyn Store>, asked: &PlanArgs, plan: Plan) -> Result<()> {
    let stored = store.setting(PLAN).await?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match stored {
        Some(stored) if asked.fits(&stored) => {
            say(&format!("using the city that is here: {stored}"));
            return Ok(());
        }
        Some(stored) => bail!("this store holds another city ({stored}): choose another --data, or ask for that one"),
        None if store.revision().await? > 0 => bail!("this store holds other data: choose another --data for the demo"),
        None => {}
    }
    // Synthetic people need no secret, and the same seed shall give the same cells.
    let key: [u8; 32] = Sha256::digest(format!("onemap demo {}", plan.seed)).into();
    store.put_setting(people::KEY, &key).await?;
    say(&format!("making the city: {} seed {} anchor {}", plan.scale.name(), plan.seed, plan.anchor));
    let made = city::into_store(store, plan).await?;
    // Written last: a city that broke off half-way is not taken for whole.
    store.put_setting(PLAN, format!("{} {} {}", plan.scale.name(), plan.seed, plan.anchor).as_bytes()).await?;
    say(&format!(
        "made {} features, {} units, {} incidents of the past in {:.1} s",
        made.features, made.units, made.history, made.seconds
    ));
    Ok(())
}

/// Makes the demo logins; the password is `ONEMAP_DEMO_PASSWORD`, or a new one each time.
async fn logins(store: &Arc<dyn Store>) -> Result<String> {
    let password = match std::env::var("ONEMAP_DEMO_PASSWORD") {
        Ok(given) if given.chars().count() >= 4 => given,
        Ok(_) => bail!("ONEMAP_DEMO_PASSWORD has fewer than 4 characters"),
        Err(_) => fresh_password()?,
    };
    let lucheng = spatial::codes::Division::new("330302").context("the demo county")?;
    let units = store.units().await?;
    let patrol = |unit: &&dispatch::Unit| {
        unit.duty == dispatch::Duty::OnDuty && unit.division.is_some_and(|d| lucheng.contains(d))
    };
    let own_unit = units.iter().find(patrol).map(|unit| unit.id.clone());
    // The station's desk is that of the units in its street.
    let street = spatial::codes::Division::new(STATION).context("the demo street")?;
    let own = |unit: &&dispatch::Unit| unit.division.is_some_and(|d| street.contains(d));
    let own_org = units.iter().find(own).map(|unit| unit.org.clone());
    for (name, role, scope) in LOGINS {
        let user = NewUser {
            name: name.to_owned(),
            password: password.clone(),
            roles: vec![role.word().to_owned()],
            scope: vec![scope.to_owned()],
            unit: (role == Role::Unit).then(|| own_unit.clone()).flatten(),
            org: (role == Role::Station).then(|| own_org.clone()).flatten(),
            disabled: false,
        };
        store.put_user(&user).await?;
    }
    Ok(password)
}

/// Twelve letters and digits that are not mistaken for one another.
fn fresh_password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no source of randomness: {error}"))?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// How often the demo's units report.
const STEP: Duration = Duration::from_secs(1);
/// Within this time also those who stand still have reported once.
const SETTLED: Duration = Duration::from_secs(10);

/// The demo's units, on the streets or standing still.
async fn traffic(store: &Arc<dyn Store>, seed: u64, still: bool) -> Result<Traffic> {
    let units = store.units().await?;
    if still {
        return Ok(Traffic::still(&units));
    }
    Ok(Traffic::new(&read_all(store, Layer::Roads).await?, &units, seed))
}

/// Lets the units drive (or report from where they stand) until the server stops.
async fn drive(app: App, mut traffic: Traffic, still: bool) {
    let mut stop = app.stop.subscribe();
    let mut tick = tokio::time::interval(STEP);
    loop {
        tokio::select! {
            _ = tick.tick() => step(&app, &mut traffic, STEP, still).await,
            () = stopped(&mut stop) => return,
        }
    }
}

/// Some time of the demo, through the same door as real reports. Units that are still (`in_place`) report from where they
/// were last seen, whoever put them there.
async fn step(app: &App, traffic: &mut Traffic, time: Duration, in_place: bool) {
    let gateway = Caller {
        user: "demo".to_owned(),
        roles: vec![Role::Gateway],
        scope: Scope::default(),
        unit: None,
        org: None,
        purpose: None,
        session: "demo".to_owned(),
        expires_ms: i64::MAX,
        client: None,
    };
    let mut fixes = traffic.step(time.as_secs_f64(), now_ms());
    if in_place {
        app.world.moving(|moving| {
            for (unit, fix) in &mut fixes {
                if let Some(last) = moving.slot(unit).and_then(|slot| moving.fix(slot)) {
                    fix.position = last.position;
                }
            }
        });
    }
    let reports = fixes
        .into_iter()
        .enumerate()
        .map(|(n, (unit, fix))| (n, Report { unit, fix, obs: None, battery_pct: None, channel: None }));
    app.report(&gateway, reports.collect()).await;
}
