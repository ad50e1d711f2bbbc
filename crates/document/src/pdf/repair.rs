//! The repair of a PDF whose table of objects is lost: the objects are found by their headings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The highest object number that is believed.
const MAX_OBJECT: u32 = 1 << 23;

/// Writes a new table of objects behind the file; `None` when there is nothing to list.
pub(crate) fn with_new_table(bytes: &[u8]) -> Option<Vec<u8>> {
    let header = find(bytes, b"%PDF-")?;
    let bytes = &bytes[header..];
    let objects = objects(bytes);
    let root = root(bytes, &objects)?;
    let last = *objects.last_key_value()?.0;
    let mut repaired = bytes.to_vec();
    repaired.push(b'\n');
    let start = repaired.len();
    repaired.extend(table(&objects, root, last, start).into_bytes());
    Some(repaired)
}

/// Finds where objects begin; of two with one number the later holds, as the format has it.
fn objects(bytes: &[u8]) -> BTreeMap<u32, (usize, u16)> {
    let mut objects = BTreeMap::new();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| find(rest, b" obj")) {
        let end = from + found;
        if let Some((number, generation, start)) = heading(&bytes[..end]) {
            objects.insert(number, (start, generation));
        }
        from = end + 4;
    }
    objects
}

/// Reads `number generation` backwards from the end of the bytes.
fn heading(before: &[u8]) -> Option<(u32, u16, usize)> {
    let (generation, start) = last_number(before)?;
    let gap = before[..start].strip_suffix(b" ")?;
    let (number, start) = last_number(gap)?;
    let number = u32::try_from(number).ok().filter(|number| (1..=MAX_OBJECT).contains(number))?;
    Some((number, u16::try_from(generation).ok()?, start))
}

fn last_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let start = bytes.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    let number = std::str::from_utf8(&bytes[start..]).ok()?.parse().ok()?;
    Some((number, start))
}

/// Finds the catalog: the last trailer names it, else it is the object of that type.
fn root(bytes: &[u8], objects: &BTreeMap<u32, (usize, u16)>) -> Option<u32> {
    let named = rfind(bytes, b"/Root ").and_then(|at| first_number(&bytes[at + 6..]));
    named.filter(|number| objects.contains_key(number)).or_else(|| {
        let catalog = find(bytes, b"/Catalog")?;
        let before = objects.iter().filter(|(_, (start, _))| *start < catalog);
        before.max_by_key(|(_, (start, _))| *start).map(|(number, _)| *number)
    })
}

fn first_number(bytes: &[u8]) -> Option<u32> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()
}

fn table(objects: &BTreeMap<u32, (usize, u16)>, root: u32, last: u32, start: usize) -> String {
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, (offset, generation)) in objects {
        // Writing to a string cannot fail.
        write!(table, "{number} 1\n{offset:010} {generation:05} n \n").unwrap_or_default();
    }
    let size = last + 1;
    write!(table, "trailer\n<< /Size {size} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n")
        .unwrap_or_default();
    table
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_listed_where_they_begin() {
        let file = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n2 0 obj 7 endobj\n2 1 obj 8";
        let repaired = String::from_utf8(with_new_table(file).unwrap()).unwrap();
        assert!(repaired.contains("\n1 1\n0000000009 00000 n \n"), "{repaired}");
        assert!(repaired.contains("\n2 1\n0000000060 00001 n \n"), "{repaired}");
        assert!(repaired.contains("/Size 3 /Root 1 0 R"), "{repaired}");
    }

    #[test]
    fn a_file_without_a_catalog_is_beyond_repair() {
        assert_eq!(with_new_table(b"%PDF-1.4\n1 0 obj 7 endobj"), None);
        assert_eq!(with_new_table(b"text"), None);
    }
}
