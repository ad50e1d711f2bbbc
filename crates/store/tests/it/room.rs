//! A full disk: nothing more is taken in, and deleting works all the same.

use footnote_core::ErrorKind;
use footnote_core::config::StoreConfig;
use footnote_store::{Store, StoreOptions, Which};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::fixture::{document_id, options, owner, put, put_embeddings, texts, version};

/// A small disk in memory, unmounted when it is dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// Mounts it; `None` where that is not allowed.
    fn mount(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mebibytes}m");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path());
        let mounted = command.output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills the disk to its last byte.
    fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).unwrap();
        let block = vec![7; 64 << 10];
        while ballast.write_all(&block).is_ok() {}
        while ballast.write_all(&[7]).is_ok() {}
        ballast.sync_all().unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_works_on_a_disk_that_is_full_to_the_last_byte() {
    let Some(disk) = Disk::mount(160) else {
        println!("did not run: no file system can be mounted here");
        return;
    };
    let data_dir = disk.path().join("data");
    let config = StoreConfig { min_free_bytes: 4 << 20, ..options(&data_dir).config };
    let store = Store::open(StoreOptions { config, ..options(&data_dir) }).await.unwrap();
    assert!(data_dir.join("reserve").exists());
    let c = store.ensure_collection("c").await.unwrap();
    for n in 0..20 {
        put(&store, c, &format!("doc-{n}"), &[&"penguins and walruses ".repeat(2000), "x"]).await;
    }
    disk.fill();

    let new = version(c, "more", &["more words"]);
    let refused = store.put_version(new, None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert!(refused.message().contains("the disk is full"), "{}", refused.message());
    assert_eq!(texts(&store, &owner(), "penguins").await.len(), 10, "reading goes on");

    let ids: Vec<_> = (0..15).map(|n| document_id(c, &format!("doc-{n}"))).collect();
    store.remove_documents(&ids).await.unwrap();
    assert_eq!(texts(&store, &owner(), "penguins").await.len(), 5);
    let report = store.purge(Which::Documents(ids)).await.unwrap();
    assert_eq!((report.n_documents, report.n_waiting), (15, 0));

    fs::remove_file(disk.path().join("ballast")).unwrap();
    store.vacuum().await.unwrap();
    assert!(data_dir.join("reserve").exists(), "the reserve is made again");
    put_embeddings(&store, &version(c, "more", &["more words"])).await;
    store.put_version(version(c, "more", &["more words"]), None).await.unwrap();
    assert_eq!(store.reconcile().await.unwrap().n_mended, 0);
    store.close().await.unwrap();
}
