//! A part of an original is read without what comes before it.

use footnote_core::id::ContentHash;
use footnote_store::{Original, Store};

use crate::fixture::{Home, in_every_home};

in_every_home![a_part_is_read_from_wherever_it_begins];

/// Reads up to so many bytes from a place.
async fn part(store: &Store, hash: &ContentHash, at: usize, n_bytes: usize) -> Vec<u8> {
    let mut reader = store.open_blob(hash).await.unwrap();
    reader.seek(at as u64).await.unwrap();
    let mut read = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        read.extend(piece);
    }
    read.truncate(n_bytes);
    read
}

async fn a_part_is_read_from_wherever_it_begins(home: Home) {
    let store = &home.store;
    let bytes: Vec<u8> = (0_u32..700_000).flat_map(u32::to_le_bytes).collect();
    let mebibyte = 1 << 20;
    let hash = store.keep_blob(Original::Bytes(bytes.clone().into())).await.unwrap();
    for at in [0, 1, mebibyte - 1, mebibyte, mebibyte + 7, 2 * mebibyte, bytes.len() - 1] {
        let expected = &bytes[at..bytes.len().min(at + 100_000)];
        assert!(part(store, &hash, at, 100_000).await == expected, "from {at}");
    }
    for beyond in [bytes.len(), bytes.len() + 1, 9 * mebibyte] {
        assert!(part(store, &hash, beyond, 1).await.is_empty(), "from {beyond}");
    }
}
