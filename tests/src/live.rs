//! A viewer at the live socket (`docs/wire.md`).

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{ClientRequestBuilder, Message, WebSocket};

use crate::client::Client;
use crate::server::Server;

/// An open socket and what was seen on it.
#[derive(Debug)]
pub struct Live {
    socket: WebSocket<TcpStream>,
    /// The units in sight by their number on this connection: the newest record of each.
    pub units: BTreeMap<u64, Value>,
}

impl Live {
    /// Connects and says hello for the bounds west, south, east, north (everywhere in sight when `None`).
    pub fn hello(server: &Server, client: &Client, bounds: Option<[f64; 4]>) -> Self {
        let mut live = Self::connect(server, client);
        live.say(&json!({"hello": {
            "since": null, "epoch": null, "bounds": bounds, "layers": ["units"], "max_hz": 10,
        }}));
        live
    }

    /// Connects and says nothing yet.
    pub fn connect(server: &Server, client: &Client) -> Self {
        let opened = Self::connect_from(server, client, None);
        assert!(opened.is_ok(), "the socket does not open: {:?}", opened.err());
        opened.expect("checked in the line above")
    }

    /// The same as a page of that origin would; or why it does not open.
    pub fn connect_from(server: &Server, client: &Client, origin: Option<&str>) -> Result<Self, String> {
        let uri = format!("ws://{}/api/v1/live", server.address()).parse().expect("the address of the socket");
        let request = ClientRequestBuilder::new(uri).with_header("authorization", format!("Bearer {}", client.token()));
        let request = match origin {
            Some(origin) => request.with_header("origin", origin),
            None => request,
        };
        let stream = TcpStream::connect(server.address()).expect("the server listens");
        // A busy machine answers late; once it is open a short limit lets a test look at its clock between messages.
        let limit = |ms| Some(Duration::from_millis(ms));
        stream.set_read_timeout(limit(30_000)).expect("a time limit for opening");
        let (socket, _) = tungstenite::client(request, stream).map_err(|error| error.to_string())?;
        socket.get_ref().set_read_timeout(limit(50)).expect("a time limit for reading");
        Ok(Self { socket, units: BTreeMap::new() })
    }

    /// Reads until the server closes the socket: the code of its close frame, if it sent one.
    pub fn close_code(&mut self, within: Duration) -> Option<u16> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            match self.socket.read() {
                Ok(Message::Close(frame)) => return frame.map(|frame| u16::from(frame.code)),
                Ok(_) => {}
                Err(_) if self.socket.can_read() => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// Sends a message.
    pub fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).expect("the socket takes a message");
    }

    /// The next message, if one comes in time.
    pub fn next(&mut self, within: Duration) -> Option<Value> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            let Ok(message) = self.socket.read() else {
                if self.socket.can_read() {
                    continue;
                }
                return None;
            };
            if let Message::Text(text) = message {
                let message: Value = serde_json::from_str(&text).expect("messages are JSON");
                self.note(&message);
                return Some(message);
            }
        }
        None
    }

    /// Reads until `seen` says something about a message; the test fails when that does not happen in time.
    pub fn until<T>(&mut self, what: &str, within: Duration, mut seen: impl FnMut(&Self, &Value) -> Option<T>) -> T {
        let begun = Instant::now();
        let mut found = None;
        while found.is_none() {
            let left = within.saturating_sub(begun.elapsed());
            let message = self.next(left);
            assert!(message.is_some(), "{what}: not seen within {within:?}");
            found = message.and_then(|message| seen(self, &message));
        }
        found.expect("the loop ends when something was found")
    }

    /// Reads until the first picture is there.
    pub fn snapshot(&mut self) -> Value {
        self.until("a snapshot", Duration::from_secs(10), |_, m| (m["t"] == "snapshot").then(|| m.clone()))
    }

    /// The number of a unit on this connection.
    pub fn number_of(&self, unit: &str) -> Option<u64> {
        self.units.iter().find(|(_, record)| record["id"] == unit).map(|(number, _)| *number)
    }

    fn note(&mut self, message: &Value) {
        if message["t"] == "snapshot" {
            self.units.clear();
        }
        for record in message["units"].as_array().into_iter().flatten() {
            if let Some(number) = record["n"].as_u64() {
                self.units.insert(number, record.clone());
            }
        }
        if message["t"] == "gone" {
            for number in message["units"].as_array().into_iter().flatten().filter_map(Value::as_u64) {
                self.units.remove(&number);
            }
        }
    }
}
