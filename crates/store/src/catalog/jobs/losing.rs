//! Workers that vanish: what they held is taken back.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::JobId;
use footnote_core::job::JobState;
use footnote_core::job::machine::policy::{after, backoff_listing};
use footnote_core::job::machine::{Cause, Command};
use sqlx::AnyConnection;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{key, number, uuid};
use super::Decoded;
use super::items::ItemRow;

/// What a job says that was never listed to its end, because that ended the program.
const DEADLY_LISTING: &str = "the program ended again and again while this job was being listed";

/// Whose leases are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vanished {
    /// Everybody's.
    All,
    /// Of those that were not heard of for too long.
    Silent,
}

impl Catalog {
    /// Takes back everything that workers hold: none of them lives. Returns how much that was.
    ///
    /// Whoever calls it holds the data directory, which keeps other workers away.
    pub(crate) async fn take_back_all(&self) -> Result<u64> {
        let (n_taken, _nobody_listens_yet) = self.take_back(Vanished::All).await?;
        Ok(n_taken)
    }

    /// Takes back what workers hold that were not heard of for too long.
    pub(crate) async fn reap_expired(&self) -> Result<(u64, Vec<Command>)> {
        self.take_back(Vanished::Silent).await
    }

    async fn take_back(&self, vanished: Vanished) -> Result<(u64, Vec<Command>)> {
        let failed = || cannot("take back the work of vanished workers");
        let (mut n_taken, mut commands) = (0, Vec::new());
        for job in self.jobs_in_work(vanished).await.map_err(failed())? {
            let mut transaction = self.begin().await.map_err(failed())?;
            self.lock_job(&mut transaction, job).await.map_err(failed())?;
            for mut row in self.leased_items(&mut transaction, job).await.map_err(failed())? {
                let Some(cause) = loss(&row, vanished) else { continue };
                let told = self.happen(&mut transaction, &mut row, cause).await.map_err(failed())?;
                if told.contains(&Command::SetAside) {
                    tracing::warn!(job.id = %job, "set aside a document that ends the program");
                }
                n_taken += u64::from(!told.is_empty());
                commands.extend(told);
            }
            let is_listing =
                self.lose_listing(&mut transaction, job, vanished).await.map_err(failed())?;
            n_taken += u64::from(is_listing);
            transaction.commit().await.map_err(failed())?;
        }
        Ok((n_taken, commands))
    }

    /// Returns the jobs of which workers hold items or the listing.
    async fn jobs_in_work(&self, vanished: Vanished) -> Decoded<Vec<JobId>> {
        sqlx::query(
            "SELECT job_id AS id FROM job_item
             WHERE lease_owner IS NOT NULL AND lease_expires_ms <= $1
             UNION
             SELECT id FROM job
             WHERE state = 'running' AND lease_owner IS NOT NULL AND lease_expires_ms <= $1",
        )
        .bind(self.horizon(vanished))
        .try_map(|row| Ok(JobId::from_uuid(uuid(&row, "id")?)))
        .fetch_all(&self.readers)
        .await
    }

    /// Takes back the listing of a job. Returns whether a vanished worker held it.
    async fn lose_listing(
        &self,
        connection: &mut AnyConnection,
        job: JobId,
        vanished: Vanished,
    ) -> Decoded<bool> {
        let lost = sqlx::query(
            "UPDATE job SET lease_owner = NULL, n_lost = n_lost + 1
             WHERE id = $1 AND lease_owner IS NOT NULL AND lease_expires_ms <= $2
             RETURNING n_lost",
        )
        .bind(key(job.as_uuid()))
        .bind(self.horizon(vanished))
        .try_map(|row| number::<u32>(&row, "n_lost"))
        .fetch_optional(&mut *connection)
        .await?;
        let Some(n_lost) = lost else { return Ok(false) };
        let Some(wait) = backoff_listing(n_lost) else {
            let ending = (JobState::Failed, Some(DEADLY_LISTING));
            self.close_job(connection, job, ending).await?;
            return Ok(true);
        };
        sqlx::query("UPDATE job SET lease_expires_ms = $2 WHERE id = $1")
            .bind(key(job.as_uuid()))
            .bind(after(Timestamp(self.now_ms()), wait).0)
            .execute(connection)
            .await?;
        Ok(true)
    }

    /// Returns the moment up to which a lease must have expired to count.
    fn horizon(&self, vanished: Vanished) -> i64 {
        match vanished {
            Vanished::All => i64::MAX,
            Vanished::Silent => self.now_ms(),
        }
    }
}

/// Returns what happened to a leased item. Whether its lease has expired, the machine decides.
fn loss(row: &ItemRow, vanished: Vanished) -> Option<Cause> {
    let epoch = row.item.epoch;
    let lease = row.item.lease_of(epoch)?;
    Some(match vanished {
        Vanished::All => Cause::WorkerGone { worker: lease.owner.clone() },
        Vanished::Silent => Cause::LeaseExpired { epoch },
    })
}
