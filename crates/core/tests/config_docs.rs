//! Writes `docs/configuration.md` and `footnote.example.toml` from `src/config.rs` and the sections
//! below it, and fails when the committed files say something else.
//!
//! `FOOTNOTE_WRITE_DOCS=1 cargo test -p footnote-core --test config_docs` writes them.

#![expect(clippy::expect_used, reason = "a test that cannot read the tree has failed")]

use footnote_core::config::{Config, ENV_PREFIX};
use std::path::Path;
use toml::{Table, Value};

/// Where the configuration is described.
const SOURCE: &str = concat!(
    include_str!("../src/config.rs"),
    include_str!("../src/config/auth.rs"),
    include_str!("../src/config/ingest.rs"),
    include_str!("../src/config/oidc.rs"),
    include_str!("../src/config/server.rs"),
    include_str!("../src/config/telemetry.rs")
);

/// How wide a comment in the example may be, in characters.
const COMMENT_WIDTH: usize = 96;

/// A section of the configuration, as the source describes it.
struct Section {
    name: String,
    about: String,
    keys: Vec<Key>,
}

/// A key of a section.
struct Key {
    name: String,
    about: String,
    /// Its default as TOML; `None` when it is unset by default.
    default: Option<String>,
}

/// A public field of a struct with its comment.
struct Field {
    owner: String,
    name: String,
    kind: String,
    about: String,
}

#[test]
fn the_configuration_is_documented_as_it_is() {
    check_or_write("docs/configuration.md", &markdown(&sections()));
}

#[test]
fn the_example_file_holds_every_key() {
    check_or_write("footnote.example.toml", &example(&sections()));
}

#[test]
fn the_example_uncommented_is_the_default() {
    let example = example(&sections());
    let is_key = |line: &&str| line.split_once(" = ").is_some_and(|(key, _)| is_name(key));
    let lines =
        example.lines().map(|line| line.strip_prefix("# ").filter(|l| is_key(l)).unwrap_or(line));
    let table: Table = lines.collect::<Vec<_>>().join("\n").parse().expect("the example is TOML");
    assert_eq!(Config::from_tables([table]).expect("every key is known"), Config::default());
}

/// Compares with the committed file, or writes it when asked to.
fn check_or_write(path: &str, expected: &str) {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("FOOTNOTE_WRITE_DOCS").is_some() {
        std::fs::write(&full, expected).expect("the file can be written");
        return;
    }
    let found = std::fs::read_to_string(&full).unwrap_or_default();
    assert!(
        found == expected,
        "{path} does not fit crates/core/src/config.rs; write it again with\n  \
         FOOTNOTE_WRITE_DOCS=1 cargo test -p footnote-core --test config_docs\n"
    );
}

/// Joins what the source says with the values of the defaults.
fn sections() -> Vec<Section> {
    let fields = fields(SOURCE);
    let defaults = Table::try_from(Config::default()).expect("the defaults are TOML");
    let of = |owner: &str| fields.iter().filter(|field| field.owner == owner).collect::<Vec<_>>();
    let mut sections = Vec::new();
    for field in of("Config") {
        let values = defaults[&field.name].as_table().expect("a section is a table");
        let (inner, own): (Vec<&Field>, _) =
            of(&field.kind).into_iter().partition(|key| values[&key.name].is_table());
        sections.push(section(&field.name, field, &own, values));
        for field in inner {
            let values = values[&field.name].as_table().expect("a section is a table");
            let name = format!("{}.{}", sections[sections.len() - 1].name, field.name);
            sections.push(section(&name, field, &of(&field.kind), values));
        }
    }
    sections
}

/// Describes a section of the keys that stand in it itself.
fn section(name: &str, field: &Field, keys: &[&Field], values: &Table) -> Section {
    let keys: Vec<Key> = keys.iter().map(|key| describe(key, values)).collect();
    assert!(!keys.is_empty(), "no key of `{}` was found in config.rs", field.kind);
    let described = |name: &String| keys.iter().any(|key| key.name == *name);
    let own = values.iter().filter(|(_, value)| !value.is_table());
    assert!(own.map(|(key, _)| key).all(described), "a key of [{name}] has no comment");
    Section { name: name.to_owned(), about: field.about.clone(), keys }
}

fn describe(field: &Field, values: &Table) -> Key {
    let default = values.get(&field.name).map(written);
    Key { name: field.name.clone(), about: field.about.clone(), default }
}

/// Writes a value as TOML; fractions as the 32-bit numbers they are in the configuration.
fn written(value: &Value) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "it was widened from 32 bits")]
    match value {
        Value::Float(number) => format!("{:?}", *number as f32),
        other => other.to_string(),
    }
}

/// Reads the public fields of all structs with their comments.
fn fields(source: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let (mut owner, mut about) = (String::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            about.push(comment.trim());
        } else if let Some(rest) = line.strip_prefix("pub struct ") {
            rest.trim_end_matches(" {").clone_into(&mut owner);
            about.clear();
        } else if let Some((name, kind)) = field(line) {
            fields.push(Field { owner: owner.clone(), name, kind, about: about.join(" ") });
            about.clear();
        } else if !line.starts_with("#[") {
            about.clear();
        }
    }
    fields
}

/// Reads `pub name: Kind,`.
fn field(line: &str) -> Option<(String, String)> {
    let (name, kind) = line.strip_prefix("pub ")?.strip_suffix(',')?.split_once(": ")?;
    is_name(name).then(|| (name.to_owned(), kind.to_owned()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What stands above the tables of `docs/configuration.md`.
const ABOVE_THE_TABLES: &str = "\
# Configuration

<!-- Written by crates/core/tests/config_docs.rs from crates/core/src/config.rs. -->

Every key has a default; Footnote runs without any configuration. Where a key is set in several
places, the first of these counts:

1. the flag of the command, where there is one,
2. the environment variable,
3. `footnote.toml` in the current folder,
4. `footnote.toml` in the user's configuration folder,
5. the default.

An unknown key is an error that names the nearest known one. In an environment variable, a list is
written with commas.
[footnote.example.toml](../footnote.example.toml) holds every key, commented out.";

/// What stands above the sections of `footnote.example.toml`.
const ABOVE_THE_EXAMPLE: &str = "\
# Footnote reads this file as footnote.toml in the folder where it is started, or in the user's
# configuration folder. Every key is shown with its default, commented out.
# docs/configuration.md has the same keys as tables, with their environment variables.";

fn markdown(sections: &[Section]) -> String {
    let mut lines = vec![ABOVE_THE_TABLES.to_owned()];
    for section in sections {
        lines.push(format!("\n## `[{}]`\n\n{}\n", section.name, section.about));
        lines.push(
            "| Key | Default | Environment variable | Meaning |\n|---|---|---|---|".to_owned(),
        );
        lines.extend(section.keys.iter().map(|key| row(section, key)));
    }
    lines.join("\n") + "\n"
}

fn row(section: &Section, key: &Key) -> String {
    let default = key.default.as_ref().map_or("unset".to_owned(), |value| format!("`{value}`"));
    let path = format!("{}.{}", section.name, key.name);
    let variable = format!("{ENV_PREFIX}{}", path.replace('.', "__").to_uppercase());
    let about = key.about.replace('|', "\\|");
    format!("| `{}` | {default} | `{variable}` | {about} |", key.name)
}

fn example(sections: &[Section]) -> String {
    let mut lines = vec![ABOVE_THE_EXAMPLE.to_owned()];
    for section in sections {
        lines.push(format!("\n{}\n[{}]", comment(&section.about), section.name));
        lines.extend(section.keys.iter().map(commented_out));
    }
    lines.join("\n") + "\n"
}

fn commented_out(key: &Key) -> String {
    let default = key.default.as_deref().unwrap_or("…");
    format!("\n{}\n# {} = {default}", comment(&key.about), key.name)
}

/// Writes a comment, wrapped between words.
fn comment(words: &str) -> String {
    let (mut text, mut width) = (String::from("#"), 1);
    for word in words.split_whitespace() {
        if width + 1 + word.chars().count() > COMMENT_WIDTH {
            text.push_str("\n#");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + word.chars().count();
    }
    text
}
