//! Nobody sees what they may not, and everybody sees all that they may: random people, nested groups,
//! collections, documents in documents and grants, changed at random, with every read compared with
//! a plain model. Each text holds a word that stands nowhere else.

mod chance;
mod look;
mod model;
mod world;
mod wrong;

use crate::fixture::{Home, in_every_home};
use chance::Chance;
use look::Look;
use world::World;

in_every_home![people_see_what_they_may_and_nothing_else];

/// How many changes are made, unless `FOOTNOTE_TEST_STEPS` says otherwise. After each, somebody
/// looks.
const N_STEPS: u64 = 150;

fn n_steps() -> u64 {
    let asked = std::env::var_os("FOOTNOTE_TEST_STEPS");
    asked.and_then(|steps| steps.into_string().ok()?.parse().ok()).unwrap_or(N_STEPS)
}

async fn people_see_what_they_may_and_nothing_else(home: Home) {
    let mut chance = Chance::new(n_steps());
    let mut world = World::new(&home.store).await;
    let mut n_cases = 0;
    for _ in 0..n_steps() {
        world.change(&mut chance).await;
        let person = *chance.one_of(&world.model.people);
        let look = Look::of(&world, person).await;
        n_cases += look.everything(&mut chance).await;
    }
    println!("{n_cases} cases");
    assert!(10 * n_steps() < n_cases, "hardly anything was looked at");
}
