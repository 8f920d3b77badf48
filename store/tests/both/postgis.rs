//! The conformance cases on PostGIS, and what only PostGIS has.

use crate::conformance;

conformance::conformance!(crate::support::on_postgis);

mod alone {
    use std::time::Duration;

    use spatial::noun::FieldType;
    use spatial::{Layer, Noun};
    use sqlx::postgres::PgListener;
    use sqlx::{AssertSqlSafe, Connection, PgConnection};
    use store::{ErrorKind, Location};

    use crate::conformance::log::{draft, put};
    use crate::support::features::{camera, one_of_each_layer, place};
    use crate::support::{Ground, on_postgis, postgres};

    fn url(ground: &Ground) -> &str {
        match &ground.location {
            Location::Database(url) => url,
            Location::Data(_) => unreachable!("this ground is a database"),
        }
    }

    /// As QGIS or psql sees it: no search path.
    async fn client(ground: &Ground) -> PgConnection {
        PgConnection::connect(url(ground)).await.unwrap()
    }

    async fn names(client: &mut PgConnection, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(client).await.unwrap()
    }

    #[test]
    fn every_layer_but_residents_has_a_view_with_its_fields() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut client = client(ground).await;
                let mut views = names(
                    &mut client,
                    "select table_name::text from information_schema.views where table_schema = 'onemap'",
                )
                .await;
                views.sort();
                let mut layers: Vec<_> =
                    Layer::REGISTERED.iter().map(|layer| layer.name()).filter(|name| *name != "residents").collect();
                layers.sort_unstable();
                assert_eq!(views, layers);

                for layer in Layer::REGISTERED.into_iter().filter(|layer| layer.is_public()) {
                    let mut expected = vec![
                        "fid bigint".to_owned(),
                        "source text".into(),
                        "source_id text".into(),
                        "revision bigint".into(),
                        "geometry USER-DEFINED".into(),
                    ];
                    for field in Noun::fields(layer).iter().filter(|field| !["room", "stream"].contains(&field.name)) {
                        let kind = match field.kind {
                            FieldType::Text => "text",
                            FieldType::Int => "bigint",
                            FieldType::Float => "double precision",
                            FieldType::Bool => "boolean",
                        };
                        expected.push(format!("{} {kind}", field.name));
                    }
                    expected.push("attributes json".to_owned());
                    let query = "select column_name || ' ' || data_type from information_schema.columns
                             where table_schema = 'onemap' and table_name = $1 order by ordinal_position";
                    let columns: Vec<String> =
                        sqlx::query_scalar(query).bind(layer.name()).fetch_all(&mut client).await.unwrap();
                    assert_eq!(columns, expected, "a new field needs a new migration of the view {}", layer.name());
                }
            })
        });
    }

    #[test]
    fn the_views_show_what_was_stored_and_take_nothing() {
        on_postgis(|ground| {
            Box::pin(async move {
                ground.store.upsert(&one_of_each_layer()).await.unwrap();
                let mut client = client(ground).await;
                let row: (i64, String, f64, bool, String, i32) = sqlx::query_as(
                    "select fid, kind, azimuth_deg, online, st_astext(geometry), st_srid(geometry) from onemap.cameras",
                )
                .fetch_one(&mut client)
                .await
                .unwrap();
                assert_eq!(
                    row,
                    (
                        i64::try_from(camera("1").fid()).unwrap(),
                        "ptz".into(),
                        90.0,
                        true,
                        "POINT(120.65 28.01)".into(),
                        4326
                    )
                );
                for layer in Layer::REGISTERED.into_iter().filter(|layer| layer.is_public()) {
                    let all = format!("select count(*) from (select * from onemap.{}) as row", layer.name());
                    let count: i64 = sqlx::query_scalar(AssertSqlSafe(all)).fetch_one(&mut client).await.unwrap();
                    assert_eq!(count, 1, "{}", layer.name());
                    for statement in ["delete from onemap.", "update onemap."] {
                        let set = if statement.starts_with("update") { " set geometry = null" } else { "" };
                        let statement = format!("{statement}{}{set}", layer.name());
                        let refusal = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut client).await.unwrap_err();
                        assert!(refusal.to_string().contains("write through the API"), "{refusal}");
                    }
                }
                ground.store.remove(Layer::Cameras, camera("1").fid(), None).await.unwrap();
                let left: i64 =
                    sqlx::query_scalar("select count(*) from onemap.cameras").fetch_one(&mut client).await.unwrap();
                assert_eq!(left, 0);
            })
        });
    }

    #[test]
    fn a_first_import_takes_the_place_of_the_empty_partition_and_its_names() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut client = client(ground).await;
                let number = "select 'onemap.feature_places'::regclass::oid::text";
                let named = "select indexname::text from pg_indexes where tablename = 'feature_places' order by 1";
                let (before, indexes) = (names(&mut client, number).await, names(&mut client, named).await);
                crate::conformance::imports::of_three_chunks(ground).await;
                assert_ne!(names(&mut client, number).await, before);
                assert_eq!(names(&mut client, named).await, indexes);
                assert!(indexes.len() == 4, "{indexes:?}");
            })
        });
    }

    #[test]
    fn a_box_is_found_by_the_spatial_index() {
        on_postgis(|ground| {
            Box::pin(async move {
                ground.store.upsert(&(0..5_000).map(place).collect::<Vec<_>>()).await.unwrap();
                let mut client = client(ground).await;
                sqlx::raw_sql("analyze onemap.feature").execute(&mut client).await.unwrap();
                let plan = names(
                &mut client,
                "explain select * from onemap.places where geometry && st_makeenvelope(120.1, 27, 120.11, 29, 4326)",
            )
            .await;
                let plan = plan.join("\n");
                assert!(plan.contains("feature_places_geometry_idx"), "{plan}");
                assert!(!plan.contains("feature_houses"), "other layers are looked at: {plan}");
            })
        });
    }

    #[test]
    fn a_commit_rings_the_bell() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut bell = PgListener::connect(url(ground)).await.unwrap();
                bell.listen("onemap_registry").await.unwrap();
                ground.store.upsert(&[place(1), place(2)]).await.unwrap();
                ground.store.upsert(&[place(1)]).await.unwrap();
                ground.store.remove(Layer::Places, place(1).fid(), None).await.unwrap();
                for revision in ["2", "3"] {
                    let rung = tokio::time::timeout(Duration::from_secs(5), bell.recv()).await.unwrap().unwrap();
                    assert_eq!(rung.payload(), revision);
                }
            })
        });
    }

    /// Two servers: each hears of the other's commits, also after its connection was cut.
    #[test]
    fn the_logs_bell_is_heard_on_the_other_server() {
        on_postgis(|ground| {
            Box::pin(async move {
                let there = ground.again().await;
                let mut bell = there.log_bell().await.unwrap();
                put(&ground.store, vec![draft("unit:1")]).await;
                let patience = Duration::from_secs(20);
                tokio::time::timeout(patience, bell.wait_for(|seq| *seq == 1)).await.unwrap().unwrap();

                let cut = "select pg_terminate_backend(pid) from pg_stat_activity
                           where datname = current_database() and query = 'LISTEN \"onemap_log\"'";
                let mut client = client(ground).await;
                // Until it listens, only the look at the log has rung.
                while sqlx::query(cut).execute(&mut client).await.unwrap().rows_affected() == 0 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                put(&ground.store, vec![draft("unit:1"), draft("unit:2")]).await;
                tokio::time::timeout(patience, bell.wait_for(|seq| *seq == 3)).await.unwrap().unwrap();
                put(&ground.store, vec![draft("unit:2")]).await;
                tokio::time::timeout(patience, bell.wait_for(|seq| *seq == 4)).await.unwrap().unwrap();
                there.close().await;
            })
        });
    }

    /// A server that stands still in the middle of an append does not hold up the others, and what it had begun is nothing.
    #[test]
    fn who_falls_silent_loses_the_log() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut silent = ground.store.begin_append(0).await.unwrap();
                let there = ground.again().await;
                assert_eq!(put(&there, vec![draft("unit:1")]).await.len(), 1);
                let refusal = silent.append(None, Vec::new(), vec![draft("unit:2")]).await.unwrap_err();
                assert_eq!(refusal.kind(), ErrorKind::Unavailable, "{refusal}");
                drop(silent);
                let all = there.log_page(0, 9).await.unwrap();
                assert_eq!(all.iter().map(|event| event.stream.as_str()).collect::<Vec<_>>(), ["unit:1"]);
                assert_eq!(put(&ground.store, vec![draft("unit:2")]).await.len(), 1);
            })
        });
    }

    /// Those who wait for a log that is in use for too long do not use up the connections.
    #[test]
    fn who_waits_too_long_for_the_log_is_told() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut holder = client(ground).await;
                sqlx::query("begin").execute(&mut holder).await.unwrap();
                sqlx::query("select seq from onemap.log_head for update").execute(&mut holder).await.unwrap();
                let there = ground.again().await;
                let refusal = there.begin_append(0).await.err().unwrap();
                assert_eq!(refusal.kind(), ErrorKind::Unavailable);
                assert!(refusal.to_string().contains("lock timeout"), "{refusal}");
                sqlx::query("rollback").execute(&mut holder).await.unwrap();
                put(&there, vec![draft("unit:1")]).await;
                let mut client = client(ground).await;
                let open = names(
                    &mut client,
                    "select query from pg_stat_activity
                    where datname = current_database() and state like 'idle in transaction%'",
                )
                .await;
                assert!(open.is_empty(), "{open:?}");
            })
        });
    }

    #[test]
    fn a_database_that_may_forget_is_refused() {
        on_postgis(|ground| {
            Box::pin(async move {
                let mut client = client(ground).await;
                let name = names(&mut client, "select current_database()::text").await.remove(0);
                let statement = format!("alter database {name} set synchronous_commit = off");
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut client).await.unwrap();
                let refusal = store::open(&ground.location).await.err().unwrap();
                assert_eq!(refusal.kind(), ErrorKind::Invalid);
                assert!(refusal.to_string().contains("set synchronous_commit = on"), "{refusal}");
            })
        });
    }

    /// Servers that start together on an empty database: one makes the tables, the others wait for it.
    #[test]
    fn many_servers_start_on_an_empty_database() {
        on_postgis(|_| {
            Box::pin(async move {
                let location = Location::Database(postgres::empty_database().await);
                let starts: Vec<_> = (0..4)
                    .map(|_| {
                        let location = location.clone();
                        tokio::spawn(async move { store::open(&location).await.unwrap().revision().await.unwrap() })
                    })
                    .collect();
                for start in starts {
                    assert_eq!(start.await.unwrap(), 0);
                }
                let Location::Database(url) = location else { unreachable!() };
                postgres::drop_database(&url).await;
            })
        });
    }

    #[test]
    fn a_database_that_is_not_there_is_unavailable() {
        on_postgis(|_| {
            Box::pin(async move {
                let location = Location::Database("postgres://nobody@127.0.0.1:1/none".to_owned());
                let refusal = store::open(&location).await.err().unwrap();
                assert_eq!(refusal.kind(), ErrorKind::Unavailable);
                assert!(refusal.to_string().contains("onnection refused"), "{refusal}");
            })
        });
    }

    /// A restore wants the database without servers, and is told who is there.
    #[test]
    fn a_database_that_a_server_uses_is_nobodys_alone() {
        on_postgis(|ground| {
            Box::pin(async move {
                let second = ground.again().await;
                ground.store.claim("first").await.unwrap();
                second.claim("second").await.unwrap();
                let refusal = store::alone(url(ground)).await.err().unwrap();
                assert_eq!(refusal.kind(), ErrorKind::Conflict);
                assert!(
                    ["onemap first", "onemap second"].iter().all(|name| refusal.to_string().contains(name)),
                    "{refusal}"
                );
                second.close().await;
                let refusal = store::alone(url(ground)).await.err().unwrap();
                assert!(!refusal.to_string().contains("second"), "{refusal}");
                ground.store.claim("again").await.unwrap();
                ground.store.close().await;
                let alone = store::alone(url(ground)).await.unwrap();
                for refusal in [store::open(&ground.location).await.err(), store::alone(url(ground)).await.err()] {
                    assert_eq!(refusal.unwrap().kind(), ErrorKind::Conflict);
                }
                let restored = store::open_restored(url(ground)).await.unwrap();
                assert_eq!(restored.claim("too soon").await.unwrap_err().kind(), ErrorKind::Conflict);
                alone.end().await.unwrap();
                restored.claim("now").await.unwrap();
                ground.again().await.ping().await.unwrap();
            })
        });
    }
}
