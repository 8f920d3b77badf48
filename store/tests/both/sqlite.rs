//! The conformance cases on SQLite, and what only SQLite has.

use crate::conformance;

conformance::conformance!(crate::support::on_sqlite);

mod alone {
    use std::sync::Arc;

    use sqlx::AssertSqlSafe;
    use store::{ErrorKind, Location, NewUser};

    use crate::support::on_sqlite;

    /// Neither a token nor a password can be read out of a stolen folder.
    #[test]
    fn no_secret_is_in_the_files() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let password = "a-password-to-look-for".to_owned();
                let user = NewUser {
                    name: "a".into(),
                    password: password.clone(),
                    roles: vec![],
                    scope: vec![],
                    unit: None,
                    org: None,
                    disabled: false,
                };
                ground.store.put_user(&user).await.unwrap();
                let token = ground.store.open_session("a", 0, 100).await.unwrap();
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let mut looked_at = 0;
                for entry in std::fs::read_dir(folder).unwrap() {
                    let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
                    assert!(!holds(&token) && !holds(&password));
                    looked_at += usize::from(holds("$argon2id$"));
                }
                assert!(looked_at > 0, "the place to look at was not found");
            })
        });
    }

    /// An import holds `registry.db` while it writes; an audit row goes to `ops.db` and does not wait.
    #[test]
    fn an_import_does_not_keep_the_audit_waiting() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let features: Vec<_> = (0..20_000).map(crate::support::features::place).collect();
                let store = Arc::clone(&ground.store);
                let import = tokio::spawn(async move { store.upsert(&features).await.unwrap() });
                let mut slowest = std::time::Duration::ZERO;
                let mut rows = 0;
                while !import.is_finished() {
                    let begun = std::time::Instant::now();
                    ground.store.record(vec![crate::conformance::audit::draft("a", 1)]).await.unwrap();
                    slowest = slowest.max(begun.elapsed());
                    rows += 1;
                }
                assert_eq!(import.await.unwrap().added, 20_000);
                assert!(rows > 3, "only {rows} rows were written beside the import");
                assert!(slowest < std::time::Duration::from_millis(250), "a row took {slowest:?}");
            })
        });
    }

    /// An older version kept history in `ops.db`.
    #[test]
    fn history_of_an_older_version_is_brought_over() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let row = |number: &str, at: i64| {
                    format!(
                        "insert into incident_history (source_system, number, kind, source, priority, reported_ms)
                         values ('110', '{number}', 'dispute', 'call_110', 3, {at});"
                    )
                };
                ground.tamper("ops", &(row("1", 5) + &row("2", 6))).await;
                // It was killed when it had brought the first row, and had not taken it away.
                ground.tamper("registry", &row("1", 5)).await;
                for _ in 0..2 {
                    let again = ground.again().await;
                    let past = again.history_page(0, 9, None, 9).await.unwrap();
                    let numbers: Vec<_> = past.iter().map(|past| (past.number.as_str(), past.reported_ms)).collect();
                    assert_eq!(numbers, [("1", 5), ("2", 6)]);
                    again.close().await;
                }
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let mut ops = crate::support::sqlite(folder.join("ops.db")).await;
                let left: i64 =
                    sqlx::query_scalar("select count(*) from incident_history").fetch_one(&mut ops).await.unwrap();
                assert_eq!(left, 0);
            })
        });
    }

    /// A page walks the index it is ordered by: a sort would read the whole layer for every page.
    #[test]
    fn pages_and_changes_are_read_in_order() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let features: Vec<_> = (0..2_000).map(crate::support::features::place).collect();
                ground.store.upsert(&features).await.unwrap();
                ground.tamper("registry", "analyze").await;
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let mut file = crate::support::sqlite(folder.join("registry.db")).await;
                for (query, index) in [
                    (
                        "select * from feature where layer = 'places' and fid > 5 and deleted = 0 order by fid limit 9",
                        "(layer=? AND fid>?)",
                    ),
                    ("select * from feature where revision > 5 order by revision limit 9", "feature_revision"),
                    (
                        "select layer, count(*) from feature where deleted = 0 group by layer order by layer",
                        "COVERING INDEX feature_live",
                    ),
                ] {
                    let plan = sqlx::query_as::<_, (i64, i64, i64, String)>(AssertSqlSafe(format!(
                        "explain query plan {query}"
                    )));
                    let plan: Vec<String> =
                        plan.fetch_all(&mut file).await.unwrap().into_iter().map(|row| row.3).collect();
                    assert!(plan.len() == 1 && plan[0].contains(index), "{query}: {plan:?}");
                }
            })
        });
    }

    #[test]
    fn a_first_import_is_written_chunk_by_chunk_and_its_indexes_after_it() {
        on_sqlite(|ground| {
            Box::pin(async move {
                crate::conformance::imports::of_three_chunks(ground).await;
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let mut file = crate::support::sqlite(folder.join("registry.db")).await;
                let parts = sqlx::query_scalar::<_, i64>("select count(*) from import_added");
                // Rows that are compared one by one are listed in one part.
                assert_eq!(parts.fetch_one(&mut file).await.unwrap(), 3);
                let indexes = sqlx::query_scalar::<_, i64>("select count(*) from pragma_index_list('feature')");
                assert_eq!(indexes.fetch_one(&mut file).await.unwrap(), 3);
            })
        });
    }

    #[test]
    fn a_closed_folder_has_no_log_left() {
        on_sqlite(|ground| {
            Box::pin(async move {
                ground.store.upsert(&[crate::support::features::place(1)]).await.unwrap();
                ground.store.close().await;
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let mut files: Vec<_> =
                    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                files.sort();
                assert_eq!(files, ["ops.db", "positions.db", "registry.db"]);
            })
        });
    }

    /// What is erased is nowhere in the files, neither in free pages nor in the write-ahead log.
    #[test]
    fn what_is_erased_is_not_in_the_files() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let secret = b"a-number-to-look-for-0577-88888888";
                let Location::Data(folder) = &ground.location else { unreachable!() };
                let found = || {
                    let files = std::fs::read_dir(folder).unwrap();
                    let holds = |bytes: Vec<u8>| bytes.windows(secret.len()).any(|window| window == secret);
                    files.filter(|file| holds(std::fs::read(file.as_ref().unwrap().path()).unwrap())).count()
                };
                let drafts = (0..50).map(|n| {
                    let sealed = Some([secret.as_slice(), &[n]].concat());
                    store::EventDraft { sealed, ..crate::conformance::log::draft("incident:1") }
                });
                crate::conformance::log::put(&ground.store, drafts.collect()).await;
                assert!(found() > 0, "the place to look at was not found");
                let seqs: Vec<u64> = (1..=50).collect();
                assert_eq!(ground.store.erase_sealed(&seqs).await.unwrap(), 50);
                assert_eq!(found(), 0);
            })
        });
    }

    /// A snapshot that was cut off by a crash is not one, and goes with the next.
    #[test]
    fn a_snapshot_that_was_not_finished_is_not_read() {
        on_sqlite(|ground| {
            Box::pin(async move {
                let store = &ground.store;
                store.put_snapshot(0, 1, b"whole").await.unwrap();
                let begun =
                    "insert into log_snapshot (seq, schema, digest, whole) select 0, 1, digest, 0 from log_snapshot;
                             insert into log_snapshot_part select id, 0, x'00' from log_snapshot where whole = 0";
                ground.tamper("ops", begun).await;
                assert_eq!(store.snapshot(1).await.unwrap(), Some((0, b"whole".to_vec())));
                store.put_snapshot(0, 1, b"next").await.unwrap();
                assert_eq!(store.snapshot(1).await.unwrap(), Some((0, b"next".to_vec())));
                assert_eq!(ground.count("ops", "select count(*) from log_snapshot_part").await, 2);
            })
        });
    }

    #[test]
    fn a_folder_of_a_newer_version_is_refused() {
        on_sqlite(|ground| {
            Box::pin(async move {
                ground.tamper("ops", "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99, 'later', 1, x'00', 0)").await;
                let refusal = store::open(&ground.location).await.err().unwrap();
                assert_eq!(refusal.kind(), ErrorKind::Invalid);
                assert!(refusal.to_string().contains("newer version"), "{refusal}");
            })
        });
    }
}
