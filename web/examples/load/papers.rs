//! Documents as a company has them: many short ones, some long ones, and questions that they answer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::tally::Tally;
use crate::world::World;

/// How many files are sent at once.
const SENDERS: u64 = 4;

/// How long a sender waits when it is told to come back later.
const LATER: Duration = Duration::from_secs(2);

const OFFICES: [&str; 8] =
    ["payroll", "legal", "harbour", "night shift", "laboratory", "library", "canteen", "garage"];
const THINGS: [&str; 8] = [
    "travel receipts",
    "visitor badges",
    "signed contracts",
    "delivery notes",
    "safety reports",
    "lost property",
    "meeting minutes",
    "spare keys",
];
const UNITS: [&str; 4] = ["days", "weeks", "months", "years"];
const FORMATS: [&str; 3] = ["md", "txt", "html"];

/// A file to be sent.
pub(crate) struct Paper {
    /// What it is called.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// Sends documents until there are enough or it is time to stop.
pub(crate) fn come(
    tasks: &mut JoinSet<()>,
    world: &Arc<World>,
    tally: &Tally,
    (n_documents, until): (u64, Instant),
) {
    let next = Arc::new(AtomicU64::new(0));
    for _ in 0..SENDERS {
        let (world, tally, next) = (Arc::clone(world), tally.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            while Instant::now() < until {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if n_documents <= number {
                    return;
                }
                send(&world, &tally, paper(world.seed, number)).await;
            }
        });
    }
}

/// Sends one document, again if it is not taken at once.
async fn send(world: &World, tally: &Tally, paper: Paper) {
    let path = format!("/api/v1/collections/handbook/documents?name={}", paper.name);
    for _ in 0..10 {
        let started = Instant::now();
        let answered = world.admin.upload(&path, paper.bytes.clone()).await;
        if tally.note("upload", started, answered).is_some() {
            return;
        }
        sleep(LATER).await;
    }
}

/// Returns the document of a number.
pub(crate) fn paper(seed: u64, number: u64) -> Paper {
    let mut dice = Dice::new(seed, &[number]);
    let most_kib = match dice.below(10) {
        0..6 => 8,
        6..9 => 40,
        _ => 150,
    };
    let size_bytes = usize::try_from((1 + dice.below(most_kib)) << 10).unwrap_or_default();
    let format = dice.one(&FORMATS).copied().unwrap_or("txt");
    let mut text = format!("Rules, part {number}\n\n");
    while text.len() < size_bytes {
        for _ in 0..=dice.below(5) {
            let (office, thing) = (pick(&mut dice, &OFFICES), pick(&mut dice, &THINGS));
            let (n, unit) = (2 + dice.below(90), pick(&mut dice, &UNITS));
            write!(text, "In part {number} the {office} office keeps {thing} for {n} {unit}. ")
                .ok();
        }
        text.push_str("\n\n");
    }
    let text = match format {
        "md" => format!("# {text}"),
        "html" => format!("<html><body><p>{}</p></body></html>", text.replace("\n\n", "</p><p>")),
        _ => text,
    };
    Paper { name: format!("rules-{number}.{format}"), bytes: text.into_bytes() }
}

/// Returns a question that some document answers.
pub(crate) fn question(dice: &mut Dice) -> String {
    let (office, thing) = (pick(dice, &OFFICES), pick(dice, &THINGS));
    format!("How long does the {office} office keep {thing}?")
}

fn pick(dice: &mut Dice, of: &[&'static str]) -> &'static str {
    dice.one(of).copied().unwrap_or_default()
}
