//! Tells the tasks of this process that there is work, that orders changed, or that jobs did.

use footnote_core::job::machine::Command;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often the queue is looked at for the work of other processes.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is rung when the queue changes.
#[derive(Debug, Default)]
pub(in crate::store) struct Bell {
    work: Notify,
    orders: watch::Sender<u64>,
    changes: watch::Sender<u64>,
}

impl Bell {
    /// Does what the machine commands about telling others.
    pub(in crate::store) fn ring(&self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::Abandon { .. } => self.orders.send_modify(count),
                Command::Schedule(_) => self.work(),
                Command::Publish | Command::SetAside => self.ended(),
                Command::Persist => {}
            }
        }
    }

    /// Tells that there is work. Whoever asks next whether there is, is told so too.
    pub(in crate::store) fn work(&self) {
        self.work.notify_one();
    }

    /// Tells that an item has ended: an item that must be alone may have waited for that.
    pub(in crate::store) fn ended(&self) {
        self.changed();
        self.work();
    }

    /// Tells that a job changed.
    pub(in crate::store) fn changed(&self) {
        self.changes.send_modify(count);
    }

    /// Waits until there may be work.
    pub(super) async fn wait_for_work(&self, timeout: Duration) {
        let patience = timeout.min(LOOK_EVERY);
        // Neither the bell nor its silence says whether there is work: whoever waits looks.
        let _rung_or_not = tokio::time::timeout(patience, self.work.notified()).await;
    }

    /// Returns what changes with the orders.
    pub(super) fn orders(&self) -> watch::Receiver<u64> {
        self.orders.subscribe()
    }

    /// Returns what changes with the jobs.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

fn count(n_times: &mut u64) {
    *n_times = n_times.wrapping_add(1);
}
