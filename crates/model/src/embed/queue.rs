//! Two lanes of tasks: queries are served before passages.

use footnote_core::model::Purpose;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue that many threads put into and take from, and that can be closed.
///
/// It is bounded by its users: a request holds a permit of its lane until it is answered.
pub(super) struct Queue<T> {
    lanes: Mutex<Lanes<T>>,
    changed: Condvar,
}

struct Lanes<T> {
    queries: VecDeque<T>,
    passages: VecDeque<T>,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let lanes = Lanes { queries: VecDeque::new(), passages: VecDeque::new(), is_closed: false };
        Self { lanes: Mutex::new(lanes), changed: Condvar::new() }
    }

    /// Puts tasks at the end of a lane; a closed queue drops them.
    pub(super) fn put(&self, purpose: Purpose, tasks: impl IntoIterator<Item = T>) {
        let mut lanes = self.lock();
        if lanes.is_closed {
            return;
        }
        match purpose {
            Purpose::Query => lanes.queries.extend(tasks),
            Purpose::Passage => lanes.passages.extend(tasks),
        }
        drop(lanes);
        self.changed.notify_all();
    }

    /// Waits for a task; returns none when the queue is closed.
    pub(super) fn take(&self) -> Option<T> {
        let mut lanes = self.lock();
        loop {
            if lanes.is_closed {
                return None;
            }
            let lanes_in_order = &mut *lanes;
            let first = lanes_in_order.queries.pop_front();
            if let Some(task) = first.or_else(|| lanes_in_order.passages.pop_front()) {
                return Some(task);
            }
            lanes = self.changed.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends every wait; what is left in the queue is dropped.
    pub(super) fn close(&self) {
        let mut lanes = self.lock();
        lanes.is_closed = true;
        lanes.queries.clear();
        lanes.passages.clear();
        drop(lanes);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        // Nothing inside can be left half done, so a panic elsewhere does no harm.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_overtake_passages_and_nothing_else_is_reordered() {
        let queue = Queue::new();
        queue.put(Purpose::Passage, [1, 2]);
        queue.put(Purpose::Query, [3, 4]);
        let taken: Vec<_> = (0..4).filter_map(|_| queue.take()).collect();
        assert_eq!(taken, [3, 4, 1, 2]);
    }

    #[test]
    fn a_closed_queue_ends_every_wait() {
        let queue = std::sync::Arc::new(Queue::<u8>::new());
        let waiting = queue.clone();
        let thread = std::thread::spawn(move || waiting.take());
        queue.close();
        assert_eq!(thread.join().unwrap(), None);
        queue.put(Purpose::Query, [1]);
        assert_eq!(queue.take(), None);
    }
}
