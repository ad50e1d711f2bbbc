//! Who writes next: questions wait for the model, people take turns, and too many are turned away.
//!
//! Whoever asks ten questions at once does not keep others waiting for ten answers: of those who
//! wait, the one is next who had the model the longest time ago, and of one person's questions the
//! one that came first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

use footnote_core::id::PersonId;

/// How many questions may wait.
const WAITING: usize = 32;

/// How many questions of one person may wait, where people sign in.
const WAITING_EACH: usize = 8;

/// Whose question it is; `None` is the owner of the data directory.
type Owner = Option<PersonId>;

/// Questions that wait for a model that writes one answer at a time.
#[derive(Default)]
pub(super) struct Queue(Arc<Mutex<Line>>);

/// The line, and when each of those in it had the model last.
#[derive(Default)]
struct Line {
    is_busy: bool,
    waiting: VecDeque<Waiting>,
    /// The number of the last answer of each person who waits; more is later.
    last_answers: HashMap<Owner, u64>,
    n_answers: u64,
}

struct Waiting {
    owner: Owner,
    call: oneshot::Sender<Slot>,
}

/// A place in the line.
pub(super) struct Ticket {
    /// How many are first, as things stand when the place is taken.
    pub(super) position: usize,
    called: oneshot::Receiver<Slot>,
}

/// The model, until it is dropped.
pub(super) struct Slot(Arc<Mutex<Line>>);

/// Why there is no place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// Too many wait.
    ForAll,
    /// Too many of this person's wait.
    ForOne,
}

impl Queue {
    /// Takes a place in the line.
    pub(super) fn enter(&self, owner: Owner) -> Result<Ticket, Full> {
        let (call, called) = oneshot::channel();
        let mut line = lock(&self.0);
        line.waiting.retain(|waiting| !waiting.call.is_closed());
        if line.is_busy {
            if WAITING <= line.waiting.len() {
                return Err(Full::ForAll);
            }
            if owner.is_some() && WAITING_EACH <= line.n_of(owner) {
                return Err(Full::ForOne);
            }
        }
        line.waiting.push_back(Waiting { owner, call });
        let position = if line.is_busy { line.n_before(owner) } else { 0 };
        drop(line);
        call_next(&self.0);
        Ok(Ticket { position, called })
    }

    /// Returns how many wait.
    pub(super) fn n_waiting(&self) -> usize {
        lock(&self.0).waiting.iter().filter(|waiting| !waiting.call.is_closed()).count()
    }
}

impl Ticket {
    /// Waits for the model; `None` once nobody gets it any more.
    pub(super) async fn slot(&mut self) -> Option<Slot> {
        (&mut self.called).await.ok()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.0).is_busy = false;
        call_next(&self.0);
    }
}

impl Line {
    fn n_of(&self, owner: Owner) -> usize {
        self.waiting.iter().filter(|waiting| waiting.owner == owner).count()
    }

    /// Returns after how many answers it is the turn of somebody's last question in the line: theirs
    /// before it, and as many of each other person at most, and the one that is being written.
    fn n_before(&self, owner: Owner) -> usize {
        let own = self.n_of(owner);
        let mut others: HashMap<Owner, usize> = HashMap::new();
        for waiting in self.waiting.iter().filter(|waiting| waiting.owner != owner) {
            *others.entry(waiting.owner).or_default() += 1;
        }
        own + others.values().map(|n| *n.min(&own)).sum::<usize>()
    }

    /// Takes out whose turn it is.
    fn next(&mut self) -> Option<Waiting> {
        let answered = |waiting: &Waiting| self.last_answers.get(&waiting.owner).copied();
        let positions = self.waiting.iter().enumerate();
        let (first, _) = positions.min_by_key(|(_, waiting)| answered(waiting))?;
        let next = self.waiting.remove(first)?;
        self.n_answers += 1;
        self.last_answers.insert(next.owner, self.n_answers);
        if self.waiting.is_empty() {
            self.last_answers.retain(|owner, _| *owner == next.owner);
        }
        Some(next)
    }
}

/// Gives the model to whose turn it is, unless somebody has it. Who went away meanwhile is passed
/// over: the slot that they do not take comes back by being dropped.
fn call_next(line: &Arc<Mutex<Line>>) {
    let next = {
        let mut locked = lock(line);
        if locked.is_busy {
            return;
        }
        locked.waiting.retain(|waiting| !waiting.call.is_closed());
        let Some(next) = locked.next() else { return };
        locked.is_busy = true;
        next
    };
    drop(next.call.send(Slot(Arc::clone(line))));
}

fn lock(line: &Mutex<Line>) -> std::sync::MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_people() -> [Owner; 2] {
        [(); 2].map(|()| Some(PersonId::generate()))
    }

    #[tokio::test]
    async fn people_take_turns_however_many_questions_one_of_them_asks() {
        let queue = Queue::default();
        let [ada, bob] = two_people();
        let first = queue.enter(ada).unwrap().slot().await.unwrap();
        let mut adas: Vec<Ticket> = (0..3).map(|_| queue.enter(ada).unwrap()).collect();
        let mut bobs = queue.enter(bob).unwrap();
        assert_eq!(adas.iter().map(|ticket| ticket.position).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(bobs.position, 2, "after what is being written and one of hers at most");
        drop(first);
        let bobs = bobs.slot().await.unwrap();
        assert!(adas[0].called.try_recv().is_err(), "it is his turn");
        drop(bobs);
        drop(adas[0].slot().await.unwrap());
        drop(adas[1].slot().await.unwrap());
    }

    #[tokio::test]
    async fn who_goes_away_keeps_nobody_waiting() {
        let queue = Queue::default();
        let [ada, bob] = two_people();
        let first = queue.enter(ada).unwrap().slot().await.unwrap();
        drop(queue.enter(ada).unwrap());
        let mut bobs = queue.enter(bob).unwrap();
        assert_eq!(queue.n_waiting(), 1);
        drop(first);
        drop(bobs.slot().await.unwrap());
        assert!(queue.enter(ada).unwrap().slot().await.is_some());
    }

    #[test]
    fn too_many_are_turned_away_and_one_person_sooner() {
        let queue = Queue::default();
        let [ada, bob] = two_people();
        let mut held: Vec<Ticket> = (0..=WAITING_EACH).map(|_| queue.enter(ada).unwrap()).collect();
        assert_eq!(queue.enter(ada).err(), Some(Full::ForOne));
        held.extend((WAITING_EACH..WAITING).map(|_| queue.enter(None).unwrap()));
        assert_eq!(queue.enter(bob).err(), Some(Full::ForAll));
        assert_eq!(queue.n_waiting(), WAITING);
    }
}
