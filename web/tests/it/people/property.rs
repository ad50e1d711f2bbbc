//! Nobody gets a word over HTTP that they may not read, and everybody finds all that they may:
//! people, nested groups, collections and documents are changed at random, and after each change
//! somebody calls every route, with ids that they may know and with others. Each text has a word
//! that stands nowhere else.

mod asking;
mod chance;
mod changes;
mod model;
mod rules;
mod sweep;
mod world;

use serde_json::Value;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use crate::happenings::read_until;
use crate::overheard::listen;
use chance::Chance;
use rules::operations;
use sweep::Sweep;
use world::{CANARY, World};

/// How many changes are made, unless `FOOTNOTE_TEST_STEPS` says otherwise.
const N_STEPS: usize = 12;

/// How long somebody listens to what happens, which never ends by itself.
const LISTENING: Duration = Duration::from_millis(400);

/// Every how many steps somebody asks and listens, which takes longer than to read.
const BETWEEN_QUESTIONS: usize = 3;

fn n_steps() -> usize {
    let asked = std::env::var_os("FOOTNOTE_TEST_STEPS");
    asked.and_then(|steps| steps.into_string().ok()?.parse().ok()).unwrap_or(N_STEPS)
}

/// Everything that somebody does after a change; returns how many requests that were, and how
/// often they found something.
async fn look(world: &mut World, chance: &mut Chance, described: &Value, asks: bool) -> (u64, u64) {
    let place = chance.below(world.model.people.len());
    let person = &world.model.people[place];
    let sweep = Sweep::new(world, person, chance.one_of(&person.lookers));
    let operations = operations(described);
    sweep.ids(&operations).await;
    sweep.lists(&operations).await;
    for _ in 0..3 {
        sweep.search(chance.below(world.model.documents.len())).await;
    }
    let mut said = (Vec::new(), None);
    let document = chance.one_of(&world.model.documents);
    if let Some(text) = document.texts.last().copied().filter(|_| asks) {
        said = sweep.ask(text).await;
        sweep.programs(text).await;
        listen_to_everything(&sweep).await;
    }
    let done = (sweep.n_cases.get(), sweep.n_found.get());
    let person = &mut world.model.people[place];
    person.answers.extend(said.0);
    person.conversations.extend(said.1);
    done
}

/// Listens to what happens for a while, from when the stream has begun.
async fn listen_to_everything(sweep: &Sweep<'_>) {
    let request = sweep.request("GET", "/api/v1/events");
    let mut stream = request.start(sweep.world.server.address).await;
    let begun = read_until(&mut stream, "\r\n\r\n").await;
    assert!(begun.starts_with("HTTP/1.1 "), "{begun}");
    let mut rest = Vec::new();
    timeout(LISTENING, stream.read_to_end(&mut rest)).await.ok();
    let heard = begun + &String::from_utf8_lossy(&rest);
    assert!(!heard.contains(CANARY), "nothing that happens holds a text: {heard}");
}

/// What only the admin sees, and still holds no text: figures, what was done, what is set.
async fn no_text_for_admins(world: &World) {
    for path in ["/metrics", "/api/v1/audit/export", "/api/v1/audit?limit=500", "/api/v1/settings"]
    {
        let shown = world.get(path).await;
        assert_eq!(shown.status, 200, "{path}");
        assert!(!shown.text().contains(CANARY), "{path}: {}", shown.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_get_over_http_what_they_may_read_and_nothing_else() {
    let log = listen(&[CANARY]);
    let n_steps = n_steps();
    let mut chance = Chance::new(n_steps as u64);
    let mut world = World::new().await;
    let described = world.server.get("/openapi.json").await.json();
    let (mut n_cases, mut n_found) = (0, 0);
    for step in 0..n_steps {
        world.change(&mut chance).await;
        let asks = step % BETWEEN_QUESTIONS == 0;
        let (cases, found) = look(&mut world, &mut chance, &described, asks).await;
        n_cases += cases;
        n_found += found;
    }
    no_text_for_admins(&world).await;
    println!("{n_cases} cases, something found in {n_found}; {} lines of the log", log.n_lines());
    let n_steps = n_steps as u64;
    assert!(100 * n_steps < n_cases, "hardly anything was looked at: {n_cases}");
    assert!(n_steps / 2 < n_found, "hardly anything was found: {n_found}");
    assert!(1_000 < log.n_lines(), "the log was not listened to");
    assert_eq!(log.heard(), Vec::<String>::new(), "texts are logged");
}
