//! Items as rows: read, changed by the machine, written back, listed.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{DocumentId, JobId};
use footnote_core::job::machine::{Cause, Command, End, Event, Item, Lease, Phase, step};
use footnote_core::job::{
    Failure, FailureCode, ItemFilter, ItemLease, ItemState, JobItem, Stage, WorkerId,
};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{integer, key, number, time, to_word, uuid, uuid_or_none, word};
use super::Decoded;
use super::counting::Shift;

/// The columns that [`row`] reads.
pub(super) const ITEM: &str = "
    SELECT job_id, root, uri, document_id, place, size_bytes, modified_ms, tag, state, n_failures,
           n_lost, n_lost_alone, is_alone, lease_owner, lease_epoch, lease_expires_ms, progress,
           progress_ms, not_before_ms, failure_code, failure_detail, n_chunks
    FROM job_item";

/// An item with what names it.
#[derive(Debug, Clone)]
pub(super) struct ItemRow {
    pub(super) job: JobId,
    pub(super) root: String,
    pub(super) uri: String,
    pub(super) item: Item,
}

impl ItemRow {
    /// Returns the lease under which its worker holds it.
    pub(super) fn lease(&self) -> Option<ItemLease> {
        let lease = self.item.lease_of(self.item.epoch)?;
        Some(ItemLease {
            job: self.job,
            root: self.root.clone(),
            uri: self.uri.clone(),
            epoch: self.item.epoch,
            owner: lease.owner.clone(),
        })
    }
}

impl Catalog {
    /// Lets something happen to an item, writes what it becomes, and counts it.
    pub(super) async fn happen(
        &self,
        connection: &mut AnyConnection,
        row: &mut ItemRow,
        cause: Cause,
    ) -> Decoded<Vec<Command>> {
        let before = row.item.state();
        let event = Event { at: Timestamp(self.now_ms()), cause };
        let (item, commands) = step(row.item.clone(), &event);
        row.item = item;
        if !commands.contains(&Command::Persist) {
            return Ok(commands);
        }
        self.write_item(connection, row).await?;
        let shift = Shift::default().out_of(before, 1).into(row.item.state(), 1);
        if shift.is_some() {
            self.shift_counts(connection, row.job, shift).await?;
        }
        Ok(commands)
    }

    /// Writes an item to its row.
    async fn write_item(&self, connection: &mut AnyConnection, row: &ItemRow) -> Decoded<()> {
        let item = &row.item;
        let columns = Columns::of(&item.phase);
        sqlx::query(
            "UPDATE job_item SET state = $4, n_failures = $5, n_lost = $6, n_lost_alone = $7,
               is_alone = $8, lease_owner = $9, lease_epoch = $10, lease_expires_ms = $11,
               progress = $12, progress_ms = $13, not_before_ms = $14, failure_code = $15,
               failure_detail = $16, updated_ms = $17
             WHERE job_id = $1 AND root = $2 AND uri = $3",
        )
        .bind(key(row.job.as_uuid()))
        .bind(&row.root)
        .bind(&row.uri)
        .bind(to_word(&item.state())?)
        .bind(i64::from(item.n_failures))
        .bind(i64::from(item.n_lost))
        .bind(i64::from(item.n_lost_alone))
        .bind(i64::from(item.is_suspect()))
        .bind(columns.owner)
        .bind(integer(item.epoch))
        .bind(columns.expires_ms)
        .bind(columns.progress)
        .bind(columns.progress_ms)
        .bind(columns.not_before_ms)
        .bind(columns.failure.map(|failure| failure.code.as_str()))
        .bind(columns.failure.map(|failure| &failure.detail))
        .bind(self.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Returns the item of a lease, whoever holds it now.
    pub(super) async fn item_of(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
    ) -> Decoded<Option<ItemRow>> {
        let statement = format!("{ITEM} WHERE job_id = $1 AND root = $2 AND uri = $3");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(lease.job.as_uuid()))
            .bind(&lease.root)
            .bind(&lease.uri)
            .try_map(|row| item_row(&row))
            .fetch_optional(connection)
            .await
    }

    /// Returns the items of a job that workers hold.
    pub(super) async fn leased_items(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
    ) -> Decoded<Vec<ItemRow>> {
        let statement = format!("{ITEM} WHERE job_id = $1 AND lease_owner IS NOT NULL");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .try_map(|row| item_row(&row))
            .fetch_all(connection)
            .await
    }

    /// Returns items of a job by root and uri.
    pub(crate) async fn job_items(
        &self,
        id: JobId,
        filter: &ItemFilter,
        limit: usize,
    ) -> Result<Vec<JobItem>> {
        let failed = || cannot("list the items of the job");
        let (root, uri) = filter.after.clone().unzip();
        // The state stands in the statement, so that the index of failed items serves.
        let state = match filter.state {
            None => String::new(),
            Some(state) => format!("AND state = '{}'", to_word(&state).map_err(failed())?),
        };
        let statement = format!(
            "{ITEM} WHERE job_id = $1 {state} AND (CAST($2 AS TEXT) IS NULL OR (root, uri) > ($2, $3))
             ORDER BY root, uri LIMIT $4"
        );
        let now = Timestamp(self.now_ms());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .bind(root)
            .bind(uri)
            .bind(integer(limit))
            .try_map(|row| job_item(&row, now))
            .fetch_all(&self.readers)
            .await
            .map_err(failed())
    }

    /// Counts the items of a job and a root whose uris go on after a text and a `/`.
    pub(crate) async fn count_items_below(&self, lease: &ItemLease, above: &str) -> Result<usize> {
        sqlx::query(
            "SELECT count(*) AS n FROM job_item WHERE job_id = $1 AND root = $2
               AND $3 <= uri AND uri < $4",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(&lease.root)
        .bind(format!("{above}/"))
        // The sign after `/`: nothing of what is wanted comes later.
        .bind(format!("{above}0"))
        .try_map(|row| number(&row, "n"))
        .fetch_one(&self.readers)
        .await
        .map_err(cannot("count the items of the job"))
    }

    /// Returns the items of a job that are in work, those without progress for longest first.
    pub(crate) async fn items_in_work(&self, id: JobId) -> Result<Vec<JobItem>> {
        let statement =
            format!("{ITEM} WHERE job_id = $1 AND lease_owner IS NOT NULL ORDER BY progress_ms");
        let now = Timestamp(self.now_ms());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .try_map(|row| job_item(&row, now))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the items in work"))
    }
}

/// What a phase is in columns.
#[derive(Default)]
struct Columns<'a> {
    owner: Option<&'a str>,
    expires_ms: Option<i64>,
    progress: i64,
    progress_ms: Option<i64>,
    not_before_ms: i64,
    failure: Option<&'a Failure>,
}

impl<'a> Columns<'a> {
    fn of(phase: &'a Phase) -> Self {
        match phase {
            Phase::Queued { not_before, because } => {
                Self { not_before_ms: not_before.0, failure: because.as_ref(), ..Self::default() }
            }
            Phase::Leased(lease) => Self {
                owner: Some(lease.owner.as_str()),
                expires_ms: Some(lease.expires.0),
                progress: integer(lease.progress),
                progress_ms: Some(lease.progressed.0),
                ..Self::default()
            },
            Phase::Ended(End::Failed(failure)) => {
                Self { failure: Some(failure), ..Self::default() }
            }
            Phase::Ended(End::Ready | End::Unchanged | End::Removed | End::Cancelled) => {
                Self::default()
            }
        }
    }
}

/// Reads an item from its row.
pub(super) fn item_row(row: &AnyRow) -> Decoded<ItemRow> {
    let item = Item {
        phase: phase(row)?,
        epoch: number(row, "lease_epoch")?,
        n_failures: number(row, "n_failures")?,
        n_lost: number(row, "n_lost")?,
        n_lost_alone: number(row, "n_lost_alone")?,
    };
    Ok(ItemRow {
        job: JobId::from_uuid(uuid(row, "job_id")?),
        root: row.try_get("root")?,
        uri: row.try_get("uri")?,
        item,
    })
}

fn phase(row: &AnyRow) -> Decoded<Phase> {
    Ok(match word(row, "state")? {
        ItemState::Queued => {
            Phase::Queued { not_before: time(row, "not_before_ms")?, because: failure(row)? }
        }
        ItemState::Parsing => leased(row, Stage::Parsing)?,
        ItemState::Chunking => leased(row, Stage::Chunking)?,
        ItemState::Embedding => leased(row, Stage::Embedding)?,
        ItemState::Indexing => leased(row, Stage::Indexing)?,
        ItemState::Ready => Phase::Ended(End::Ready),
        ItemState::Unchanged => Phase::Ended(End::Unchanged),
        ItemState::Removed => Phase::Ended(End::Removed),
        ItemState::Failed => {
            let unknown = || Failure::new(FailureCode::Internal, "");
            Phase::Ended(End::Failed(failure(row)?.unwrap_or_else(unknown)))
        }
        ItemState::Cancelled => Phase::Ended(End::Cancelled),
    })
}

fn leased(row: &AnyRow, stage: Stage) -> Decoded<Phase> {
    Ok(Phase::Leased(Lease {
        owner: WorkerId::from_name(row.try_get("lease_owner")?),
        expires: time(row, "lease_expires_ms")?,
        stage,
        progress: number(row, "progress")?,
        progressed: time(row, "progress_ms")?,
        is_alone: row.try_get::<i64, _>("is_alone")? != 0,
    }))
}

fn failure(row: &AnyRow) -> Decoded<Option<Failure>> {
    if row.try_get::<Option<&str>, _>("failure_code")?.is_none() {
        return Ok(None);
    }
    let code: FailureCode = word(row, "failure_code")?;
    let detail: Option<String> = row.try_get("failure_detail")?;
    Ok(Some(Failure::new(code, detail.unwrap_or_default())))
}

fn job_item(row: &AnyRow, now: Timestamp) -> Decoded<JobItem> {
    let read = item_row(row)?;
    let not_before = match &read.item.phase {
        Phase::Queued { not_before, .. } if now < *not_before => Some(*not_before),
        Phase::Queued { .. } | Phase::Leased(_) | Phase::Ended(_) => None,
    };
    Ok(JobItem {
        document: uuid_or_none(row, "document_id")?.map(DocumentId::from_uuid),
        state: read.item.state(),
        failure: failure(row)?,
        chunks: number(row, "n_chunks")?,
        n_failures: read.item.n_failures,
        not_before,
        worker: read.item.lease_of(read.item.epoch).map(|lease| lease.owner.clone()),
        stall: read.item.stall(now),
        root: read.root,
        uri: read.uri,
    })
}
