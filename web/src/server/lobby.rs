//! Connections that have sent no whole request yet: where there is no room for another, the one
//! that has dawdled longest makes way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// Everybody who has connected and not asked yet, in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Lobby(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    n_came: u64,
    guests: BTreeMap<u64, CancellationToken>,
}

/// A connection in the lobby. It leaves with its first request, or when it is dropped.
pub(super) struct Guest {
    lobby: Lobby,
    number: u64,
    /// Cancelled when it has to make way.
    pub(super) dismissed: CancellationToken,
}

impl Lobby {
    /// Lets a connection in.
    pub(super) fn enter(&self) -> Arc<Guest> {
        let dismissed = CancellationToken::new();
        let mut waiting = self.lock();
        waiting.n_came += 1;
        let number = waiting.n_came;
        waiting.guests.insert(number, dismissed.clone());
        drop(waiting);
        Arc::new(Guest { lobby: self.clone(), number, dismissed })
    }

    /// Dismisses whoever has waited longest, if anybody waits.
    pub(super) fn dismiss_oldest(&self) {
        let oldest = self.lock().guests.pop_first();
        if let Some((_number, dismissed)) = oldest {
            dismissed.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Takes it out of the lobby: it has asked for something, and is not dismissed any more.
    pub(super) fn asks(&self) {
        self.lobby.lock().guests.remove(&self.number);
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.asks();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_dawdled_longest_makes_way_and_who_has_asked_stays() {
        let lobby = Lobby::default();
        let [asking, first, second, gone] = [(); 4].map(|()| lobby.enter());
        asking.asks();
        lobby.dismiss_oldest();
        let dismissed = |guest: &Guest| guest.dismissed.is_cancelled();
        assert!(dismissed(&first) && !dismissed(&second) && !dismissed(&asking));
        drop(gone);
        lobby.dismiss_oldest();
        assert!(dismissed(&second) && !dismissed(&asking));
        lobby.dismiss_oldest();
        assert!(lobby.lock().guests.is_empty());
    }
}
