//! What pip is configured for: indexes, folders of wheels and certificates.
//!
//! Wheels come from wherever the machine's pip would take them, so that a company's mirror is used
//! without being told twice and no address of an index stands in this program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::is_on;

/// The sections of pip's configuration that concern downloads; later ones win.
const SECTIONS: [&str; 2] = ["global", "download"];

/// What pip would use.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PipSettings {
    /// The indexes, the main one first; empty when nothing is configured.
    pub(crate) indexes: Vec<String>,
    /// Folders (or pages) that are searched for wheels before the indexes.
    pub(crate) find_links: Vec<String>,
    /// Whether indexes must not be asked.
    pub(crate) no_index: bool,
    /// A file of certificates.
    pub(crate) certificates: Option<PathBuf>,
}

impl PipSettings {
    /// Reads pip's configuration files and the variables that win over them.
    pub(crate) fn read(variables: &BTreeMap<String, String>) -> Self {
        let mut values = BTreeMap::new();
        for path in config_files(variables) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            values.extend(parse(&text));
        }
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("PIP_") else { continue };
            if !value.is_empty() {
                values.insert(key.to_lowercase().replace('_', "-"), value.clone());
            }
        }
        Self::from_values(&values)
    }

    fn from_values(values: &BTreeMap<String, String>) -> Self {
        let list = |key: &str| -> Vec<String> {
            values.get(key).map_or_else(Vec::new, |value| {
                value.split_whitespace().map(str::to_owned).collect()
            })
        };
        let mut indexes = list("index-url");
        indexes.extend(list("extra-index-url"));
        Self {
            indexes,
            find_links: list("find-links"),
            no_index: values.get("no-index").is_some_and(|value| is_on(value)),
            certificates: values.get("cert").map(PathBuf::from),
        }
    }
}

/// Returns the files that pip reads, in its order: machine, user, environment, then the named one.
fn config_files(variables: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let get = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    let named = get("PIP_CONFIG_FILE").map(PathBuf::from);
    // pip's way to say "no configuration files at all".
    if named.as_deref() == Some(Path::new("/dev/null")) {
        return Vec::new();
    }
    let mut files = Vec::new();
    let machine = get("XDG_CONFIG_DIRS").map_or("/etc/xdg", String::as_str);
    files.extend(machine.split(':').map(|dir| Path::new(dir).join("pip/pip.conf")));
    files.push(PathBuf::from("/etc/pip.conf"));
    if let Some(home) = get("HOME") {
        files.push(Path::new(home).join(".pip/pip.conf"));
        let user =
            get("XDG_CONFIG_HOME").map_or_else(|| Path::new(home).join(".config"), Into::into);
        files.push(user.join("pip/pip.conf"));
    }
    if let Some(environment) = get("VIRTUAL_ENV") {
        files.push(Path::new(environment).join("pip.conf"));
    }
    files.extend(named);
    files
}

/// Reads the keys of the sections that concern downloads.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let (mut section, mut key) = (String::new(), None::<String>);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim().to_lowercase();
            key = None;
            continue;
        }
        let values = sections.entry(section.clone()).or_default();
        let continued = line.starts_with(char::is_whitespace);
        match (&key, trimmed.split_once(['=', ':'])) {
            // A line that is indented belongs to the value above it.
            (Some(key), _) if continued => {
                let value = values.entry(key.clone()).or_default();
                value.push('\n');
                value.push_str(trimmed);
            }
            (_, Some((name, value))) => {
                let name = name.trim().to_lowercase().replace('_', "-");
                values.insert(name.clone(), value.trim().to_owned());
                key = Some(name);
            }
            (_, None) => {}
        }
    }
    SECTIONS.iter().filter_map(|name| sections.remove(*name)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(file: &str, variables: &[(&str, &str)]) -> PipSettings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pip/pip.conf");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, file).unwrap();
        let mut all: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        all.insert("HOME".into(), "/nonexistent".into());
        all.insert("XDG_CONFIG_HOME".into(), folder.path().display().to_string());
        PipSettings::read(&all)
    }

    #[test]
    fn a_mirror_of_the_configuration_file_is_used() {
        let settings = settings(
            "# ours\n[global]\nindex-url = http://mirror.example/simple\n\
             extra-index-url =\n    http://a.example/simple\n    http://b.example/simple\n\
             [install]\nindex-url = http://not-for-downloads.example\n",
            &[],
        );
        assert_eq!(
            settings.indexes,
            ["http://mirror.example/simple", "http://a.example/simple", "http://b.example/simple"]
        );
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let settings = settings(
            "[global]\nindex_url: http://mirror.example/simple\nno-index = true\n",
            &[("PIP_INDEX_URL", "http://other.example/simple"), ("PIP_FIND_LINKS", "/a /b")],
        );
        assert_eq!(settings.indexes, ["http://other.example/simple"]);
        assert_eq!(settings.find_links, ["/a", "/b"]);
        assert!(settings.no_index);
    }

    #[test]
    fn no_file_is_read_when_pip_is_told_so() {
        let settings = settings(
            "[global]\nindex-url = http://mirror.example/simple\n",
            &[("PIP_CONFIG_FILE", "/dev/null")],
        );
        assert_eq!(settings, PipSettings::default());
    }
}
