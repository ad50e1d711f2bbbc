//! What each operation of the described API takes, and how it is called. One that is missing here
//! fails the test: whoever adds a route says who may see what it shows.

use serde_json::{Value, json};

/// What the id in a path names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Collection,
    Document,
    Job,
    Answer,
    Conversation,
    /// What only admins, or its owner, may name.
    Foreign(&'static str),
}

/// How an operation is called that has no id in its path.
pub(super) enum Bare {
    /// It shows something.
    Shows,
    /// It shows something, of a collection if one is named.
    ShowsOf,
    /// It is for admins, whoever asks: this is sent.
    Refused(Value),
    /// It is called by a function of its own.
    Own,
    /// It ends or begins sessions; its tests stand elsewhere.
    Entrance,
}

/// An operation of the described API.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
}

/// Lists the operations of a description.
pub(super) fn operations(described: &Value) -> Vec<Operation> {
    let paths = described["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
        })
    });
    all.collect()
}

/// Says what the id of an operation names.
pub(super) fn takes(operation: &str) -> Kind {
    match operation {
        "show_collection"
        | "change_collection"
        | "remove_collection"
        | "upload_document"
        | "list_collection_grants"
        | "grant_collection"
        | "revoke_collection" => Kind::Collection,
        "show_document"
        | "remove_document"
        | "reingest_document"
        | "show_document_text"
        | "list_document_blocks"
        | "show_document_passage"
        | "list_document_chunks"
        | "list_document_versions"
        | "download_document"
        | "list_document_grants"
        | "grant_document"
        | "revoke_document" => Kind::Document,
        "show_job" | "list_job_items" | "follow_job" | "cancel_job" | "pause_job"
        | "resume_job" | "retry_job" => Kind::Job,
        "show_answer" | "follow_answer" | "cancel_answer" | "show_feedback" | "put_feedback"
        | "remove_feedback" => Kind::Answer,
        "show_conversation" | "change_conversation" | "remove_conversation" | "list_turns" => {
            Kind::Conversation
        }
        "end_session" => Kind::Foreign("ses"),
        "end_key" => Kind::Foreign("key"),
        "show_person" | "change_person" => Kind::Foreign("usr"),
        "rename_group" | "remove_group" | "list_members" | "add_member" | "remove_member" => {
            Kind::Foreign("grp")
        }
        "show_dataset"
        | "remove_dataset"
        | "list_dataset_questions"
        | "put_dataset_question"
        | "remove_dataset_question" => Kind::Foreign("set"),
        "show_run" | "remove_run" | "list_run_results" | "cancel_run" => Kind::Foreign("run"),
        other => panic!("say what the id of `{other}` names, and who may name it"),
    }
}

/// Says how an operation without an id is called.
pub(super) fn bare(operation: &str) -> Bare {
    match operation {
        "list_documents" | "list_duplicates" | "list_jobs" => Bare::ShowsOf,
        "list_collections" | "list_conversations" | "list_sessions" | "list_keys"
        | "list_models" | "show_session" | "show_metrics" | "is_alive" | "is_ready" => Bare::Shows,
        "list_people"
        | "list_groups"
        | "list_audit"
        | "export_audit"
        | "list_feedback"
        | "show_settings"
        | "list_datasets"
        | "list_runs"
        | "compare_runs"
        | "measure_models"
        | "check_everything"
        | "install_model"
        | "stop_installing_model" => Bare::Refused(Value::Null),
        "create_person" => Bare::Refused(json!({"login": "x", "password": "of ten characters"})),
        "create_group" | "create_dataset" => Bare::Refused(json!({"name": "x"})),
        "start_run" => Bare::Refused(json!({"dataset_id": "x"})),
        "change_settings" => Bare::Refused(json!({"values": {}})),
        "search"
        | "create_answer"
        | "create_conversation"
        | "create_key"
        | "create_collection"
        | "follow_everything" => Bare::Own,
        "sign_in" | "sign_out" | "set_up" | "change_password" | "start_oidc" | "finish_oidc" => {
            Bare::Entrance
        }
        other => panic!("say how `{other}` is called, and who may see what it shows"),
    }
}

/// Returns what is sent to an operation with an id.
pub(super) fn body(operation: &str) -> Option<Value> {
    match operation {
        "grant_collection" | "grant_document" => Some(json!({"role": "reader"})),
        "put_feedback" => Some(json!({"rating": "up"})),
        "change_conversation" => Some(json!({"title": "mine"})),
        "change_collection" => Some(json!({"description": "mine"})),
        "change_person" | "rename_group" => Some(json!({"name": "mine"})),
        "put_dataset_question" => Some(json!({"id": "x", "question": "x?", "answerable": true})),
        "add_member" | "reingest_document" => Some(json!({})),
        _ => None,
    }
}
