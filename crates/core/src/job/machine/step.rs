//! One step in the life of an item.

use super::policy::{self, Cost, LEASE, LOSSES_ALONE, after};
use super::{Cause, Command, Done, End, Event, Item, Lease, Phase, Report};
use crate::clock::Timestamp;
use crate::job::{Failure, FailureCode, Stage, WorkerId};

/// An item and what is to be done.
type Outcome = (Item, Vec<Command>);

/// Returns what an item becomes by an event, and what is to be done.
///
/// An event that does not concern it, because it came late or twice, changes nothing.
#[must_use]
pub fn step(item: Item, event: &Event) -> Outcome {
    let at = event.at;
    match &event.cause {
        Cause::Taken { by } => take(item, by, at),
        Cause::Heard { from, epoch, report } => match item.lease_of(*epoch) {
            Some(lease) if lease.owner == *from => hear(item, report, at),
            Some(_) | None => (item, vec![abandon(from, *epoch)]),
        },
        Cause::LeaseExpired { epoch } => match item.lease_of(*epoch) {
            Some(lease) if lease.expires <= at => lose(item, at),
            Some(_) | None => unchanged(item),
        },
        Cause::WorkerGone { worker } => match item.lease_of(item.epoch) {
            Some(lease) if lease.owner == *worker => lose(item, at),
            Some(_) | None => unchanged(item),
        },
        Cause::DeadlinePassed { epoch, stage } => match item.lease_of(*epoch) {
            Some(_) if item.overdue(at) == Some(*stage) => time_out(item, *stage, at),
            Some(_) | None => unchanged(item),
        },
        Cause::CancelAsked => cancel(item),
        Cause::PauseAsked => give_back(item, at),
        Cause::ResumeAsked => resume(item),
        Cause::RetryAsked => retry(item, at),
    }
}

fn unchanged(item: Item) -> Outcome {
    (item, Vec::new())
}

fn take(mut item: Item, by: &WorkerId, at: Timestamp) -> Outcome {
    match item.phase {
        Phase::Queued { not_before, .. } if not_before <= at => {}
        Phase::Queued { .. } | Phase::Leased(_) | Phase::Ended(_) => return unchanged(item),
    }
    item.epoch += 1;
    item.phase = Phase::Leased(Lease {
        owner: by.clone(),
        expires: after(at, LEASE),
        stage: Stage::Parsing,
        progress: 0,
        progressed: at,
        is_alone: item.is_suspect(),
    });
    (item, vec![Command::Persist, Command::Publish])
}

/// Hears the worker that holds the item.
fn hear(item: Item, report: &Report, at: Timestamp) -> Outcome {
    match report {
        Report::Alive { stage, progress } => renew(item, *stage, *progress, at),
        Report::Ended(done) => end(
            item,
            match done {
                Done::Ready => End::Ready,
                Done::Unchanged => End::Unchanged,
                Done::Removed => End::Removed,
            },
        ),
        Report::Failed(failure) => fail(item, failure, at),
        Report::Released => give_back(item, at),
    }
}

/// Extends the lease. Words that arrive late may neither shorten it nor undo progress.
fn renew(mut item: Item, stage: Stage, progress: u64, at: Timestamp) -> Outcome {
    let mut commands = vec![Command::Persist];
    if let Phase::Leased(lease) = &mut item.phase {
        lease.expires = lease.expires.max(after(at, LEASE));
        if (lease.stage, lease.progress) < (stage, progress) {
            if lease.stage != stage {
                commands.push(Command::Publish);
            }
            (lease.stage, lease.progress) = (stage, progress);
            lease.progressed = lease.progressed.max(at);
        }
    }
    (item, commands)
}

fn end(mut item: Item, end: End) -> Outcome {
    item.phase = Phase::Ended(end);
    (item, vec![Command::Persist, Command::Publish])
}

/// Charges a failure; the item ends unless it may pass and tries are left.
fn fail(mut item: Item, failure: &Failure, at: Timestamp) -> Outcome {
    let cost = policy::cost(failure.code);
    if let Cost::Tries(n_tries) = cost {
        item.n_failures += 1;
        if n_tries <= item.n_failures {
            return end(item, End::Failed(failure.clone()));
        }
    }
    let not_before = after(at, policy::backoff(cost, item.n_failures));
    wait(item, not_before, Some(failure.clone()))
}

fn wait(mut item: Item, not_before: Timestamp, because: Option<Failure>) -> Outcome {
    item.phase = Phase::Queued { not_before, because };
    (item, vec![Command::Persist, Command::Publish, Command::Schedule(not_before)])
}

/// Counts a worker that vanished. The item is set aside only when nothing else can have been it.
fn lose(mut item: Item, at: Timestamp) -> Outcome {
    let Phase::Leased(lease) = &item.phase else { return unchanged(item) };
    let (told, stage) = (abandon(&lease.owner, item.epoch), lease.stage);
    item.n_lost += 1;
    item.n_lost_alone += u32::from(lease.is_alone);
    let (item, mut commands) = if LOSSES_ALONE <= item.n_lost_alone {
        let (item, mut commands) = end(item, End::Failed(poison(stage)));
        commands.push(Command::SetAside);
        (item, commands)
    } else {
        let not_before = after(at, policy::backoff_alone(item.n_lost_alone));
        wait(item, not_before, None)
    };
    commands.push(told);
    (item, commands)
}

fn poison(stage: Stage) -> Failure {
    let detail = format!(
        "the program ended {LOSSES_ALONE} times while only this document was in work, the last \
         time in {stage}; look at the document, then try it again with `footnote jobs retry`"
    );
    Failure::new(FailureCode::Crashed, detail)
}

fn time_out(item: Item, stage: Stage, at: Timestamp) -> Outcome {
    let Phase::Leased(lease) = &item.phase else { return unchanged(item) };
    let told = abandon(&lease.owner, item.epoch);
    let n_minutes = policy::patience(stage).as_secs() / 60;
    let detail = format!("no progress in {stage} for {n_minutes} minutes");
    let (item, mut commands) = fail(item, &Failure::new(FailureCode::Timeout, detail), at);
    commands.push(told);
    (item, commands)
}

fn cancel(item: Item) -> Outcome {
    if let Phase::Ended(_) = item.phase {
        return unchanged(item);
    }
    let told = holder(&item);
    let (item, mut commands) = end(item, End::Cancelled);
    commands.extend(told);
    (item, commands)
}

/// Puts an item back that its worker, or a pause, has interrupted. It costs the item nothing.
fn give_back(item: Item, at: Timestamp) -> Outcome {
    let Some(told) = holder(&item) else { return unchanged(item) };
    let (item, mut commands) = wait(item, at, None);
    commands.push(told);
    (item, commands)
}

fn resume(item: Item) -> Outcome {
    match item.phase {
        Phase::Queued { not_before, .. } => (item, vec![Command::Schedule(not_before)]),
        Phase::Leased(_) | Phase::Ended(_) => unchanged(item),
    }
}

/// Tries again what failed or was cancelled, or what waits for later. One that was a suspect
/// stays one: it is alone at once.
fn retry(mut item: Item, at: Timestamp) -> Outcome {
    match item.phase {
        Phase::Ended(End::Failed(_) | End::Cancelled) | Phase::Queued { .. } => {
            item.n_failures = 0;
            item.n_lost_alone = 0;
            wait(item, at, None)
        }
        Phase::Ended(End::Ready | End::Unchanged | End::Removed) | Phase::Leased(_) => {
            unchanged(item)
        }
    }
}

fn holder(item: &Item) -> Option<Command> {
    item.lease_of(item.epoch).map(|lease| abandon(&lease.owner, item.epoch))
}

fn abandon(worker: &WorkerId, epoch: u64) -> Command {
    Command::Abandon { worker: worker.clone(), epoch }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::ItemState;
    use crate::job::machine::policy::STALLED_AFTER;

    const BEGIN: Timestamp = Timestamp(1_000_000);

    fn worker(name: &str) -> WorkerId {
        WorkerId::from_name(name.to_owned())
    }

    fn happen(item: Item, seconds: i64, cause: Cause) -> Outcome {
        step(item, &Event { at: Timestamp(BEGIN.0 + seconds * 1_000), cause })
    }

    fn taken() -> Item {
        happen(Item::new(BEGIN), 0, Cause::Taken { by: worker("w") }).0
    }

    fn heard(epoch: u64, report: Report) -> Cause {
        Cause::Heard { from: worker("w"), epoch, report }
    }

    fn failed(code: FailureCode) -> Cause {
        heard(1, Report::Failed(Failure::new(code, "why")))
    }

    #[test]
    fn an_item_waits_longer_after_each_failure_that_may_pass() {
        for code in [FailureCode::Internal, FailureCode::Unreachable] {
            let (item, commands) = happen(taken(), 1, failed(code));
            assert!(commands.contains(&Command::Schedule(Timestamp(BEGIN.0 + 6_000))), "{code}");
            let early = happen(item.clone(), 5, Cause::Taken { by: worker("w") });
            assert_eq!(early, (item, Vec::new()));
        }
    }

    #[test]
    fn what_cannot_pass_is_tried_once_and_a_full_disk_is_not_charged() {
        for code in [FailureCode::Encrypted, FailureCode::NotAllowed] {
            let (item, _) = happen(taken(), 1, failed(code));
            assert_eq!(item.state(), ItemState::Failed, "{code}");
        }
        let (item, _) = happen(taken(), 1, failed(FailureCode::DiskFull));
        assert_eq!((item.state(), item.n_failures), (ItemState::Queued, 0));
    }

    #[test]
    fn words_that_come_late_undo_no_progress() {
        let said = |progress| Report::Alive { stage: Stage::Embedding, progress };
        let (item, _) = happen(taken(), 10, heard(1, said(5)));
        let (after_late, _) = happen(item.clone(), 9, heard(1, said(4)));
        assert_eq!(after_late, item);
        assert_eq!(item.stall(after(BEGIN, STALLED_AFTER)), None);
    }

    #[test]
    fn who_lost_an_item_is_told_to_abandon_it() {
        let (item, commands) = happen(taken(), 60, Cause::LeaseExpired { epoch: 1 });
        assert!(commands.contains(&abandon(&worker("w"), 1)));
        let (same, commands) = happen(item.clone(), 61, heard(1, Report::Ended(Done::Ready)));
        assert_eq!((same, commands), (item, vec![abandon(&worker("w"), 1)]));
    }

    #[test]
    fn an_end_is_final_unless_somebody_asks_for_another_try() {
        let (ended, _) = happen(taken(), 1, Cause::CancelAsked);
        for cause in [failed(FailureCode::Internal), Cause::PauseAsked, Cause::ResumeAsked] {
            assert_eq!(happen(ended.clone(), 2, cause).0, ended);
        }
        assert_eq!(happen(ended, 2, Cause::RetryAsked).0.state(), ItemState::Queued);
    }
}
