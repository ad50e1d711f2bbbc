//! Taking items: jobs by priority and turn, a share for each, the oldest items first.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::JobId;
use footnote_core::job::machine::Cause;
use footnote_core::job::{JobBrief, Place, TakenItem, WorkerId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::sync::Arc;
use std::time::Duration;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{from_json, id_list, integer, key, number, time_or_none, uuid};
use super::Decoded;
use super::items::{ITEM, ItemRow, item_row};
use super::listing::brief;

/// How long an item that must be alone waits for a worker to be idle by itself. After that,
/// workers take nothing else until one is.
const PATIENCE_ALONE: Duration = Duration::from_mins(10);

/// How much a worker may take.
#[derive(Debug, Clone, Copy)]
struct Room {
    n_items: usize,
    n_bytes: u64,
}

/// Which items are looked for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    is_alone: bool,
    /// Those that wait since before this moment.
    by: Timestamp,
}

/// A job whose turn it is.
struct Turn {
    brief: Arc<JobBrief>,
    priority: i64,
}

/// What a waiting row says besides the machine's part.
struct Waiting {
    row: ItemRow,
    place: Place,
    size_bytes: u64,
    modified: Option<Timestamp>,
    tag: Option<String>,
}

impl Catalog {
    /// Leases items to a worker.
    pub(crate) async fn take_items(
        &self,
        worker: &WorkerId,
        limit: usize,
        max_bytes: u64,
    ) -> Result<Vec<TakenItem>> {
        let failed = || cannot("take items of the queue");
        if limit == 0 || !self.has_waiting().await.map_err(failed())? {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin().await.map_err(failed())?;
        let room = Room { n_items: limit, n_bytes: max_bytes };
        let taken = self.take_in(&mut transaction, worker, room).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(taken)
    }

    /// Tells whether anything waits, without keeping anybody from writing.
    async fn has_waiting(&self) -> Decoded<bool> {
        let found = sqlx::query(
            "SELECT 1 FROM job WHERE state = 'running' AND paused_ms IS NULL AND n_waiting > 0
             LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(found.is_some())
    }

    /// Takes what can have company; else, if the worker is idle, one that cannot.
    async fn take_in(
        &self,
        connection: &mut AnyConnection,
        worker: &WorkerId,
        room: Room,
    ) -> Decoded<Vec<TakenItem>> {
        let now = Timestamp(self.now_ms());
        let one = Room { n_items: 1, ..room };
        let alone = Wanted { is_alone: true, by: now };
        let overdue = Wanted { by: Timestamp(now.0 - millis(PATIENCE_ALONE)), ..alone };
        let holds = self.holds(connection, worker).await?;
        if holds.is_alone {
            return Ok(Vec::new());
        }
        if !self.turns(connection, overdue, 1).await?.is_empty() {
            return match holds.n_items {
                0 => self.take_wanted(connection, worker, overdue, one).await,
                _ => Ok(Vec::new()),
            };
        }
        let usual = Wanted { is_alone: false, by: now };
        let taken = self.take_wanted(connection, worker, usual, room).await?;
        if taken.is_empty() && holds.n_items == 0 {
            return self.take_wanted(connection, worker, alone, one).await;
        }
        Ok(taken)
    }

    async fn take_wanted(
        &self,
        connection: &mut AnyConnection,
        worker: &WorkerId,
        wanted: Wanted,
        mut room: Room,
    ) -> Decoded<Vec<TakenItem>> {
        let turns = self.turns(connection, wanted, room.n_items).await?;
        let turns = self.lock_turns(connection, turns).await?;
        let mut taken = Vec::new();
        for (index, turn) in turns.iter().enumerate() {
            let n_sharing =
                turns[index..].iter().take_while(|other| other.priority == turn.priority).count();
            let share = room.n_items.div_ceil(n_sharing);
            let n_before = taken.len();
            for waiting in self.waiting(connection, turn.brief.id, wanted, share).await? {
                if !taken.is_empty() && room.n_bytes < waiting.size_bytes {
                    break;
                }
                room.n_bytes = room.n_bytes.saturating_sub(waiting.size_bytes);
                let item = self.take_one(connection, worker, waiting, &turn.brief).await?;
                taken.extend(item);
            }
            let n_served = taken.len() - n_before;
            room.n_items = room.n_items.saturating_sub(n_served);
            if 0 < n_served {
                self.take_turn(connection, turn.brief.id).await?;
            }
            if room.n_items == 0 {
                break;
            }
        }
        Ok(taken)
    }

    /// Returns the jobs that have what is wanted, in the order of their turns.
    async fn turns(
        &self,
        connection: &mut AnyConnection,
        wanted: Wanted,
        limit: usize,
    ) -> Decoded<Vec<Turn>> {
        sqlx::query(
            "SELECT j.id, j.collection_id, j.source, j.kind, j.request, j.priority FROM job j
             WHERE j.state = 'running' AND j.paused_ms IS NULL AND j.n_waiting > 0 AND EXISTS (
               SELECT 1 FROM job_item i WHERE i.job_id = j.id AND i.state = 'queued'
                 AND i.is_alone = $1 AND i.not_before_ms <= $2)
             ORDER BY j.priority DESC, j.turn, j.id LIMIT $3",
        )
        .bind(i64::from(wanted.is_alone))
        .bind(wanted.by.0)
        .bind(integer(limit))
        .try_map(|row| {
            Ok(Turn { brief: Arc::new(brief(&row)?), priority: row.try_get("priority")? })
        })
        .fetch_all(connection)
        .await
    }

    /// Locks the rows of jobs and returns those that may still be served, in the same order.
    async fn lock_turns(
        &self,
        connection: &mut AnyConnection,
        mut turns: Vec<Turn>,
    ) -> Decoded<Vec<Turn>> {
        let statement = format!(
            "SELECT id, state, paused_ms FROM job
             WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id{}",
            self.locking()
        );
        let served: Vec<JobId> = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(id_list(turns.iter().map(|turn| turn.brief.id.as_uuid())))
            .try_map(|row: AnyRow| {
                let is_running = row.try_get::<&str, _>("state")? == "running";
                let is_served = is_running && time_or_none(&row, "paused_ms")?.is_none();
                Ok((JobId::from_uuid(uuid(&row, "id")?), is_served))
            })
            .fetch_all(connection)
            .await?
            .into_iter()
            .filter_map(|(id, is_served)| is_served.then_some(id))
            .collect();
        turns.retain(|turn| served.contains(&turn.brief.id));
        Ok(turns)
    }

    /// Returns the oldest items of a job that are wanted.
    async fn waiting(
        &self,
        connection: &mut AnyConnection,
        job: JobId,
        wanted: Wanted,
        limit: usize,
    ) -> Decoded<Vec<Waiting>> {
        let statement = format!(
            "{ITEM} WHERE job_id = $1 AND state = 'queued' AND is_alone = $2
               AND not_before_ms <= $3 ORDER BY not_before_ms LIMIT $4"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(job.as_uuid()))
            .bind(i64::from(wanted.is_alone))
            .bind(wanted.by.0)
            .bind(integer(limit))
            .try_map(|row| waiting(&row))
            .fetch_all(connection)
            .await
    }

    async fn take_one(
        &self,
        connection: &mut AnyConnection,
        worker: &WorkerId,
        waiting: Waiting,
        job: &Arc<JobBrief>,
    ) -> Decoded<Option<TakenItem>> {
        let Waiting { mut row, place, size_bytes, modified, tag } = waiting;
        self.happen(connection, &mut row, Cause::Taken { by: worker.clone() }).await?;
        let Some(lease) = row.lease() else { return Ok(None) };
        Ok(Some(TakenItem {
            lease,
            job: Arc::clone(job),
            place,
            size_bytes,
            modified,
            tag,
            attempt: row.item.n_failures + 1,
            is_alone: row.item.is_suspect(),
        }))
    }

    /// Puts a job behind all others.
    async fn take_turn(&self, connection: &mut AnyConnection, job: JobId) -> Decoded<()> {
        sqlx::query("UPDATE job SET turn = (SELECT max(turn) + 1 FROM job) WHERE id = $1")
            .bind(key(job.as_uuid()))
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn holds(&self, connection: &mut AnyConnection, worker: &WorkerId) -> Decoded<Holding> {
        sqlx::query(
            "SELECT count(*) AS n_items, CAST(coalesce(sum(is_alone), 0) AS BIGINT) AS n_alone
             FROM job_item WHERE lease_owner = $1",
        )
        .bind(worker.as_str())
        .try_map(|row: AnyRow| {
            let n_alone: i64 = row.try_get("n_alone")?;
            Ok(Holding { n_items: number(&row, "n_items")?, is_alone: n_alone != 0 })
        })
        .fetch_one(connection)
        .await
    }
}

/// What a worker has in work.
struct Holding {
    n_items: u64,
    is_alone: bool,
}

fn waiting(row: &AnyRow) -> Decoded<Waiting> {
    Ok(Waiting {
        row: item_row(row)?,
        place: from_json(row, "place")?,
        size_bytes: number(row, "size_bytes")?,
        modified: time_or_none(row, "modified_ms")?,
        tag: row.try_get("tag")?,
    })
}

fn millis(duration: Duration) -> i64 {
    integer(duration.as_millis())
}
