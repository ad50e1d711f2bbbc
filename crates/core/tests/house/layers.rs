//! Four floors, and every package depends on lower ones only.

use crate::tree::{Member, check, members};

/// The floor of every package. A package may use what stands on a lower floor.
const FLOORS: [(&str, u8); 7] = [
    ("footnote-core", 0),
    ("footnote-document", 1),
    ("footnote-model", 1),
    ("footnote-store", 1),
    ("footnote-answer", 1),
    ("footnote-ingest", 2),
    ("footnote", 3),
];

/// What a backend is made of is known to one package, so that it can be exchanged there.
const HOMES: [(&str, &str); 9] = [
    ("axum", "footnote"),
    ("candle-core", "footnote-model"),
    ("candle-nn", "footnote-model"),
    ("candle-transformers", "footnote-model"),
    ("pdf-extract", "footnote-document"),
    ("qdrant-client", "footnote-store"),
    ("qdrant-edge", "footnote-store"),
    ("sqlx", "footnote-store"),
    ("tokenizers", "footnote-model"),
];

/// What core may not know: it performs no I/O and runs on no executor.
const NOT_IN_CORE: [&str; 4] = ["reqwest", "rustix", "tokio", "ureq"];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

#[test]
fn every_package_stands_on_a_floor() {
    let members = members();
    let homeless = members.iter().filter(|member| floor(member.name()).is_none());
    let faults: Vec<_> = homeless.map(|member| member.folder.clone()).collect();
    check("A new package needs a floor: add it to FLOORS here and to ARCHITECTURE.md.", &faults);
}

#[test]
fn packages_depend_on_lower_floors_only() {
    let mut faults = Vec::new();
    for member in members() {
        let own = floor(member.name()).unwrap_or_default();
        for dependency in member.dependencies() {
            if floor(dependency).is_some_and(|other| other >= own) {
                faults.push(format!("{} depends on {dependency}", member.folder));
            }
        }
    }
    check(
        "Packages of one floor do not know each other: move what both need into core as a trait \
         or a type, and wire it in `web` or `ingest`.",
        &faults,
    );
}

#[test]
fn a_backend_is_known_to_one_package() {
    let members = members();
    let mut faults = Vec::new();
    for (backend, home) in HOMES {
        let knows = |member: &&Member| member.dependencies().contains(&backend);
        let strangers = members.iter().filter(knows).filter(|member| member.name() != home);
        faults.extend(strangers.map(|member| format!("{} knows {backend}", member.folder)));
    }
    check("A backend has one home (HOMES): reach it through a trait of core.", &faults);
}

#[test]
fn core_performs_no_io() {
    let members = members();
    let core = members.iter().filter(|member| member.name() == "footnote-core");
    let dependencies = core.flat_map(Member::dependencies);
    let faults: Vec<_> =
        dependencies.filter(|name| NOT_IN_CORE.contains(name)).map(str::to_owned).collect();
    check("Core names things and performs no I/O: put this dependency on a floor above.", &faults);
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let takes = |member: &Member| {
        member.manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool())
            == Some(true)
    };
    let members = members();
    let without = members.iter().filter(|member| !takes(member));
    let faults: Vec<_> = without.map(|member| format!("{}/Cargo.toml", member.folder)).collect();
    check("Add `[lints]` with `workspace = true`.", &faults);
}
