//! `footnote docs duplicates`: documents that say the same.

use console::style;

use footnote::wire::duplicate::{Duplicates, Group};
use footnote::{app, auth};
use footnote_core::Result;
use footnote_store::Store;

use crate::output::{Output, bytes, columns};

/// Lists the documents that say the same, in groups.
pub(super) async fn list(store: &Store, collection: Option<&str>, output: Output) -> Result<()> {
    let only = match collection {
        Some(name) => Some(app::collection(store, &auth::command_line(), name).await?),
        None => None,
    };
    let scope = auth::scope(&auth::command_line(), only.as_slice())?;
    let duplicates = Duplicates::from(store.duplicates(&scope).await?);
    let n_by_bytes = duplicates.compared_by_bytes_alone;
    output.list(&duplicates.list.data, |groups| {
        let mut text: String = groups.iter().map(group).collect();
        if groups.is_empty() {
            text.push_str("No document says the same as another.\n");
        }
        if 0 < n_by_bytes {
            text.push_str(&by_bytes(n_by_bytes));
        }
        text
    })
}

fn by_bytes(n_documents: u64) -> String {
    format!(
        "{n_documents} documents were stored by an earlier release and compared by their bytes \
         alone\n"
    )
}

fn group(group: &Group) -> String {
    let percent = f64::from(group.resemblance) * 100.0;
    let head = match group.kind {
        "exact" => "the same bytes".to_owned(),
        _ => format!("{percent:.0} % of the text in common"),
    };
    let documents: Vec<Vec<String>> = group
        .documents
        .iter()
        .map(|document| {
            let id = style(document.id).dim().to_string();
            vec![format!("  {}", document.uri), bytes(document.size_bytes), id]
        })
        .collect();
    format!("{}\n{}\n", style(head).bold(), columns(&documents))
}
