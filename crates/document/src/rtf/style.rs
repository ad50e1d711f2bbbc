//! What groups of RTF hold, and which of its styles are headings.

/// What becomes of the text of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// It is text of the document.
    Text,
    /// It is left out.
    Skipped,
    /// It defines fonts.
    Fonts,
    /// It defines styles.
    Styles,
    /// It is the title.
    Title,
    /// It is a note to the paragraph around it.
    Footnote,
    /// It is a remark on the paragraph around it.
    Comment,
    /// It is the number or bullet of an item.
    ItemLabel,
}

/// Returns the destination that a control word at the start of a group names.
///
/// `None` when it names none. `is_optional` says that `\*` came before: then what is not known
/// here is left out.
pub(crate) fn destination(word: &str, is_optional: bool) -> Option<Destination> {
    let destination = match word {
        "fonttbl" => Destination::Fonts,
        "stylesheet" => Destination::Styles,
        "title" => Destination::Title,
        "footnote" => Destination::Footnote,
        "annotation" => Destination::Comment,
        "listtext" | "pntext" => Destination::ItemLabel,
        "shppict" | "shpinst" | "shptxt" | "fldrslt" | "ud" | "info" | "atnauthor" => {
            return (word == "atnauthor").then_some(Destination::Skipped);
        }
        "colortbl" | "pict" | "object" | "objdata" | "fldinst" | "header" | "headerl"
        | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" | "nonshppict"
        | "author" | "operator" | "creatim" | "revtim" | "printim" | "company" | "subject"
        | "keywords" | "doccomm" | "comment" | "category" | "manager" | "hlinkbase" | "sp"
        | "filetbl" | "listtable" | "listoverridetable" | "revtbl" | "themedata"
        | "colorschememapping" | "latentstyles" | "datastore" | "xmlnstbl" | "generator"
        | "rsidtbl" | "bkmkstart" | "bkmkend" | "atnid" | "atnref" | "atndate" | "atrfstart"
        | "atrfend" | "template" | "private" | "ftnsep" | "ftnsepc" | "aftnsep"
        | "nesttableprops" | "nonesttables" => Destination::Skipped,
        _ if is_optional => Destination::Skipped,
        _ => return None,
    };
    Some(destination)
}

/// Returns the level of a heading by the name of its style.
pub(crate) fn heading_level(style: &str) -> Option<u8> {
    let name = style.trim().trim_end_matches(';').to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    let level = name.strip_prefix("heading")?.trim().parse::<u8>().ok()?;
    (1..=9).contains(&level).then(|| level.min(6))
}
