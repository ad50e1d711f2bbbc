//! The connection to a Qdrant server: what may pass is asked again, and nothing waits for ever.

use footnote_core::{Error, Result};
use qdrant_client::{Qdrant, QdrantError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

use super::failure;

/// How long a question may take: somebody waits for it.
pub(super) const QUESTION: Patience =
    Patience { once: Duration::from_secs(4), altogether: Duration::from_secs(10) };

/// How long work may take: a batch that is written, a count of everything.
const WORK: Patience =
    Patience { once: Duration::from_mins(1), altogether: Duration::from_mins(3) };

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// After which pauses something is asked again that may pass, e.g. while a server restarts.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
];

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// When asked once.
    pub(super) once: Duration,
    /// Repetitions included.
    altogether: Duration,
}

/// A server and the ways to it. Questions do not queue behind batches: each has connections of its
/// own.
pub(super) struct Connection {
    url: String,
    questions: Qdrant,
    work: Qdrant,
}

impl Connection {
    /// Prepares the connections; each is made when it is first used.
    pub(super) fn new(url: &str, key: &str) -> Result<Self> {
        check_url(url)?;
        check_key(key)?;
        let client = |patience: Patience| {
            let mut config = Qdrant::from_url(url)
                .timeout(patience.once)
                .connect_timeout(CONNECT)
                .skip_compatibility_check();
            if !key.is_empty() {
                config.set_api_key(key);
            }
            config.build().map_err(|error| wrong_url().because(failure::cause(&error)))
        };
        Ok(Self { url: url.to_owned(), questions: client(QUESTION)?, work: client(WORK)? })
    }

    /// Asks what somebody waits for.
    pub(super) async fn question<'a, R, T, A>(
        &'a self,
        request: R,
        ask: impl Fn(&'a Qdrant, R) -> A,
    ) -> Result<T>
    where
        R: Clone,
        A: Future<Output = Result<T, QdrantError>>,
    {
        let asked = Box::pin(repeat(QUESTION, || ask(&self.questions, request.clone())));
        self.within(QUESTION, "search", asked).await
    }

    /// Asks for work to be done, named by what cannot be done to the index when it fails.
    pub(super) async fn work<'a, R, T, A>(
        &'a self,
        what: &str,
        request: R,
        ask: impl Fn(&'a Qdrant, R) -> A,
    ) -> Result<T>
    where
        R: Clone,
        A: Future<Output = Result<T, QdrantError>>,
    {
        let asked = Box::pin(repeat(WORK, || ask(&self.work, request.clone())));
        self.within(WORK, what, asked).await
    }

    /// Makes the error for a write that the server has taken, but not finished in time.
    pub(super) fn is_behind(&self) -> Error {
        failure::is_behind(&self.url)
    }

    /// Returns the server's address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    async fn within<T>(
        &self,
        patience: Patience,
        what: &str,
        asked: impl Future<Output = Result<T, QdrantError>>,
    ) -> Result<T> {
        match timeout(patience.altogether, asked).await {
            Ok(answer) => answer.map_err(|error| failure::of(&self.url, what, &error)),
            Err(_elapsed) => Err(failure::is_silent(&self.url)),
        }
    }
}

async fn repeat<T, A>(patience: Patience, ask: impl Fn() -> A) -> Result<T, QdrantError>
where
    A: Future<Output = Result<T, QdrantError>>,
{
    let began = Instant::now();
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let pause = pauses.next().filter(|pause| began.elapsed() + *pause < patience.altogether);
        let Some(pause) = pause.filter(|_| failure::may_pass(&error)) else { return Err(error) };
        tracing::debug!(error = failure::cause(&error), ?pause, "the Qdrant server is asked again");
        sleep(pause).await;
    }
}

/// Refuses what is not an address, without repeating it: it may hold a password.
fn check_url(url: &str) -> Result<()> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains('@')) {
        return Err(wrong_url());
    }
    Ok(())
}

/// Refuses a key that cannot be sent, without repeating it.
fn check_key(key: &str) -> Result<()> {
    if key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid("the key of the Qdrant server holds a character that no key has")
        .hint("Set `store.index_key` to the key alone: letters, digits and signs, without spaces."))
}

fn wrong_url() -> Error {
    Error::invalid("the address of the Qdrant server cannot be read").hint(
        "Set `store.index` to its gRPC port, e.g. `http://127.0.0.1:6334`, and a key to `store.index_key`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_key_that_cannot_be_used_is_refused_and_not_repeated() {
        for url in [
            "",
            "localhost:6334",
            "http://",
            "grpc://host:1",
            "http://me:secret@host:6334",
            "http://a b",
        ] {
            let error = Connection::new(url, "").err().unwrap();
            assert!(!error.chain().contains("secret"), "{}", error.chain());
            assert!(error.advice().unwrap().contains("`store.index`"));
        }
        let error = Connection::new("http://host:6334", "secret\n").err().unwrap();
        assert!(!error.chain().contains("secret"), "{}", error.chain());
        Connection::new("https://host:6334", "").unwrap();
    }
    #[tokio::test]
    async fn a_server_that_takes_a_question_and_says_nothing_is_given_up() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connection = Connection::new(&url, "").unwrap();
        let began = Instant::now();
        let ask = |client, ()| Qdrant::health_check(client);
        let error = connection.question((), ask).await.unwrap_err();
        assert!(error.message().contains("does not answer in time"), "{}", error.chain());
        assert!(began.elapsed() < 2 * QUESTION.altogether);
    }
}
