//! Doors: what opens without a login, and how a login begins and ends.

use std::time::Duration;

use serde_json::json;
use tests::{Live, PASSWORD, Server};

#[test]
fn health_metrics_and_the_description_need_no_login() {
    let server = Server::demo();
    let anyone = server.client();
    assert_eq!(anyone.get("/healthz").status, 200);
    assert_eq!(anyone.get("/readyz").status, 200);
    let metrics = anyone.get("/metrics");
    assert_eq!(metrics.status, 200);
    assert!(metrics.text().contains("# TYPE onemap_"), "{}", metrics.text());
    let openapi = anyone.get("/openapi.json").ok();
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
}

#[test]
fn the_viewers_pages_open_without_a_login_and_carry_everything_they_need() {
    let server = Server::demo();
    let anyone = server.client();
    for path in ["/", "/wall", "/dispatch", "/plan", "/unit"] {
        let page = anyone.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(!page.text().contains("src=\"http") && !page.text().contains("href=\"http"), "{path} leans on others");
    }
}

#[test]
fn a_login_gives_a_token_and_a_cookie_that_scripts_cannot_read() {
    let server = Server::demo();
    let answer = server.client().post("/api/v1/session", &json!({"user": "dispatcher", "password": PASSWORD}));
    let session = answer.ok();
    assert_eq!(session["user"], "dispatcher");
    assert!(session["scope"].to_string().contains("330302"), "{session}");
    assert!(session["roles"].as_array().is_some_and(|roles| !roles.is_empty()), "{session}");
    assert!(session["expires_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{session}");

    let token = session["token"].as_str().unwrap();
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("onemap_session={token}")), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");

    let by_cookie = server.client().with("cookie", &format!("onemap_session={token}"));
    assert_eq!(by_cookie.get("/api/v1/session").ok()["user"], "dispatcher");
    assert_eq!(server.client().with_token(token).get("/api/v1/session").ok()["user"], "dispatcher");
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_refused_alike() {
    let server = Server::demo();
    let ask = |user: &str, password: &str| {
        server.client().post("/api/v1/session", &json!({"user": user, "password": password}))
    };
    let (wrong, unknown) = (ask("lead", "not it"), ask("nobody", "not it"));
    assert_eq!(wrong.refused(401), unknown.refused(401));
    assert_eq!(wrong.json()["detail"], unknown.json()["detail"], "who exists is not told");
    assert_eq!(wrong.header("set-cookie"), "");
}

#[test]
fn a_login_ends_when_it_is_deleted() {
    let server = Server::demo();
    let lead = server.login("lead");
    lead.get("/api/v1/session").ok();
    assert_eq!(lead.delete("/api/v1/session").status / 100, 2);
    lead.get("/api/v1/session").refused(401);
}

#[test]
fn an_expired_token_is_refused_everywhere_and_the_socket_says_bye() {
    let server = Server::demo_with(&[("ONEMAP_SESSION_SECONDS", "2")]);
    let lead = server.login("lead");
    let mut live = Live::hello(&server, &lead, None);
    live.snapshot();
    let reason = live
        .until("the end of the login", Duration::from_secs(15), |_, m| (m["t"] == "bye").then(|| m["reason"].clone()));
    assert_eq!(reason, "EXPIRED");
    for path in ["/api/v1/session", "/style/dark.json", "/tiles/places.json", "/tiles/places/10/855/428.mvt"] {
        lead.get(path).refused(401);
    }
}

#[test]
fn who_logs_out_is_told_nothing_more() {
    let server = Server::demo();
    let (lead, gone) = (server.login("lead"), server.login("lead"));
    let (mut left, mut stays) = (Live::hello(&server, &gone, None), Live::hello(&server, &lead, None));
    left.snapshot();
    stays.snapshot();
    assert_eq!(gone.delete("/api/v1/session").status / 100, 2);
    let call = json!({"kind": "traffic", "priority": 3, "source": "call_110", "lon": 120.65, "lat": 28.0});
    lead.post("/api/v1/incidents", &call).ok();
    let within = Duration::from_secs(20);
    stays.until("the call, with who is there", within, |_, m| (m["t"] == "event").then_some(()));
    let mut told = 0;
    let reason = left.until("the end of the login", within, |_, m| {
        told += usize::from(m["t"] == "event");
        (m["t"] == "bye").then(|| m["reason"].clone())
    });
    assert_eq!((reason, told), (json!("EXPIRED"), 0));
}

#[test]
fn a_made_up_token_is_refused() {
    let server = Server::demo();
    for token in ["", "x", "null", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        server.client().with_token(token).get("/api/v1/session").refused(401);
    }
    server.client().with("cookie", "onemap_session=%00").get("/api/v1/session").refused(401);
}

#[test]
fn every_demo_login_opens_with_the_password_given_at_the_start() {
    let server = Server::demo();
    let logins = [
        "wall",
        "wall_guest",
        "dispatcher",
        "dispatcher2",
        "lead",
        "station",
        "unit",
        "planner",
        "analyst",
        "auditor",
        "secadmin",
        "sysadmin",
        "gateway",
    ];
    for user in logins {
        assert_eq!(server.login(user).get("/api/v1/session").ok()["user"], user);
    }
}
