//! The folder of installed models: verifying, repairing, adding, removing.

use footnote_core::ErrorKind;
use footnote_model::{ModelState, Models, Silent};
use tempfile::TempDir;

use crate::sources::{content, models, sha256};

fn state(models: &Models, name: &str) -> Option<ModelState> {
    models.list().into_iter().find(|line| line.card.name == name).map(|line| line.state)
}

/// Writes the file of the model of the tests into a folder, as another machine would have it.
fn folder_with_the_file(folder: &TempDir) -> std::path::PathBuf {
    let from = folder.path().join("from");
    std::fs::create_dir(&from).unwrap();
    std::fs::write(from.join("a.bin"), content()).unwrap();
    from
}

#[test]
fn a_model_of_the_catalog_can_be_added_from_a_folder() {
    let folder = TempDir::new().unwrap();
    let (models, from) = (models(&folder, &[]), folder_with_the_file(&folder));
    models.add(&from, "tiny", None, &Silent).unwrap();
    assert_eq!(state(&models, "tiny"), Some(ModelState::Installed));
    let line = models.list().into_iter().find(|line| line.card.name == "tiny").unwrap();
    assert_eq!(line.files[0].digest.sha256, sha256(&content()));
    assert_eq!(models.verify("tiny", &Silent).unwrap(), models.get("tiny").unwrap());
}

#[test]
fn other_files_under_a_name_of_the_catalog_are_refused() {
    let folder = TempDir::new().unwrap();
    let (models, from) = (models(&folder, &[]), folder_with_the_file(&folder));
    std::fs::write(from.join("a.bin"), b"something else").unwrap();
    let error = models.add(&from, "tiny", None, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(state(&models, "tiny"), Some(ModelState::Missing));
}

#[test]
fn a_flipped_byte_is_found_removed_and_told() {
    let folder = TempDir::new().unwrap();
    let (models, from) = (models(&folder, &[]), folder_with_the_file(&folder));
    let model = models.add(&from, "tiny", None, &Silent).unwrap();
    let path = model.dir.join("a.bin");
    let mut bytes = content();
    bytes[77] ^= 4;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(state(&models, "tiny"), Some(ModelState::Installed), "sizes alone do not tell");
    let error = models.verify("tiny", &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.advice().unwrap().contains("footnote models pull tiny"));
    assert!(!path.exists());
    assert_eq!(state(&models, "tiny"), Some(ModelState::Damaged));
    assert_eq!(models.get("tiny").unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn a_pull_takes_over_what_is_there_already() {
    let folder = TempDir::new().unwrap();
    let (models, from) =
        (models(&folder, &[("HF_HUB_OFFLINE", "1")]), folder_with_the_file(&folder));
    std::fs::create_dir_all(models.dir()).unwrap();
    std::fs::rename(from, models.dir().join("tiny")).unwrap();
    assert_eq!(models.pull("tiny", &Silent).unwrap().source, "files that were there already");
}

#[test]
fn a_removed_model_is_gone() {
    let folder = TempDir::new().unwrap();
    let (models, from) = (models(&folder, &[]), folder_with_the_file(&folder));
    models.add(&from, "tiny", None, &Silent).unwrap();
    models.remove("tiny").unwrap();
    assert_eq!(state(&models, "tiny"), Some(ModelState::Missing));
    assert_eq!(models.remove("tiny").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_name_nobody_knows_is_answered_with_those_that_are_known() {
    let folder = TempDir::new().unwrap();
    let error = models(&folder, &[]).pull("tinny", &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.advice().unwrap().contains("tiny"));
    assert!(models(&folder, &[]).pull("../tiny", &Silent).is_err());
}

#[test]
fn what_is_no_model_cannot_be_added() {
    let folder = TempDir::new().unwrap();
    let models = models(&folder, &[]);
    for name in ["notes.txt", "broken.gguf"] {
        let path = folder.path().join(name);
        std::fs::write(&path, b"not a model").unwrap();
        assert_eq!(
            models.add(&path, "mine", None, &Silent).unwrap_err().kind(),
            ErrorKind::Invalid,
            "{name}"
        );
    }
    assert_eq!(state(&models, "mine"), None);
}
