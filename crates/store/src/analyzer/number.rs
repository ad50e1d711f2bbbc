//! Numbers, dates, versions and addresses: whole, and in the parts that people search for.

use super::fold::Glyph;
use super::run::is_joiner;
use super::{Terms, text};

/// Adds the terms of a run of digits and what joins them: `1,234.5`, `2024-03-07`, `10.0.0.1`.
pub(super) fn terms(run: &[Glyph], terms: &mut Terms) {
    let whole = without_thousands(run);
    let parts: Vec<&[Glyph]> =
        run.split(|glyph| is_joiner(glyph.folded)).filter(|part| !part.is_empty()).collect();
    let is_grouped = run.iter().any(|glyph| glyph.folded == ',');
    if 1 < parts.len() {
        terms.push(whole, run);
    }
    if 1 < parts.len() && is_grouped {
        return;
    }
    for part in parts {
        let digits = text(part);
        let bare = digits.trim_start_matches('0');
        if !bare.is_empty() && bare.len() < digits.len() {
            terms.push(bare, part);
        }
        terms.push(digits, part);
    }
}

/// Returns the folded text without the commas that group thousands.
fn without_thousands(run: &[Glyph]) -> String {
    let text = text(run);
    let mut groups = text.split(',');
    let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    let is_thousand = |group: &str| {
        let digits = group.split('.').next().unwrap_or_default();
        digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_first && groups.all(is_thousand) { text.replace(',', "") } else { text }
}
