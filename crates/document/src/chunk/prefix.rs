//! The words before a chunk that say where in the document it stands.

/// The longest title or heading in a prefix, in characters.
const MAX_PART_CHARS: usize = 100;

/// The longest prefix, in characters; outer headings give way.
const MAX_PREFIX_CHARS: usize = 240;

/// Joins the title and the heading path for embedding, e.g. `Handbook > Leave > Sick leave`.
///
/// The prefix is on one line, of a bounded length, and never part of a quote. A heading that
/// repeats the title is left out.
#[must_use]
pub fn context_prefix(title: Option<&str>, headings: &[String]) -> String {
    let title = title.map(shorten).filter(|title| !title.is_empty());
    let mut room = MAX_PREFIX_CHARS.saturating_sub(title.as_deref().map_or(0, n_chars));
    let mut parts = Vec::new();
    for heading in headings.iter().rev().map(|heading| shorten(heading)) {
        if heading.is_empty() || title.as_ref() == Some(&heading) {
            continue;
        }
        let Some(rest) = room.checked_sub(n_chars(&heading)) else { break };
        room = rest;
        parts.push(heading);
    }
    parts.extend(title);
    parts.reverse();
    parts.join(" > ")
}

fn n_chars(text: &str) -> usize {
    text.chars().count()
}

fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_PART_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_and_headings_are_joined_once() {
        let headings = ["Handbook".to_owned(), "Sick\nleave".to_owned()];
        assert_eq!(context_prefix(Some("Handbook"), &headings), "Handbook > Sick leave");
        assert_eq!(context_prefix(None, &[]), "");
    }

    #[test]
    fn the_innermost_headings_stay_when_there_are_too_many() {
        let headings: Vec<String> = (0..9).map(|n| format!("{n}{}", "长".repeat(200))).collect();
        let prefix = context_prefix(Some("T"), &headings);
        assert!(prefix.starts_with("T > 7长") && prefix.contains("… > 8长"), "{prefix}");
        assert!(n_chars(&prefix) <= MAX_PREFIX_CHARS + 10);
    }
}
