//! A world of workers, a bad network, clocks that jump, people who change their minds, and
//! documents that end whatever reads them. Everything comes from one seed.

use footnote_core::clock::Timestamp;
use footnote_core::job::machine::policy::patience;
use footnote_core::job::machine::{Cause, Command, Done, Phase, Report};
use footnote_core::job::{Failure, FailureCode, Stage, WorkerId};

use crate::catalog::{Catalog, Granted, Machine};
use crate::dice::Dice;
use crate::ledger::{Death, Violation};

/// How many workers there are at a time.
const N_WORKERS: usize = 4;

/// How many items a worker takes at once.
const BATCH: usize = 8;

/// How many steps of peace a world gets to end its work.
const PEACE: usize = 60_000;

/// What a world is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// How many of a thousand steps kill a worker, cut one off, move a clock or lose a word.
    pub(crate) storm: usize,
    /// How many of a thousand steps are somebody who cancels, pauses or retries.
    pub(crate) people: usize,
    /// How many of a thousand tries fail.
    pub(crate) failures: usize,
    /// Every how many items one ends its worker; 0 for none.
    pub(crate) poison_every: usize,
}

/// A worker: what it believes to hold.
struct Worker {
    id: WorkerId,
    holds: Vec<Held>,
    is_cut_off: bool,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    granted: Granted,
    n_done: usize,
}

/// Something on its way to the store.
#[derive(Clone)]
struct Message {
    id: usize,
    cause: Cause,
}

/// The world.
pub(crate) struct World {
    pub(crate) catalog: Catalog,
    dice: Dice,
    weather: Weather,
    workers: Vec<Worker>,
    n_workers_made: u64,
    messages: Vec<Message>,
    now_ms: i64,
    clock_error_ms: i64,
    pub(crate) n_events: usize,
}

impl World {
    pub(crate) fn new(seed: u64, weather: Weather, machine: Machine) -> Self {
        let mut world = Self {
            catalog: Catalog::new(machine, 3, 24),
            dice: Dice::new(seed),
            weather,
            workers: Vec::new(),
            n_workers_made: 0,
            messages: Vec::new(),
            now_ms: 1_000_000,
            clock_error_ms: 0,
            n_events: 0,
        };
        (0..N_WORKERS).for_each(|_| world.hire());
        world
    }

    /// Lets the world run in its weather for so many turns, then in peace until all has ended.
    pub(crate) fn run(&mut self, n_turns: usize) -> Result<(), Violation> {
        for _ in 0..n_turns {
            self.turn()?;
        }
        self.weather = Weather { storm: 0, people: 0, failures: 0, ..self.weather };
        self.clock_error_ms = 0;
        self.workers.iter_mut().for_each(|worker| worker.is_cut_off = false);
        for job in 0..self.catalog.jobs.len() {
            self.catalog.jobs[job].is_paused = false;
        }
        for _ in 0..PEACE {
            if self.catalog.n_open() == 0 {
                return Ok(());
            }
            self.turn()?;
        }
        Err(Violation::Stuck)
    }

    /// Tells whether an item ends whoever works on it.
    pub(crate) fn is_poison(&self, id: usize) -> bool {
        match self.weather.poison_every {
            0 => false,
            every => id % every == every - 1,
        }
    }

    /// Returns what the clock of the store says.
    fn clock(&self) -> Timestamp {
        Timestamp(self.now_ms + self.clock_error_ms)
    }

    fn turn(&mut self) -> Result<(), Violation> {
        self.now_ms += self.dice.millis(1_000);
        if self.dice.in_a_thousand(self.weather.storm) {
            self.storm()?;
        }
        if self.dice.in_a_thousand(self.weather.people) {
            self.people()?;
        }
        match self.dice.below(8) {
            0 => self.take(),
            1..=3 => self.work(),
            4..=6 => self.deliver(),
            _ => self.look_after(),
        }
    }

    /// A new process starts.
    fn hire(&mut self) {
        self.n_workers_made += 1;
        let id = WorkerId::from_name(format!("host:{}:sim", self.n_workers_made));
        self.workers.push(Worker { id, holds: Vec::new(), is_cut_off: false });
    }

    fn take(&mut self) -> Result<(), Violation> {
        let index = self.dice.below(self.workers.len());
        if self.workers[index].is_cut_off {
            return Ok(());
        }
        self.heed(index);
        let id = self.workers[index].id.clone();
        let granted = self.catalog.take(&id, self.clock(), BATCH)?;
        self.n_events += granted.len();
        if self.dice.in_a_thousand(self.weather.storm) {
            return Ok(()); // The answer is lost: nobody works on what was given.
        }
        let news = granted.into_iter().map(|granted| Held { granted, n_done: 0 });
        self.workers[index].holds.extend(news);
        Ok(())
    }

    /// A worker stops what is no longer its own, as it does before it takes more. What it holds is
    /// then at most what the store knows of.
    fn heed(&mut self, index: usize) {
        let Worker { id, holds, .. } = &mut self.workers[index];
        holds.retain(|held| {
            let lease = self.catalog.items[held.granted.id].lease_of(held.granted.epoch);
            lease.is_some_and(|lease| lease.owner == *id)
        });
    }

    /// A worker goes on with one of its items, and says so.
    fn work(&mut self) -> Result<(), Violation> {
        let index = self.dice.below(self.workers.len());
        if self.workers[index].holds.is_empty() {
            return Ok(());
        }
        let place = self.dice.below(self.workers[index].holds.len());
        let held = &mut self.workers[index].holds[place];
        held.n_done += 1;
        let held = *held;
        if self.is_poison(held.granted.id) && 1 < held.n_done {
            return self.die(index, Death::Poison(held.granted.id));
        }
        let report = self.report(&held);
        if !matches!(report, Report::Alive { .. }) {
            self.workers[index].holds.remove(place);
        }
        let from = self.workers[index].id.clone();
        self.send(held.granted.id, Cause::Heard { from, epoch: held.granted.epoch, report });
        Ok(())
    }

    fn report(&mut self, held: &Held) -> Report {
        if self.dice.in_a_thousand(self.weather.failures) {
            let code = FailureCode::ALL[self.dice.below(FailureCode::ALL.len())];
            return Report::Failed(Failure::new(code, "simulated"));
        }
        if self.dice.in_a_thousand(self.weather.failures / 4) {
            return Report::Released;
        }
        match held.n_done {
            1 => Report::Alive { stage: Stage::Parsing, progress: 1 },
            2 => Report::Alive { stage: Stage::Chunking, progress: 0 },
            n @ 3..=5 => Report::Alive { stage: Stage::Embedding, progress: n as u64 },
            6 => Report::Alive { stage: Stage::Indexing, progress: 0 },
            _ => Report::Ended(
                self.dice.one_of(&[Done::Ready, Done::Unchanged, Done::Removed]).unwrap(),
            ),
        }
    }

    /// Puts a word on its way; in bad weather it may come twice, or never.
    fn send(&mut self, id: usize, cause: Cause) {
        let message = Message { id, cause };
        if self.dice.in_a_thousand(self.weather.storm * 2) {
            self.messages.push(message.clone());
        }
        if !self.dice.in_a_thousand(self.weather.storm) {
            self.messages.push(message);
        }
    }

    /// Any word on its way arrives, not the first one first.
    fn deliver(&mut self) -> Result<(), Violation> {
        if self.messages.is_empty() {
            return Ok(());
        }
        let place = match self.weather.storm {
            0 => 0,
            _ => self.dice.below(self.messages.len()),
        };
        let Message { id, cause } = self.messages.remove(place);
        self.happen(id, cause)
    }

    /// Lets something happen, and tells workers what they are to abandon; they may not hear it.
    fn happen(&mut self, id: usize, cause: Cause) -> Result<(), Violation> {
        self.n_events += 1;
        let commands = self.catalog.happen(id, self.clock(), cause)?;
        for command in commands {
            if let Command::Abandon { worker, epoch } = command
                && !self.dice.in_a_thousand(self.weather.storm)
            {
                self.abandon(&worker, id, epoch);
            }
        }
        Ok(())
    }

    fn abandon(&mut self, worker: &WorkerId, id: usize, epoch: u64) {
        let told = self.workers.iter_mut().find(|other| other.id == *worker);
        let Some(worker) = told.filter(|worker| !worker.is_cut_off) else { return };
        worker.holds.retain(|held| held.granted.id != id || held.granted.epoch != epoch);
    }

    /// Somebody looks for leases that have expired and items that stand still.
    fn look_after(&mut self) -> Result<(), Violation> {
        let now = self.clock();
        for id in 0..self.catalog.items.len() {
            let item = &self.catalog.items[id];
            let epoch = item.epoch;
            let Phase::Leased(lease) = &item.phase else { continue };
            if lease.expires <= now {
                self.happen(id, Cause::LeaseExpired { epoch })?;
            } else if let Some(stage) = item.overdue(now) {
                self.happen(id, Cause::DeadlinePassed { epoch, stage })?;
            }
        }
        Ok(())
    }

    fn storm(&mut self) -> Result<(), Violation> {
        let index = self.dice.below(self.workers.len());
        match self.dice.below(6) {
            0 => return self.die(index, Death::Other),
            1 => self.workers[index].is_cut_off = true,
            2 => self.workers[index].is_cut_off = false,
            3 => self.clock_error_ms = self.dice.millis(600_000) - 300_000,
            4 => {
                // It is thought to be dead, and lives.
                let worker = self.workers[index].id.clone();
                return self.mourn(&worker);
            }
            _ => {
                let id = self.dice.below(self.catalog.items.len());
                let epoch = self.catalog.items[id].epoch.saturating_sub(1);
                self.happen(id, Cause::LeaseExpired { epoch })?;
                let stage = Stage::Embedding;
                self.now_ms += i64::try_from(patience(stage).as_millis()).unwrap() / 20;
                return self.happen(id, Cause::DeadlinePassed { epoch, stage });
            }
        }
        Ok(())
    }

    /// A process ends with everything in it; the store is told, or finds out by the leases.
    fn die(&mut self, index: usize, death: Death) -> Result<(), Violation> {
        let worker = self.workers.remove(index);
        self.catalog.ledger.died(&worker.id, death);
        self.hire();
        if self.dice.in_a_thousand(500) { self.mourn(&worker.id) } else { Ok(()) }
    }

    fn mourn(&mut self, worker: &WorkerId) -> Result<(), Violation> {
        for id in 0..self.catalog.items.len() {
            let gone = Cause::WorkerGone { worker: worker.clone() };
            if self.dice.in_a_thousand(self.weather.storm) {
                self.messages.push(Message { id, cause: gone.clone() });
            }
            self.happen(id, gone)?;
        }
        Ok(())
    }

    fn people(&mut self) -> Result<(), Violation> {
        let job = self.dice.below(self.catalog.jobs.len());
        let is_rare = self.dice.in_a_thousand(50);
        match self.dice.below(4) {
            0 if is_rare => self.ask(job, |jobs| jobs.is_cancelled = true, &Cause::CancelAsked),
            1 => self.ask(job, |job| job.is_paused = true, &Cause::PauseAsked),
            2 => self.ask(job, |job| job.is_paused = false, &Cause::ResumeAsked),
            3 if !self.catalog.jobs[job].is_cancelled => self.ask(job, |_| (), &Cause::RetryAsked),
            _ => Ok(()),
        }
    }

    fn ask(
        &mut self,
        job: usize,
        change: fn(&mut crate::catalog::Job),
        cause: &Cause,
    ) -> Result<(), Violation> {
        change(&mut self.catalog.jobs[job]);
        for id in self.catalog.items_of(job) {
            self.happen(id, cause.clone())?;
        }
        Ok(())
    }
}
