//! The roster in schema `onemap`.

use async_trait::async_trait;
use dispatch::Unit;

use super::Postgis;
use super::ask::{all, execute, first};
use super::asked::asked;
use crate::error::Doing;
use crate::stored::unit::{self, Columns};
use crate::{Error, Roster};

const READ: &str = "read the roster";

#[async_trait]
impl Roster for Postgis {
    async fn put_units(&self, units: &[Unit]) -> Result<(), Error> {
        const DOING: &str = "store units";
        let mut transaction = self.write(DOING).await?;
        for (id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t) in
            unit::rows(units)?
        {
            let query = sqlx::query(
                "insert into unit (id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                 on conflict (id) do update set kind = excluded.kind, call_sign = excluded.call_sign, org = excluded.org,
                 division = excluded.division, skills = excluded.skills, duty = excluded.duty, channel = excluded.channel,
                 contact = excluded.contact, lon = excluded.lon, lat = excluded.lat, epoch = excluded.epoch,
                 height_m = excluded.height_m, weight_t = excluded.weight_t",
            )
            .bind(id)
            .bind(kind)
            .bind(call_sign)
            .bind(org)
            .bind(division)
            .bind(skills)
            .bind(duty)
            .bind(channel)
            .bind(contact)
            .bind(lon)
            .bind(lat)
            .bind(epoch)
            .bind(height_m)
            .bind(weight_t);
            execute(&mut transaction, DOING, query).await?;
        }
        transaction.commit().await.doing(DOING)
    }

    async fn units(&self) -> Result<Vec<Unit>, Error> {
        let query = sqlx::query(
            "select id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t
             from unit order by id",
        );
        let rows: Vec<Columns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(unit::read).collect()
    }

    async fn unit(&self, id: &str) -> Result<Option<Unit>, Error> {
        let query = sqlx::query(
            "select id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t
             from unit where id = $1",
        )
        .bind(asked(id));
        let row: Option<Columns> = first(&self.pool, READ, query).await?;
        row.map(unit::read).transpose()
    }
}
