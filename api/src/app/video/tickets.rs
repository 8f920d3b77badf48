//! Tickets: one user's right to watch one camera for a while. They are kept in memory and end with the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use spatial::Fid;

use crate::app::hex;

/// Tickets that hold at once.
const MOST: usize = 10_000;
/// Tickets of one user that hold at once: more tiles than a wall has, each renewed once.
const MOST_OF_ONE: usize = 64;

/// A camera that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub fid: Fid,
    /// Who says that it stands there.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// What it is called.
    pub name: Option<String>,
    /// No other camera has the same id.
    pub alone: bool,
}

/// A right to watch.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// What stands in the address: 32 hexadecimal digits of chance.
    pub token: String,
    /// Whose it is.
    pub user: String,
    /// Which camera.
    pub camera: Seen,
    /// What for.
    pub purpose: String,
    /// For which incident.
    pub incident: Option<String>,
    /// Why, where a reason was typed.
    pub reason: Option<String>,
    /// Until when it holds, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

/// All tickets that hold.
#[derive(Debug, Default)]
pub struct Tickets(Mutex<HashMap<String, Arc<Ticket>>>);

/// No more tickets are given just now.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany;

impl Tickets {
    /// Whether the user may have one more.
    pub fn room(&self, user: &str, now_ms: i64) -> Result<(), TooMany> {
        self.with(|all| {
            all.retain(|_, ticket| ticket.expires_ms > now_ms);
            let own = all.values().filter(|ticket| ticket.user == user).count();
            if all.len() >= MOST || own >= MOST_OF_ONE { Err(TooMany) } else { Ok(()) }
        })
    }

    /// Keeps a ticket.
    pub fn keep(&self, ticket: Ticket) -> Arc<Ticket> {
        let ticket = Arc::new(ticket);
        self.with(|all| all.insert(ticket.token.clone(), Arc::clone(&ticket)));
        ticket
    }

    /// The ticket, while it holds.
    pub fn get(&self, token: &str, now_ms: i64) -> Option<Arc<Ticket>> {
        self.with(|all| all.get(token).filter(|ticket| ticket.expires_ms > now_ms).cloned())
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Arc<Ticket>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// 128 bits of chance; none when the system has none to give.
pub(super) fn fresh_token() -> Option<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).ok()?;
    Some(hex(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(user: &str, expires_ms: i64) -> Ticket {
        Ticket {
            token: fresh_token().unwrap(),
            user: user.to_owned(),
            camera: Seen { fid: 1, source: "s".to_owned(), id: "1".to_owned(), name: None, alone: true },
            purpose: "p".to_owned(),
            incident: None,
            reason: None,
            expires_ms,
        }
    }

    #[test]
    fn a_ticket_ends() {
        let tickets = Tickets::default();
        let token = tickets.keep(ticket("a", 1_000)).token.clone();
        assert_eq!(token.len(), 32);
        assert!(tickets.get(&token, 999).is_some());
        assert!(tickets.get(&token, 1_000).is_none());
        assert!(tickets.get("", 0).is_none());
    }

    #[test]
    fn one_user_has_so_many_and_no_more() {
        let tickets = Tickets::default();
        for _ in 0..MOST_OF_ONE {
            assert_eq!(tickets.room("a", 0), Ok(()));
            tickets.keep(ticket("a", 1_000));
        }
        assert_eq!(tickets.room("a", 0), Err(TooMany));
        assert_eq!(tickets.room("b", 0), Ok(()), "another has room");
        assert_eq!(tickets.room("a", 1_000), Ok(()), "what has ended takes no room");
    }
}
