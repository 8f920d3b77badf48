//! Somebody who watches a camera (`docs/video.md`).

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use tungstenite::{ClientRequestBuilder, Message, WebSocket};

use crate::client::Client;
use crate::server::Server;

/// What came by the socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    /// A text message.
    Said(Value),
    /// Bytes of MP4.
    Bytes(Vec<u8>),
    /// The socket was closed with that code.
    Closed(Option<u16>),
}

/// An open socket.
#[derive(Debug)]
pub struct Picture {
    socket: WebSocket<TcpStream>,
}

/// A frame, as its boxes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// When it is decoded, ticks.
    pub decode: u64,
    /// How long it takes.
    pub duration: u64,
    /// How much later it is shown than decoded.
    pub later: i32,
    /// A player can begin here.
    pub key: bool,
    /// Bytes of the picture.
    pub size: usize,
}

impl Picture {
    /// Opens the path of a ticket, as a page of that origin or as a program; or the status of the refusal.
    pub fn open(server: &Server, client: &Client, path: &str, origin: Option<&str>) -> Result<Self, u16> {
        let uri = format!("ws://{}{path}", server.address()).parse().expect("the address of the socket");
        let request = ClientRequestBuilder::new(uri).with_header("authorization", format!("Bearer {}", client.token()));
        let request = match origin {
            Some(origin) => request.with_header("origin", origin),
            None => request,
        };
        let stream = TcpStream::connect(server.address()).expect("the server listens");
        // The row in the audit is on disk before the door opens.
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit for the handshake");
        let opened = tungstenite::client(request, stream);
        if let Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) = &opened {
            return Err(answer.status().as_u16());
        }
        let (socket, _) = opened.expect("the socket opens or is refused");
        socket.get_ref().set_read_timeout(Some(Duration::from_millis(50))).expect("a time limit for reading");
        Ok(Self { socket })
    }

    /// What comes next, if it comes in time.
    pub fn next(&mut self, within: Duration) -> Option<Came> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Some(Came::Said(serde_json::from_str(&text).expect("messages are JSON")));
                }
                Ok(Message::Binary(bytes)) => return Some(Came::Bytes(bytes.to_vec())),
                Ok(Message::Close(frame)) => return Some(Came::Closed(frame.map(|frame| u16::from(frame.code)))),
                Ok(_) => {}
                Err(_) if self.socket.can_read() => {}
                Err(_) => return Some(Came::Closed(None)),
            }
        }
        None
    }

    /// Reads until `seen` makes something of what came; the test fails when it does not in time.
    pub fn until<T>(&mut self, what: &str, within: Duration, mut seen: impl FnMut(&Came) -> Option<T>) -> T {
        let (begun, mut last) = (Instant::now(), Vec::new());
        loop {
            let came = self.next(within.saturating_sub(begun.elapsed()));
            assert!(came.is_some(), "{what}: not seen within {within:?}; last said: {last:?}");
            let came = came.expect("checked in the line above");
            if let Some(found) = seen(&came) {
                return found;
            }
            assert!(!matches!(came, Came::Closed(_)), "{what}: the socket was closed; last said: {last:?}");
            if let Came::Said(said) = came {
                last.push(said);
            }
        }
    }

    /// Reads until the picture stands so; what was said then.
    pub fn state(&mut self, state: &str, within: Duration) -> Value {
        self.until(state, within, |came| match came {
            Came::Said(said) if said["t"] == "state" && said["state"] == state => Some(said.clone()),
            Came::Said(_) | Came::Bytes(_) | Came::Closed(_) => None,
        })
    }

    /// Reads so many frames.
    pub fn frames(&mut self, count: usize, within: Duration) -> Vec<Frame> {
        let mut frames = Vec::new();
        self.until(&format!("{count} frames"), within, |came| {
            let Came::Bytes(bytes) = came else { return None };
            frames.extend(frame(bytes));
            (frames.len() >= count).then_some(())
        });
        frames
    }
}

/// Boxes at the top: name and content. The test fails when the bytes are no whole boxes.
pub fn boxes(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let (mut found, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        assert!(rest.len() >= 8, "{} bytes are no box", rest.len());
        let length = usize::try_from(number(&rest[..4])).expect("a length");
        assert!((8..=rest.len()).contains(&length), "a box of {length} in {} bytes", rest.len());
        found.push((String::from_utf8_lossy(&rest[4..8]).into_owned(), &rest[8..length]));
        rest = &rest[length..];
    }
    found
}

/// The content of a box inside others, by its path.
fn inside<'b>(bytes: &'b [u8], path: &[&str]) -> &'b [u8] {
    path.iter().fold(bytes, |bytes, name| {
        let found = boxes(bytes).into_iter().find(|(known, _)| known == name);
        assert!(found.is_some(), "no {name} in {path:?}");
        found.expect("checked in the line above").1
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The frame in a fragment; none in the head of a stream.
pub fn frame(bytes: &[u8]) -> Option<Frame> {
    let names: Vec<String> = boxes(bytes).into_iter().map(|(name, _)| name).collect();
    if names == ["ftyp", "moov"] {
        return None;
    }
    assert_eq!(names, ["prft", "moof", "mdat"]);
    let tfdt = inside(bytes, &["moof", "traf", "tfdt"]);
    let trun = inside(bytes, &["moof", "traf", "trun"]);
    let data = inside(bytes, &["mdat"]);
    let size = usize::try_from(number(&trun[16..20])).expect("a size");
    assert_eq!(size, data.len(), "the picture is as long as it says");
    let later = i32::from_be_bytes([trun[24], trun[25], trun[26], trun[27]]);
    let key = number(&trun[20..24]) & 0x0001_0000 == 0;
    Some(Frame { decode: number(&tfdt[4..12]), duration: number(&trun[12..16]), later, key, size })
}
