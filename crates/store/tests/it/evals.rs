//! Sets of questions and their runs.

use footnote_core::ErrorKind;
use footnote_core::clock::Timestamp;
use footnote_core::id::{DatasetId, PersonId, RunId};
use footnote_store::{DatasetQuestion, NewRun, RunEnd, RunOutcome, RunResult, Store};
use serde_json::{Value, json};

use crate::fixture::{Home, in_every_home};

in_every_home![
    a_set_keeps_its_questions_in_order_and_changes_them_by_name,
    a_run_is_kept_with_what_became_of_each_question_and_ends_once,
    runs_are_listed_the_newest_first_and_go_with_their_set,
];

fn question(name: &str, body: Value) -> DatasetQuestion {
    DatasetQuestion { name: name.to_owned(), body, answer: None }
}

async fn begin(store: &Store, dataset: DatasetId) -> RunId {
    let request = json!({"mode": "hybrid"});
    let owner = Some(PersonId::generate());
    store.begin_run(&NewRun { dataset, owner, request, n_total: 2 }).await.unwrap()
}

async fn a_set_keeps_its_questions_in_order_and_changes_them_by_name(home: Home) {
    let store = &home.store;
    let given =
        [question("b", json!({"question": "B?"})), question("a", json!({"question": "A?"}))];
    let id = store.create_dataset("golden", &given).await.unwrap();
    assert_eq!(store.dataset_questions(id).await.unwrap(), given);
    let taken = store.create_dataset("golden", &[]).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict);

    store.put_question(id, &question("c", json!(3))).await.unwrap();
    store.put_question(id, &question("b", json!(2))).await.unwrap();
    store.remove_question(id, "a").await.unwrap();
    store.remove_question(id, "a").await.unwrap();
    let kept = store.dataset_questions(id).await.unwrap();
    assert_eq!(kept, [question("b", json!(2)), question("c", json!(3))]);
    let set = store.dataset(id).await.unwrap();
    assert_eq!((set.name.as_str(), set.n_questions), ("golden", 2));
    assert_eq!(store.datasets().await.unwrap(), [set]);

    let long = "x".repeat(201);
    assert_eq!(store.create_dataset(&long, &[]).await.unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!(store.create_dataset(" ", &[]).await.unwrap_err().kind(), ErrorKind::Invalid);
    let nowhere = store.put_question(DatasetId::generate(), &question("x", json!(1))).await;
    assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn a_run_is_kept_with_what_became_of_each_question_and_ends_once(home: Home) {
    let store = &home.store;
    let set = store.create_dataset("golden", &[]).await.unwrap();
    let id = begin(store, set).await;
    let result = |name: &str| RunResult { name: name.to_owned(), body: json!({"recall@5": 1.0}) };
    store.add_result(id, 1, &result("a")).await.unwrap();
    store.add_result(id, 0, &result("b")).await.unwrap();
    let run = store.run(id).await.unwrap();
    assert_eq!((run.n_done, run.n_total, run.ended), (2, 2, None));
    assert_eq!(store.run_results(id).await.unwrap(), [result("b"), result("a")]);

    let figures = Some(json!({"recall@5": 0.5}));
    let end = RunEnd { outcome: RunOutcome::Completed, figures: figures.clone(), detail: None };
    store.end_run(id, &end).await.unwrap();
    let run = store.run(id).await.unwrap();
    assert_eq!((run.ended.unwrap().1, run.figures), (RunOutcome::Completed, figures));
    assert_eq!(store.end_run(id, &end).await.unwrap_err().kind(), ErrorKind::NotFound);
    let late = store.add_result(id, 2, &result("c")).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::NotFound);
}

async fn runs_are_listed_the_newest_first_and_go_with_their_set(home: Home) {
    let store = &home.store;
    let [set, other] = [
        store.create_dataset("golden", &[]).await.unwrap(),
        store.create_dataset("other", &[]).await.unwrap(),
    ];
    let [first, second, third] =
        [begin(store, set).await, begin(store, other).await, begin(store, set).await];
    let ids = async |dataset, before, limit| {
        let runs = store.runs(dataset, before, limit).await.unwrap();
        runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, None, 2).await, [third, second]);
    assert_eq!(ids(None, Some(second), 2).await, [first]);
    assert_eq!(ids(Some(set), None, 9).await, [third, first]);
    assert_eq!(store.end_interrupted_runs(Timestamp(i64::MAX)).await.unwrap(), 3);
    let ended = store.run(first).await.unwrap().ended.unwrap();
    assert_eq!(ended.1, RunOutcome::Interrupted);
    store.remove_run(third).await.unwrap();
    store.remove_dataset(set).await.unwrap();
    assert_eq!(ids(None, None, 9).await, [second]);
    assert_eq!(store.run(first).await.unwrap_err().kind(), ErrorKind::NotFound);
    let nothing = NewRun { dataset: set, owner: None, request: json!({}), n_total: 0 };
    assert_eq!(store.begin_run(&nothing).await.unwrap_err().kind(), ErrorKind::NotFound);
}
