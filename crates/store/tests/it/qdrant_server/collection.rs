//! A collection of the server: a shard of the engine, which flushes and rearranges by itself.

use qdrant_edge::{
    CountRequest, CreateIndex, EdgeConfig, EdgeShard, FacetRequest, FacetResponse,
    FieldIndexOperations, PointOperations, QueryRequest, ScoredPoint, UpdateOperation,
};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use tonic::Status;

/// The file of the payload indexes.
const FIELDS_FILE: &str = "fields.json";

/// The folder of the shard.
const SHARD_FOLDER: &str = "shard";

/// How many writes come before the shard is rearranged.
const REARRANGED_AFTER: usize = 8_192;

/// A collection.
pub(super) struct Collection {
    folder: PathBuf,
    shard: EdgeShard,
    /// The engine takes one write, flush or rearrangement at a time.
    writing: Mutex<Written>,
}

/// What was written.
#[derive(Default)]
struct Written {
    is_dirty: bool,
    n_points: usize,
    fields: Vec<CreateIndex>,
}

impl Collection {
    /// Makes the collection in a folder, or opens what is there.
    pub(super) fn open(folder: &Path, made: Option<EdgeConfig>) -> Result<Self, Status> {
        let shard = folder.join(SHARD_FOLDER);
        fs::create_dir_all(&shard).unwrap();
        let shard = match made {
            Some(config) => EdgeShard::new(&shard, config),
            None => EdgeShard::load(&shard, None),
        }
        .map_err(failed)?;
        let fields = fs::read(folder.join(FIELDS_FILE))
            .map(|json| serde_json::from_slice(&json).unwrap())
            .unwrap_or_default();
        let writing = Mutex::new(Written { fields, ..Written::default() });
        let collection = Self { folder: folder.to_owned(), shard, writing };
        collection.make_fields(&collection.written())?;
        Ok(collection)
    }

    /// Returns the size of every dense vector.
    pub(super) fn sizes(&self) -> Vec<(String, u64)> {
        let config = self.shard.config();
        config.vectors.iter().map(|(name, params)| (name.clone(), params.size as u64)).collect()
    }

    /// Returns every field that has a payload index.
    pub(super) fn fields(&self) -> Vec<String> {
        self.written().fields.iter().map(|field| field.field_name.to_string()).collect()
    }

    /// Makes a payload index.
    pub(super) fn make_field(&self, field: CreateIndex) -> Result<(), Status> {
        let mut written = self.written();
        written.fields.retain(|known| known.field_name != field.field_name);
        written.fields.push(field);
        fs::write(self.folder.join(FIELDS_FILE), serde_json::to_vec(&written.fields).unwrap())
            .unwrap();
        self.make_fields(&written)
    }

    /// Writes or removes points.
    pub(super) fn update(&self, operation: PointOperations, n_points: usize) -> Result<(), Status> {
        let mut written = self.written();
        written.is_dirty = true;
        written.n_points += n_points;
        self.shard.update(UpdateOperation::PointOperation(operation)).map_err(failed)
    }

    /// Makes durable what was written, and rearranges the shard when that was much.
    pub(super) fn tidy(&self) {
        let mut written = self.written();
        if REARRANGED_AFTER <= written.n_points {
            self.shard.optimize().unwrap();
            self.make_fields(&written).unwrap();
            written.n_points = 0;
        }
        if written.is_dirty {
            self.shard.flush();
            written.is_dirty = false;
        }
    }

    /// Finds points.
    pub(super) fn query(&self, request: QueryRequest) -> Result<Vec<ScoredPoint>, Status> {
        self.shard.query(request).map_err(failed)
    }

    /// Counts points.
    pub(super) fn count(&self, request: CountRequest) -> Result<usize, Status> {
        self.shard.count(request).map_err(failed)
    }

    /// Counts points by a field.
    pub(super) fn facet(&self, request: FacetRequest) -> Result<FacetResponse, Status> {
        self.shard.facet(request).map_err(failed)
    }

    fn make_fields(&self, written: &Written) -> Result<(), Status> {
        written.fields.iter().cloned().try_for_each(|field| {
            let operation = FieldIndexOperations::CreateIndex(field);
            self.shard.update(UpdateOperation::FieldIndexOperation(operation)).map_err(failed)
        })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.writing.lock().unwrap()
    }
}

fn failed(error: impl Display) -> Status {
    Status::internal(format!("Service internal error: {error}"))
}
