//! The data directory: writable, with room, and whole.

use std::path::Path;

use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;
use footnote_store::{
    FaultyOriginal, OriginalCheck, OriginalFault, OriginalsReport, ReconcileReport, Store,
};

use super::{Check, bytes};

/// Below this much free space an ingestion is likely to fail.
const LITTLE_ROOM_BYTES: u64 = 1 << 30;

/// How many originals that are amiss are named.
const NAMED_ORIGINALS: usize = 20;

/// Checks that the data directory can be written.
#[must_use]
pub fn writable(settings: &Settings) -> Check {
    let dir = &settings.data_dir;
    let tried = std::fs::create_dir_all(dir).and_then(|()| tempfile::tempfile_in(dir));
    let tried = tried.map(|_file| dir.display().to_string()).map_err(|error| {
        Error::unavailable(format!("cannot write to {}", dir.display()))
            .hint("Change its permissions, or choose another one with --data-dir.")
            .because(error)
    });
    Check::of("data directory", tried)
}

/// Checks that there is room on the disk.
#[must_use]
pub fn room(settings: &Settings) -> Check {
    match free_bytes(&settings.data_dir) {
        None => Check::warn(
            "free disk",
            "this system does not tell",
            "See that the disk of the data directory has a few gigabytes free.",
        ),
        Some(free) if free < LITTLE_ROOM_BYTES => Check::warn(
            "free disk",
            format!("only {} free", bytes(free)),
            "Make room, or move the data directory to another disk.",
        ),
        Some(free) => Check::ok("free disk", format!("{} free", bytes(free))),
    }
}

/// Checks that the catalog is whole.
pub async fn catalog(store: &Store) -> Check {
    Check::of("catalog", whole(store).await)
}

async fn whole(store: &Store) -> Result<String> {
    let report = store.integrity().await?;
    if !report.problems.is_empty() {
        return Err(Error::unavailable(report.problems.join("; "))
            .hint("Restore the data directory from a backup, or ingest into a new one."));
    }
    Ok(format!(
        "whole, schema {}, {} catalog, {} index, {} originals",
        report.schema_version,
        bytes(report.catalog_bytes),
        bytes(report.index_bytes),
        bytes(report.blobs_bytes)
    ))
}

/// Checks whether the originals of documents are there, or whether they are whole.
pub async fn originals(store: &Store, check: OriginalCheck) -> Check {
    Check::of("originals", kept(store, check).await)
}

async fn kept(store: &Store, check: OriginalCheck) -> Result<String> {
    let OriginalsReport { n_originals, faulty } = store.check_originals(check).await?;
    if faulty.is_empty() {
        let how = match check {
            OriginalCheck::Bytes => "read and whole",
            OriginalCheck::Sizes => "there",
        };
        return Ok(format!("{n_originals}, {how}"));
    }
    let mut named: Vec<String> = faulty.iter().take(NAMED_ORIGINALS).map(described).collect();
    if NAMED_ORIGINALS < faulty.len() {
        named.push(format!("and {} more", faulty.len() - NAMED_ORIGINALS));
    }
    let found = format!("{} of {n_originals} are amiss: {}", faulty.len(), named.join(", "));
    Err(Error::unavailable(found).hint(
        "Restore the data directory from a backup, or remove these documents with `footnote docs \
         rm` and ingest them again. Answers and quotations do not need the originals.",
    ))
}

fn described(original: &FaultyOriginal) -> String {
    let fault = match original.fault {
        OriginalFault::Missing => "missing",
        OriginalFault::Damaged => "damaged",
    };
    format!("{} ({fault})", original.uri)
}

/// Compares the index with the catalog.
pub async fn index(store: &Store) -> Check {
    match store.compare().await {
        Err(error) => Check::fail("index", &error),
        Ok(report) if is_in_step(&report) => in_step(&report),
        Ok(report) => {
            let found = format!(
                "{} documents are missing in it or not whole, {} are in it that are not live",
                report.n_mended, report.n_orphans
            );
            let error = Error::unavailable(found).hint("Run `footnote doctor --repair`.");
            Check::fail("index", &error)
        }
    }
}

/// Compares the index with the catalog and repairs what differs.
pub async fn repair(store: &Store) -> Check {
    match store.reconcile().await {
        Err(error) => Check::fail("index", &error),
        Ok(report) if is_in_step(&report) => in_step(&report),
        Ok(report) => Check::warn(
            "index",
            format!(
                "{} documents written again, {} orphans removed",
                report.n_mended, report.n_orphans
            ),
            "Nothing to do: it is repaired.",
        ),
    }
}

fn is_in_step(report: &ReconcileReport) -> bool {
    report.n_mended == 0 && report.n_orphans == 0
}

fn in_step(report: &ReconcileReport) -> Check {
    let counts = format!("{} documents, {} chunks, in step", report.n_versions, report.n_chunks);
    Check::ok("index", counts)
}

#[cfg(unix)]
fn free_bytes(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Path) -> Option<u64> {
    None
}
