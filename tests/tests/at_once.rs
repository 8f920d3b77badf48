//! What several people say at the same moment: nobody's word is lost, and one thing stays one.

use serde_json::{Value, json};
use tests::{CENTRE, Client, Room, Server, both, command, id, put_unit};

/// Asks by so many threads at once; the answers in no order.
fn at_once<T: Send>(count: usize, ask: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                scope.spawn({
                    let ask = &ask;
                    move || ask(n)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread ends")).collect()
    })
}

#[test]
fn eight_calls_for_help_of_one_unit_are_one_distress() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        put_unit(&seat, "p1");
        let raised = at_once(8, |_| seat.clone().post("/api/v1/units/p1/distress", &json!({})));
        let ids: std::collections::BTreeSet<String> = raised.iter().map(|one| id(&one.json())).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        let new = raised.iter().filter(|one| one.status == 201).count();
        assert!(new == 1 && raised.iter().all(|one| matches!(one.status, 200 | 201)), "{new} were new");
    });
}

#[test]
fn different_fields_of_a_unit_put_at_once_are_all_kept() {
    both(|kind| {
        let room = Room::new(kind);
        let server = room.serve();
        let seat = Room::seat(&server, 0);
        put_unit(&seat, "p1");
        let fields = [
            json!({"weight_t": 9.0}),
            json!({"call_sign": "one"}),
            json!({"contact": {"channel": "phone", "number": "4711"}}),
            json!({"duty": "out_of_service"}),
            json!({"skills": ["water_rescue"]}),
        ];
        at_once(fields.len(), |n| seat.clone().put("/api/v1/units/p1", &fields[n]).ok());
        let unit = seat.get("/api/v1/units/p1").ok();
        assert_eq!((&unit["weight_t"], &unit["call_sign"]), (&json!(9.0), &json!("one")), "{unit}");
        assert_eq!((&unit["contact"]["number"], &unit["duty"]), (&json!("4711"), &json!("out_of_service")), "{unit}");
        assert_eq!(unit["skills"], json!(["water_rescue"]));
    });
}

fn stated(number: &str, text: &str) -> Value {
    json!({"kind": "help", "priority": 2, "source": "call_110", "lon": CENTRE.0, "lat": CENTRE.1, "text": text,
        "callers": [{"number": number}]})
}

#[test]
fn another_caller_of_the_same_call_is_taken_and_the_right_number_is_revealed() {
    let server = Server::demo();
    let gateway = server.login("gateway");
    let seat = server.login("dispatcher");
    let path = "/api/v1/incidents/by-ref/cad/X7";
    gateway.put(path, &stated("13900000000", "a fall")).ok();
    // A carriage return is how other systems end their lines.
    let known = gateway.put(path, &stated("13900000001", "a fall\r\non the stairs")).ok();
    assert_eq!((known["callers"].as_array().map(Vec::len), &known["text"]), (Some(2), &json!("a fall\non the stairs")));
    let again = gateway.put(path, &stated("13900000001", "a fall\r\non the stairs")).ok();
    assert_eq!((again["callers"].as_array().map(Vec::len), &again["version"]), (Some(2), &known["version"]));
    let incident = id(&known);
    for (n, number) in [(1, "13900000000"), (2, "13900000001")] {
        let revealed = seat.post(&format!("/api/v1/incidents/{incident}/callers/{n}/reveal"), &json!({"reason": "x"}));
        assert!(revealed.text().contains(number), "{n}: {}", revealed.text());
    }
}

#[test]
fn two_people_who_write_the_same_further_place_see_each_other() {
    let server = Server::demo();
    let seats: Vec<Client> = ["dispatcher", "lead"].iter().map(|user| server.login(user)).collect();
    let incident = seats[0].post("/api/v1/incidents", &stated("13900000000", "a fall")).ok();
    let seen = json!({"seq": incident["seq"]});
    let incident = id(&incident);
    let staging = |east: f64| {
        json!({"type": "relocate", "role": "staging", "basis": seen,
            "location": {"state": "confirmed", "lon": CENTRE.0 + east, "lat": CENTRE.1}})
    };
    command(&seats[1], &incident, staging(0.01)).ok();
    assert_eq!(command(&seats[0], &incident, staging(0.02)).refused(409), "STALE");
    // Who orders units is not stopped by that.
    command(&seats[0], &incident, json!({"type": "prioritise", "priority": 1, "basis": seen})).ok();
}

#[test]
fn the_same_said_in_another_order_is_the_same() {
    let server = Server::demo();
    let seat = server.login("dispatcher").with("idempotency-key", "k1");
    let first = r#"{"kind": "help", "priority": 2, "source": "call_110"}"#;
    let other = r#"{"source": "call_110", "kind": "help",   "priority": 2}"#;
    let ask = |body: &str| seat.send("POST", "/api/v1/incidents", "application/json", body.as_bytes());
    assert_eq!(id(&ask(first).json()), id(&ask(other).json()));
    assert_eq!(ask(&other.replace("help", "traffic")).refused(422), "IDEM-MISMATCH");
}

#[test]
fn one_number_of_another_system_is_one_call() {
    let server = Server::demo();
    let gateway = server.login("gateway");
    let put =
        |number: &str| gateway.put(&format!("/api/v1/incidents/by-ref/cad/{number}"), &stated("13900000000", "a fall"));
    let first = put("Y8").ok();
    for number in ["Y8%20", "%20Y8", "Y8%E3%80%80"] {
        assert_eq!(put(number).ok()["id"], first["id"], "{number:?}");
    }
    for number in ["Y8%0A", "%09Y8", "Y%008", "%20"] {
        assert_eq!(put(number).refused(422), "INVALID", "{number:?}");
    }
    let mut call = stated("13900000000", "a fall");
    call["source_ref"] = json!({"system": " cad", "number": "Y8 "});
    let known = gateway.post("/api/v1/incidents", &call);
    assert_eq!((known.status, &known.json()["id"]), (200, &first["id"]), "nothing was made");
    call["source_ref"]["number"] = json!("Y9");
    assert_eq!(gateway.post("/api/v1/incidents", &call).status, 201);
}
