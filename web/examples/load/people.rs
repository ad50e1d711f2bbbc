//! People who search, ask and sign in, with pauses in which they read.

use axum::body::Body;
use futures_util::StreamExt as _;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use footnote_core::{Error, Result};

use crate::dice::Dice;
use crate::http::{Client, failed};
use crate::papers::question;
use crate::tally::Tally;
use crate::world::{PASSWORD, World};

/// How long somebody reads before they go on.
const PAUSE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

/// How long a stream may say nothing; comments keep it alive more often than that.
const SILENCE: Duration = Duration::from_secs(40);

/// Lets everybody work until it is time to stop.
pub(crate) fn come(tasks: &mut JoinSet<()>, world: &Arc<World>, tally: &Tally, until: Instant) {
    for number in 0..world.people.len() {
        let (world, tally) = (Arc::clone(world), tally.clone());
        tasks.spawn(async move {
            let mut dice = Dice::new(world.seed, &[1, number as u64]);
            let [least, most] = PAUSE;
            sleep(dice.between(Duration::ZERO, most)).await;
            while Instant::now() < until {
                act(&world, &tally, number, &mut dice).await;
                sleep(dice.between(least, most)).await;
            }
        });
    }
}

/// Does one thing.
async fn act(world: &World, tally: &Tally, number: usize, dice: &mut Dice) {
    let Some((login, client)) = world.people.get(number) else { return };
    let question = question(dice);
    let started = Instant::now();
    if dice.percent(10) {
        let client = Client { shows: crate::http::Shows::Nothing, ..client.clone() };
        let body = json!({"login": login, "password": PASSWORD});
        let answered = client.post("/api/v1/session", &body).await;
        tally.note("sign in", started, answered);
    } else if dice.percent(45) {
        let answered = client.post("/api/v1/search", &json!({"query": question})).await;
        tally.note("search", started, answered);
    } else {
        let (name, mode) = if dice.percent(75) { ("quote", "quote") } else { ("written", "auto") };
        let body = json!({"question": question, "mode": mode});
        ask(client, tally, name, &body).await;
    }
}

/// Asks and reads the answer to its end.
async fn ask(client: &Client, tally: &Tally, name: &'static str, body: &serde_json::Value) {
    let started = Instant::now();
    let (status, events) = match client.stream("/api/v1/answers", body).await {
        Ok(answered) => answered,
        Err(error) => return tally.failed(name, &error.chain()),
    };
    match listen(events).await {
        Ok(heard) if status.is_success() => {
            if let Some(first) = heard.first_text {
                tally.took(heard.label(name), first - started);
            }
        }
        Ok(heard) => tally.refused(name, status, &heard.text),
        Err(error) => tally.failed(name, &error.chain()),
    }
}

/// What was heard of an answer.
struct Heard {
    text: String,
    first_text: Option<Instant>,
}

impl Heard {
    /// Returns under which name the time until the first sentence counts.
    fn label(&self, name: &'static str) -> &'static str {
        match (name, self.text.contains("event: answer.queued")) {
            ("written", true) => "first sentence, written, after others",
            ("written", false) => "first sentence, written",
            (_, _) => "first sentence, quoted",
        }
    }
}

/// Reads a stream to its end.
async fn listen(body: Body) -> Result<Heard> {
    let mut pieces = body.into_data_stream();
    let mut heard = Heard { text: String::new(), first_text: None };
    let is_stream = |text: &str| text.contains("event: ");
    loop {
        let piece = timeout(SILENCE, pieces.next()).await.map_err(failed)?;
        let Some(piece) = piece else { break };
        let piece = piece.map_err(failed)?;
        heard.text.push_str(&String::from_utf8_lossy(&piece));
        if heard.first_text.is_none() && heard.text.contains("event: text.delta") {
            heard.first_text = Some(Instant::now());
        }
    }
    if heard.text.contains("event: answer.failed") {
        let said = heard.text.rsplit("data: ").next().unwrap_or_default();
        return Err(Error::unavailable(format!("an answer failed: {said}")));
    }
    if is_stream(&heard.text) && !heard.text.contains("event: answer.completed") {
        return Err(Error::unavailable("an answer broke off"));
    }
    Ok(heard)
}
