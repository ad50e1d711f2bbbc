//! Damaged and hostile archives: refused as a whole, with a word about it.

use super::*;

/// Numbers that are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        usize::try_from(number % bound as u64).unwrap()
    }
}

async fn verify(bytes: &[u8], folder: &Path) -> Result<TransferReport> {
    let path = folder.join("damaged.footnote");
    std::fs::write(&path, bytes).unwrap();
    let archive = ArchiveFile::Path(path);
    run(|watch| Store::verify_archive(&archive, watch)).await
}

async fn whole() -> (Home, Vec<u8>, TransferReport) {
    let home = Home::new().await;
    fill(&home.store).await;
    let (archive, report) = backup(&home.store, home.folder.path()).await;
    let ArchiveFile::Path(path) = archive else { unreachable!("it was written to a file") };
    let bytes = std::fs::read(path).unwrap();
    (home, bytes, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_or_a_cut_anywhere_is_told_or_changes_nothing() {
    let (home, bytes, report) = whole().await;
    let mut numbers = Numbers(0x00f0_0711_07e5);
    let mut n_refused = 0;
    for n in 0..200 {
        let place = numbers.below(bytes.len());
        let mut damaged = bytes.clone();
        if n % 4 == 0 {
            damaged.truncate(place);
        } else {
            damaged[place] ^= 1 << numbers.below(8);
        }
        match verify(&damaged, home.folder.path()).await {
            Ok(found) => assert_eq!(found.archive_bytes(&report), report, "at {place}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Invalid, "at {place}: {}", error.chain());
                n_refused += 1;
            }
        }
    }
    assert!(195 <= n_refused, "{n_refused} of 200");
}

trait Padded {
    fn archive_bytes(self, of: &Self) -> Self;
}

impl Padded for TransferReport {
    fn archive_bytes(self, of: &Self) -> Self {
        Self { archive_bytes: of.archive_bytes, ..self }
    }
}

/// Takes an archive apart into names and contents.
fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(bytes).unwrap());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        (String::from_utf8(entry.path_bytes().into_owned()).unwrap(), content)
    });
    entries.collect()
}

/// Puts an archive together again.
fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    for (name, content) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        let written = &mut header.as_old_mut().name;
        written[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, &**content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

type Entries = Vec<(String, Vec<u8>)>;
type Change<'a> = Box<dyn Fn(&mut Entries) + 'a>;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_together_otherwise_is_refused() {
    let (home, bytes, report) = whole().await;
    let entries = entries(&bytes);
    let folder = home.folder.path();
    let same = verify(&archive(&entries), folder).await.unwrap();
    assert_eq!(same.archive_bytes(&report), report);

    let position = |name: &str| entries.iter().position(|(n, _)| n.starts_with(name)).unwrap();
    let (chunks, original) = (position("rows/chunk"), position("originals/"));
    let changes: [(&str, Change<'_>); 11] = [
        ("no rows of a table", Box::new(|e| drop(e.remove(chunks)))),
        ("no original", Box::new(|e| drop(e.remove(original)))),
        ("no manifest", Box::new(|e| drop(e.pop()))),
        ("another order", Box::new(|e| e.swap(chunks, chunks + 1))),
        ("an original twice", Box::new(|e| e.insert(original, e[original].clone()))),
        ("an original among rows", Box::new(|e| e.swap(chunks, original))),
        ("a foreign original", Box::new(|e| e[original].1.push(1))),
        ("a way out", Box::new(|e| e[original].0 = "../../etc/passwd".to_owned())),
        ("an absolute way", Box::new(|e| e[original].0 = "/etc/passwd".to_owned())),
        ("a row that promises a gigabyte", Box::new(|e| e[chunks].1[..4].fill(0x3f))),
        ("something at the end", Box::new(|e| e.push(("rows/chunk/9".to_owned(), vec![])))),
    ];
    for (what, change) in changes {
        let mut entries = entries.clone();
        change(&mut entries);
        let error = verify(&archive(&entries), folder).await.expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Invalid, "{what}: {}", error.chain());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_archive_or_of_a_newer_release_is_said_to_be_so() {
    let (home, bytes, _) = whole().await;
    let folder = home.folder.path();
    for other in [&b""[..], b"%PDF-1.7", &bytes[1..]] {
        let error = verify(other, folder).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    let mut newer = entries(&bytes);
    newer[0].1 = br#"{"format": 2, "what": "else"}"#.to_vec();
    let error = verify(&archive(&newer), folder).await.unwrap_err();
    assert!(error.message().contains("format 2"), "{}", error.message());

    let mut newer = entries(&bytes);
    let about = String::from_utf8(newer[0].1.clone()).unwrap();
    newer[0].1 = about.replace("\"schema\": ", "\"schema\": 9").into_bytes();
    let path = folder.join("newer.footnote");
    std::fs::write(&path, archive(&newer)).unwrap();
    let target = tempfile::tempdir().unwrap();
    let error = restore(&ArchiveFile::Path(path), target.path()).await.unwrap_err();
    assert!(error.message().contains("newer release"), "{}", error.message());
    assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 1, "the lock alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_that_unfolds_to_much_is_refused_without_taking_memory() {
    let (home, bytes, _) = whole().await;
    let mut entries = entries(&bytes);
    let position = entries.iter().position(|(name, _)| name.starts_with("rows/chunk")).unwrap();
    entries[position].1 = vec![0; 256 << 20];
    let bomb = archive(&entries);
    assert!(bomb.len() < 1 << 20);
    let error = verify(&bomb, home.folder.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
