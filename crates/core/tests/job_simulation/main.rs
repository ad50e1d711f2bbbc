//! The life of items under seeded disorder: workers that vanish and come back, words that come
//! late, twice or never, clocks that jump, people who change their minds, and poison.
//!
//! `FOOTNOTE_SIMULATED_EVENTS` sets how many events are simulated (a million takes less than a second),
//! `FOOTNOTE_SIMULATED_SEED` replays one world.

#![expect(clippy::unwrap_used, reason = "these functions are parts of tests")]

mod catalog;
mod dice;
mod ledger;
mod world;

use footnote_core::job::machine::{Cause, Command, Event, Item, Phase, step};
use footnote_core::job::{ItemState, JobState};

use crate::catalog::{Machine, OURS};
use crate::ledger::Violation;
use crate::world::{Weather, World};

/// How many events are simulated unless the environment says otherwise.
const N_EVENTS: usize = 1_000_000;

/// How many turns a world has before peace comes.
const TURNS: usize = 6_000;

const CHAOS: Weather = Weather { storm: 60, people: 8, failures: 40, poison_every: 17 };
const POISON_ONLY: Weather = Weather { storm: 0, people: 0, failures: 0, poison_every: 12 };

#[test]
fn whatever_happens_every_item_ends_once_and_nobody_writes_what_he_has_lost() {
    let (mut n_events, mut n_grants, mut n_worlds) = (0, 0, 0);
    let wanted = number("FOOTNOTE_SIMULATED_EVENTS").unwrap_or(N_EVENTS);
    let first = number("FOOTNOTE_SIMULATED_SEED");
    while n_events < wanted {
        let seed = first.unwrap_or(n_worlds) as u64;
        let world = simulate(seed, CHAOS, OURS).unwrap_or_else(|violation| fail(seed, &violation));
        let n_jobs = world.catalog.jobs.len();
        assert!((0..n_jobs).all(|job| ended(world.catalog.state(job))), "seed {seed}");
        n_events += world.n_events;
        n_grants += world.catalog.ledger.n_grants();
        n_worlds += 1;
        if first.is_some() {
            break;
        }
    }
    println!("{n_worlds} worlds, {n_events} events, {n_grants} leases: no violation");
}

#[test]
fn a_poison_item_is_set_aside_and_every_other_one_gets_through() {
    for seed in 0..20 {
        let world =
            simulate(seed, POISON_ONLY, OURS).unwrap_or_else(|violation| fail(seed, &violation));
        let n_items = world.catalog.items.len();
        let poison: Vec<usize> = (0..n_items).filter(|id| world.is_poison(*id)).collect();
        assert_eq!(world.catalog.failed(), poison, "seed {seed}");
        let others = world.catalog.states().into_iter().filter(|state| *state != ItemState::Failed);
        assert!(others.into_iter().all(is_well), "seed {seed}");
    }
}

#[test]
fn a_machine_without_epochs_is_caught() {
    let caught: Vec<Violation> =
        (0..10).filter_map(|seed| simulate(seed, CHAOS, without_epochs).err()).collect();
    assert!(caught.contains(&Violation::StaleWrite), "{caught:?}");
}

#[test]
fn a_machine_that_blames_an_item_for_the_loss_of_its_worker_is_caught() {
    let caught: Vec<Violation> =
        (0..10).filter_map(|seed| simulate(seed, POISON_ONLY, blaming).err()).collect();
    assert!(caught.contains(&Violation::InnocentSetAside), "{caught:?}");
}

#[test]
fn a_machine_that_forgets_lost_leases_is_caught() {
    let caught: Vec<Violation> =
        (0..3).filter_map(|seed| simulate(seed, CHAOS, forgetting).err()).collect();
    assert!(caught.contains(&Violation::Stuck), "{caught:?}");
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let run = |seed| {
        let world = simulate(seed, CHAOS, OURS).unwrap();
        (world.n_events, world.catalog.states())
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

fn simulate(seed: u64, weather: Weather, machine: Machine) -> Result<World, Violation> {
    let mut world = World::new(seed, weather, machine);
    world.run(TURNS)?;
    Ok(world)
}

/// What peers do: whoever says something about an item is believed.
fn without_epochs(item: Item, event: &Event) -> (Item, Vec<Command>) {
    let mut event = event.clone();
    if let Cause::Heard { from, epoch, .. } = &mut event.cause
        && let Phase::Leased(lease) = &item.phase
    {
        *from = lease.owner.clone();
        *epoch = item.epoch;
    }
    step(item, &event)
}

/// Every loss counts as if the item had been alone.
fn blaming(item: Item, event: &Event) -> (Item, Vec<Command>) {
    let (mut item, commands) = step(item, event);
    if let Phase::Leased(lease) = &mut item.phase {
        lease.is_alone = true;
    }
    (item, commands)
}

/// A lost lease is never taken back.
fn forgetting(item: Item, event: &Event) -> (Item, Vec<Command>) {
    match event.cause {
        Cause::LeaseExpired { .. } | Cause::WorkerGone { .. } | Cause::DeadlinePassed { .. } => {
            (item, Vec::new())
        }
        _ => step(item, event),
    }
}

fn ended(state: JobState) -> bool {
    matches!(state, JobState::Completed | JobState::Cancelled)
}

fn is_well(state: ItemState) -> bool {
    matches!(state, ItemState::Ready | ItemState::Unchanged | ItemState::Removed)
}

fn fail(seed: u64, violation: &Violation) -> World {
    panic!("{violation:?} with seed {seed}; replay it with FOOTNOTE_SIMULATED_SEED={seed}")
}

fn number(variable: &str) -> Option<usize> {
    std::env::var_os(variable)?.to_str()?.parse().ok()
}
