//! Feedback: once for each answer, and a list for admins.

use footnote_core::ErrorKind;
use footnote_core::id::{AnswerId, PersonId};
use footnote_store::{Feedback, FeedbackFilter, FeedbackReason, Rating};
use std::collections::BTreeSet;

use super::answered;
use crate::fixture::{Home, in_every_home};

in_every_home![
    feedback_is_given_once_and_changed_and_taken_back,
    feedback_is_paged_and_exported_in_full,
];

fn says(rating: Rating, comment: &str) -> Feedback {
    Feedback { rating, reasons: BTreeSet::new(), comment: comment.to_owned() }
}

async fn feedback_is_given_once_and_changed_and_taken_back(home: Home) {
    let store = &home.store;
    let ada = Some(PersonId::generate());
    let id = answered(store, ada, "28 days", &[]).await;
    assert_eq!(store.feedback(ada, id).await.unwrap(), None);
    store.put_feedback(ada, id, &says(Rating::Up, "")).await.unwrap();
    let reasons = BTreeSet::from([FeedbackReason::Wrong, FeedbackReason::BadCitation]);
    let down = Feedback { reasons, ..says(Rating::Down, "it is\0 30") };
    store.put_feedback(ada, id, &down).await.unwrap();
    let kept = Feedback { comment: "it is 30".to_owned(), ..down };
    assert_eq!(store.feedback(ada, id).await.unwrap(), Some(kept));
    assert_eq!(store.all_feedback(&FeedbackFilter::default()).await.unwrap().len(), 1);

    let long = says(Rating::Up, &"ü".repeat(4_001));
    assert_eq!(store.put_feedback(ada, id, &long).await.unwrap_err().kind(), ErrorKind::Invalid);
    store.put_feedback(ada, id, &says(Rating::Up, &"ü".repeat(4_000))).await.unwrap();
    let none = AnswerId::generate();
    let missing = store.put_feedback(ada, none, &says(Rating::Up, "")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    store.remove_feedback(ada, id).await.unwrap();
    store.remove_feedback(ada, id).await.unwrap();
    assert_eq!(store.feedback(ada, id).await.unwrap(), None);
    assert_eq!(serde_json::to_value(FeedbackReason::OffTopic).unwrap(), "off_topic");
}

async fn feedback_is_paged_and_exported_in_full(home: Home) {
    let store = &home.store;
    let ada = Some(PersonId::generate());
    let mut given = Vec::new();
    for n in 0..7 {
        let whose = ada.filter(|_| n % 2 == 0);
        let id = answered(store, whose, "28 days", &[]).await;
        let rating = if n < 3 { Rating::Up } else { Rating::Down };
        store.put_feedback(whose, id, &says(rating, &n.to_string())).await.unwrap();
        given.push(id);
    }
    let mut filter = FeedbackFilter { limit: 3, ..FeedbackFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.all_feedback(&filter).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.answer);
        seen.extend(page.into_iter().map(|entry| entry.answer));
        let late = answered(store, ada, "28 days", &[]).await;
        store.put_feedback(ada, late, &says(Rating::Up, "late")).await.unwrap();
    }
    seen.reverse();
    assert_eq!(seen, given, "what comes meanwhile shifts nothing");
    let of_ada =
        FeedbackFilter { person: ada, rating: Some(Rating::Down), ..FeedbackFilter::default() };
    let comments: Vec<_> = store.all_feedback(&of_ada).await.unwrap();
    let comments: Vec<&str> = comments.iter().map(|entry| &*entry.comment).collect();
    assert_eq!(comments, ["6", "4"]);

    let mut exported = Vec::new();
    let n_exported = store.export_feedback(&mut exported).await.unwrap();
    let exported = String::from_utf8(exported).unwrap();
    let lines: Vec<serde_json::Value> =
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len() as u64, &lines[0]["comment"]), (n_exported, &"0".into()));
    assert_eq!(lines[1]["person"], serde_json::Value::Null);
    assert_eq!(
        (&lines[3]["rating"], &lines[3]["question"]),
        (&"down".into(), &"How many days?".into())
    );
}
