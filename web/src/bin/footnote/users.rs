//! `footnote users`: who signs in.

use console::{Term, style};
use std::io::Read as _;

use footnote::auth::{self, Deed, Requester};
use footnote::wire::person::Person;
use footnote_core::access::{PasswordHash, Role};
use footnote_core::id::PersonId;
use footnote_core::{Error, Result};
use footnote_store::{NewPerson, Store};

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::columns;

/// What the process does, for others that want the data directory.
const PURPOSE: &str = "footnote users";

/// How many people are read at once.
const AT_ONCE: usize = 500;

/// What to do with people.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who signs in
    List,
    /// Add somebody; the password is asked for
    Add {
        /// What they sign in with
        login: String,
        /// What others see [default: the login]
        #[arg(long)]
        name: Option<String>,
        /// Their role on everything; without one they see only what is granted to them
        #[arg(long, value_enum)]
        role: Option<RoleName>,
        #[command(flatten)]
        password: Password,
    },
    /// Give somebody another password; all their sessions and keys end
    Passwd {
        /// What they sign in with
        login: String,
        #[command(flatten)]
        password: Password,
    },
    /// Give somebody another role on everything, or none
    Role {
        /// What they sign in with
        login: String,
        /// The role; without one they see only what is granted to them
        #[arg(value_enum)]
        role: Option<RoleName>,
    },
    /// Keep somebody out; all their sessions and keys end
    Disable {
        /// What they sign in with
        login: String,
    },
    /// Let somebody sign in again
    Enable {
        /// What they sign in with
        login: String,
    },
}

/// Where a password comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Password {
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// A role on everything.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum RoleName {
    /// Reads everything
    Reader,
    /// Also adds, replaces and removes
    Editor,
    /// Also says who may do what
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Editor => Self::Editor,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let store = context.look(PURPOSE).await?;
    match command {
        Command::List => context.output().list(&list(&store).await?, table)?,
        Command::Add { login, name, role, password } => {
            let (name, role) = (name.unwrap_or_else(|| login.clone()), role.map(Role::from));
            let password = Some(password.hash()?);
            let id = store.create_person(NewPerson { login, name, password, role }).await?;
            done(&store, Deed::AddPerson, id, &context).await?;
        }
        Command::Passwd { login, password } => {
            let person = find(&store, &login).await?;
            store.set_password(person.id, &password.hash()?).await?;
            done(&store, Deed::ChangePassword, person.id, &context).await?;
        }
        Command::Role { login, role } => {
            let person = find(&store, &login).await?;
            store.set_role(person.id, role.map(Role::from)).await?;
            done(&store, Deed::ChangePerson, person.id, &context).await?;
        }
        Command::Disable { login } => {
            let person = find(&store, &login).await?;
            store.disable_person(person.id).await?;
            done(&store, Deed::DisablePerson, person.id, &context).await?;
        }
        Command::Enable { login } => {
            let person = find(&store, &login).await?;
            store.enable_person(person.id).await?;
            done(&store, Deed::EnablePerson, person.id, &context).await?;
        }
    }
    store.close().await?;
    Ok(Outcome::Done)
}

/// Finds who signs in as that.
pub(crate) async fn find(store: &Store, login: &str) -> Result<Person> {
    let found = store.credentials(login).await?;
    found.map(|found| found.person.into()).ok_or_else(|| {
        Error::not_found(format!("nobody signs in as `{login}`"))
            .hint("`footnote users list` shows who does.")
    })
}

/// Writes into the audit log what was done to somebody, and shows how they are now.
async fn done(store: &Store, deed: Deed, id: PersonId, context: &Context) -> Result<()> {
    Requester::command_line().did(store, deed, Some(id.to_string())).await?;
    let person = Person::from(store.person(id).await?);
    context.output().one(&person, |person| table(std::slice::from_ref(person)))
}

async fn list(store: &Store) -> Result<Vec<Person>> {
    let mut all: Vec<Person> = Vec::new();
    loop {
        let after = all.last().map(|last| last.login.clone());
        let page = store.people(after.as_deref(), AT_ONCE).await?;
        let is_last = page.len() < AT_ONCE;
        all.extend(page.into_iter().map(Person::from));
        if is_last {
            return Ok(all);
        }
    }
}

fn table(people: &[Person]) -> String {
    if people.is_empty() {
        return "Nobody signs in yet. Add an admin with `footnote users add LOGIN --role admin`.\n"
            .to_owned();
    }
    let heads = ["LOGIN", "NAME", "ROLE", "STATE", "ID"].map(|head| style(head).dim().to_string());
    let mut rows = vec![heads.to_vec()];
    rows.extend(people.iter().map(|person| {
        let role = match person.role {
            Some(Role::Admin) => "admin",
            Some(Role::Editor) => "editor",
            Some(Role::Reader) => "reader",
            None => "-",
        };
        let state = if person.disabled { "disabled" } else { "active" };
        vec![
            person.login.clone(),
            person.name.clone(),
            role.to_owned(),
            state.to_owned(),
            style(person.id).dim().to_string(),
        ]
    }));
    columns(&rows)
}

impl Password {
    /// Reads the password and hashes it.
    fn hash(&self) -> Result<PasswordHash> {
        auth::hash_password(&self.read()?)
    }

    fn read(&self) -> Result<String> {
        let unreadable =
            |error: std::io::Error| Error::invalid("cannot read the password").because(error);
        if self.password_stdin {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
            return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        let terminal = Term::stderr();
        if !terminal.is_term() {
            return Err(Error::invalid("there is no terminal to ask for the password")
                .hint("Send it on standard input, with --password-stdin."));
        }
        terminal.write_str("Password: ").map_err(unreadable)?;
        terminal.read_secure_line().map_err(unreadable)
    }
}
