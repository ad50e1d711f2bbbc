//! Where a text stands on its pages is kept with its version, and shown to whoever may read it.

use footnote_core::access::Principal;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::Span;
use footnote_core::layout::{Layout, Rect, Run, Toward};
use footnote_store::Which;

use crate::fixture::{Home, document_id, in_every_home, owner, put, put_embeddings, version};

in_every_home![
    a_quote_knows_its_rectangles_however_long_the_text_is,
    only_who_may_read_a_document_learns_where_its_text_stands,
];

/// Lays the words of a text out, ten on a line and forty on a page.
fn laid_out(text: &str) -> Layout {
    let mut runs = Vec::new();
    let mut start = 0;
    for (n, word) in text.split_inclusive([' ', '\n']).enumerate() {
        let (column, line) = (u8::try_from(n % 10).unwrap(), u8::try_from(n / 10 % 4).unwrap());
        let (x1, y1) = (f32::from(column) * 50., 700. - f32::from(line) * 12.);
        runs.push(Run {
            range: start..start + word.trim_end().len(),
            page: u32::try_from(n / 40).unwrap() + 1,
            rect: Rect { x1, y1, x2: x1 + 45., y2: y1 + 10. },
            toward: Toward::Right,
        });
        start += word.len();
    }
    Layout::of(&runs)
}

async fn a_quote_knows_its_rectangles_however_long_the_text_is(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let words: Vec<String> = (0..9_000).map(|n| format!("word{n}")).collect();
    let paragraph = words.join(" ");
    let mut new = version(c, "a.pdf", &[&paragraph]);
    new.parsed.layout = laid_out(&new.parsed.text);
    put_embeddings(store, &new).await;
    let stored = store.put_version(new, None).await.unwrap();

    let parsed = store.document_parsed(&owner(), document_id(c, "a.pdf"), None).await.unwrap();
    assert_eq!((parsed.version, parsed.parsed.layout), (stored, laid_out(&paragraph)));

    let text = paragraph.as_str();
    // In the middle of a word, far behind the first piece of the stored text.
    let start = text.find("word8011").unwrap() + 2;
    let end = text.find("word8012").unwrap() + 8;
    let span = Span { start, end, char_start: start, char_end: end };
    let boxes = store.boxes(&owner(), stored, span).await.unwrap();
    assert_eq!(boxes.len(), 1);
    assert_eq!(boxes[0].page, 201);
    let [rect] = boxes[0].rects[..] else { panic!("{boxes:?}") };
    assert!((rect.x1 - (50. + 45. / 4.)).abs() < 0.1, "{rect:?}");
    assert!((rect.x2 - 145.).abs() < 0.1 && (rect.y1 - 688.).abs() < 0.1, "{rect:?}");

    let moved = put(store, c, "b.txt", &["without pages"]).await;
    assert!(store.boxes(&owner(), moved, span).await.unwrap().is_empty());
    store.remove_document(document_id(c, "a.pdf")).await.unwrap();
    store.purge(Which::Everything).await.unwrap();
    assert!(store.boxes(&owner(), stored, span).await.unwrap().is_empty());
}

async fn only_who_may_read_a_document_learns_where_its_text_stands(home: Home) {
    let store = &home.store;
    let open = store.ensure_collection("open").await.unwrap();
    let secret = store.ensure_collection("secret").await.unwrap();
    let mut new = version(secret, "a.pdf", &["one two three"]);
    new.parsed.layout = laid_out(&new.parsed.text);
    put_embeddings(store, &new).await;
    let stored = store.put_version(new, None).await.unwrap();
    let span = Span { start: 0, end: 7, char_start: 0, char_end: 7 };
    let reader = Principal::reader("reader", [open]).scope(&[]).unwrap();
    assert!(store.boxes(&reader, stored, span).await.unwrap().is_empty());
    assert_eq!(store.boxes(&owner(), stored, span).await.unwrap()[0].rects.len(), 1);
}
