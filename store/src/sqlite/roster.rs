//! The roster in `ops.db`.

use async_trait::async_trait;
use dispatch::Unit;

use super::Sqlite;
use super::ask::{all, execute, first};
use crate::error::Doing;
use crate::stored::unit::{self, Columns};
use crate::{Error, Roster};

const READ: &str = "read the roster";

#[async_trait]
impl Roster for Sqlite {
    async fn put_units(&self, units: &[Unit]) -> Result<(), Error> {
        const DOING: &str = "store units";
        let mut transaction = self.ops.write(DOING).await?;
        for (id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t) in
            unit::rows(units)?
        {
            let query = sqlx::query(
                "insert into unit (id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t)
                 values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
        let rows: Vec<Columns> = all(&self.ops.readers, READ, query).await?;
        rows.into_iter().map(unit::read).collect()
    }

    async fn unit(&self, id: &str) -> Result<Option<Unit>, Error> {
        let query = sqlx::query(
            "select id, kind, call_sign, org, division, skills, duty, channel, contact, lon, lat, epoch, height_m, weight_t
             from unit where id = ?",
        )
        .bind(id);
        let row: Option<Columns> = first(&self.ops.readers, READ, query).await?;
        row.map(unit::read).transpose()
    }
}
