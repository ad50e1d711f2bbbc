//! The connections to the database: every statement and every transaction passes here.

use futures_util::StreamExt as _;
use futures_util::future::{self, BoxFuture, FutureExt as _};
use futures_util::stream::{self, BoxStream};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::pool::PoolConnection;
use sqlx::{
    Any, AnyConnection, AnyPool, Describe, Either, Error, Execute, Executor, SqlStr, Transaction,
};
use std::ops::{Deref, DerefMut};

use super::Database;
use crate::faults::Faults;

/// Connections of one kind: those that write, or those that read.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: AnyPool,
    faults: Faults,
}

/// A transaction: what it did is there when it was committed, and only then.
pub(crate) struct Writing {
    transaction: Transaction<'static, Any>,
    faults: Faults,
}

impl Connections {
    pub(super) fn new(pool: AnyPool, faults: &Faults) -> Self {
        Self { pool, faults: faults.clone() }
    }

    /// Takes a connection out of the pool.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<Any>, Error> {
        self.faults.step()?;
        self.pool.acquire().await
    }

    /// Begins a transaction that writes.
    ///
    /// SQLite takes its one write lock at once: a transaction that first reads and then finds
    /// that another process has written meanwhile would have to start again.
    pub(super) async fn begin(&self, database: Database) -> Result<Writing, Error> {
        self.faults.step()?;
        let transaction = match database {
            Database::Sqlite => self.begin_immediate().await?,
            Database::Postgres => self.pool.begin().await?,
        };
        Ok(Writing { transaction, faults: self.faults.clone() })
    }

    /// Begins a transaction that reads and sees one state of everything, whatever others write.
    pub(super) async fn begin_snapshot(&self, database: Database) -> Result<Writing, Error> {
        self.faults.step()?;
        let begin = match database {
            Database::Sqlite => "BEGIN",
            Database::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let transaction = self.pool.begin_with(begin).await?;
        Ok(Writing { transaction, faults: self.faults.clone() })
    }

    /// Closes every connection; what was committed is kept already.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins on a connection that can: one whose last transaction could not even be rolled back,
    /// because the disk was full, never can again and is replaced.
    async fn begin_immediate(&self) -> Result<Transaction<'static, Any>, Error> {
        match self.pool.begin_with("BEGIN IMMEDIATE").await {
            Err(Error::InvalidSavePointStatement) => {
                self.pool.acquire().await?.close().await?;
                self.pool.begin_with("BEGIN IMMEDIATE").await
            }
            begun => begun,
        }
    }
}

impl Writing {
    /// Makes what was done durable and visible to all.
    pub(super) async fn commit(self) -> Result<(), Error> {
        self.faults.step()?;
        self.transaction.commit().await
    }

    /// Takes back what was done.
    pub(super) async fn rollback(self) -> Result<(), Error> {
        self.transaction.rollback().await
    }
}

impl Deref for Writing {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl<'c> Executor<'c> for &'c Connections {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self.faults.step() {
            Ok(()) => self.pool.fetch_many(query),
            Err(error) => stream::once(future::ready(Err(error.into()))).boxed(),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self.faults.step() {
            Ok(()) => self.pool.fetch_optional(query),
            Err(error) => future::ready(Err(error.into())).boxed(),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }

    #[doc(hidden)]
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        self.pool.describe(sql)
    }
}
