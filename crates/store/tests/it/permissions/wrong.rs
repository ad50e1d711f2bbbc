//! The looks see what they are for: in a catalog whose filter is wrong, they find fault.

use futures_util::FutureExt as _;
use sqlx::{Connection as _, Executor as _};
use std::any::Any;
use std::panic::AssertUnwindSafe;

use super::chance::Chance;
use super::look::Look;
use super::world::World;
use crate::fixture::Home;

/// Reads the list of what may be read as if every collection stood in it.
const EVERYTHING_IS_READABLE: &str = "
    CREATE OR REPLACE FUNCTION json_each(list TEXT) RETURNS TABLE (value TEXT)
    LANGUAGE sql STABLE STRICT ROWS 50
    AS $$ SELECT json_array_elements_text(list::json)
          UNION SELECT encode(id, 'hex') FROM collection $$";

/// How many changes are made before anybody looks.
const N_CHANGES: usize = 30;

/// How often each person looks.
const N_LOOKS: usize = 8;

/// Looks with everybody's eyes; returns how many looks there were, and what was found amiss.
async fn faults(world: &World<'_>, chance: &mut Chance) -> (u64, Vec<String>) {
    let (mut n_looks, mut faults) = (0, Vec::new());
    for person in &world.model.people {
        for _ in 0..N_LOOKS {
            let look = Look::of(world, *person).await;
            match AssertUnwindSafe(look.everything(chance)).catch_unwind().await {
                Ok(n) => n_looks += n,
                Err(panic) => faults.push(said(&*panic)),
            }
        }
    }
    (n_looks, faults)
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_lets_everything_pass_is_noticed() {
    let Some(home) = Home::on_postgres().await else { return };
    let mut chance = Chance::new(7);
    let mut world = World::new(&home.store).await;
    for _ in 0..N_CHANGES {
        world.change(&mut chance).await;
    }
    let (n_looks, before) = faults(&world, &mut chance).await;
    assert!(before.is_empty() && 100 < n_looks, "{n_looks} looks: {before:?}");

    let mut connection = sqlx::AnyConnection::connect(&home.config.catalog).await.unwrap();
    connection.execute(EVERYTHING_IS_READABLE).await.unwrap();
    connection.close().await.unwrap();
    let (_, found) = faults(&world, &mut chance).await;
    let leaks = found.iter().filter(|fault| fault.contains("the documents that are listed"));
    assert!(0 < leaks.count(), "nobody noticed: {found:?}");
}
