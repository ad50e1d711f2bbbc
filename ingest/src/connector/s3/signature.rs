//! Signs requests as S3 asks for it (AWS Signature Version 4).

use footnote_core::clock::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use url::Url;

use crate::outbound::{Ask, BucketAccess};

/// Signs requests of one moment.
pub(super) struct Signer<'a> {
    /// The keys.
    pub(super) keys: &'a BucketAccess,
    /// The region of the bucket.
    pub(super) region: &'a str,
    /// The moment.
    pub(super) now: Timestamp,
}

impl Signer<'_> {
    /// Adds the signature and the headers that it covers to a request without body.
    pub(super) fn sign(&self, ask: &mut Ask) {
        let time = self.time();
        let payload = hex(&Sha256::digest(&ask.body));
        let mut signed = vec![
            ("host", host(&ask.url)),
            ("x-amz-content-sha256", payload.clone()),
            ("x-amz-date", time.clone()),
        ];
        if let Some(token) = &self.keys.session_token {
            signed.push(("x-amz-security-token", token.reveal().to_owned()));
        }
        let authorization = self.authorization(ask, &signed, &time, &payload);
        for (name, value) in signed.into_iter().skip(1) {
            insert(ask, HeaderName::from_static(name), &value);
        }
        insert(ask, AUTHORIZATION, &authorization);
    }

    /// Returns the value of the header that proves who asks. `signed` is in order of name.
    fn authorization(
        &self,
        ask: &Ask,
        signed: &[(&str, String)],
        time: &str,
        payload: &str,
    ) -> String {
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: Vec<String> =
            signed.iter().map(|(name, value)| format!("{name}:{}", value.trim())).collect();
        let headers = lines.join("\n");
        let canonical = format!(
            "{}\n{}\n{}\n{headers}\n\n{names}\n{payload}",
            ask.method,
            ask.url.path(),
            query(&ask.url)
        );
        let day = &time[..8];
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!(
            "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let secret = format!("AWS4{}", self.keys.secret_key.reveal());
        let key = [day, self.region, "s3", "aws4_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()));
        let signature = hex(&hmac(&key, text.as_bytes()));
        let access_key = &self.keys.access_key;
        format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/{scope},SignedHeaders={names},Signature={signature}"
        )
    }

    /// Returns the moment as `20130524T000000Z`.
    fn time(&self) -> String {
        let moment = jiff::Timestamp::from_millisecond(self.now.0).unwrap_or_default();
        moment.strftime("%Y%m%dT%H%M%SZ").to_string()
    }
}

/// Adds a header whose value holds nothing that a header may not; keys of that kind get no signature.
fn insert(ask: &mut Ask, name: HeaderName, value: &str) {
    if let Ok(mut value) = HeaderValue::from_str(value) {
        value.set_sensitive(true);
        ask.headers.insert(name, value);
    }
}

/// Returns the host as it stands in the header, with a port that is not the usual one.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Returns the query in order of name, encoded as the signature wants it.
fn query(url: &Url) -> String {
    let mut pairs: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| format!("{}={}", part(&name), part(&value)))
        .collect();
    pairs.sort();
    pairs.join("&")
}

/// What is encoded in a query: everything but letters, digits, `-`, `_`, `.` and `~`.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is encoded in a path: the same, but slashes are kept.
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// Writes a key as a path, encoded as the signature wants it.
pub(super) fn path(key: &str) -> String {
    utf8_percent_encode(key, IN_PATH).to_string()
}

/// Writes a part of a query, encoded as the signature wants it.
fn part(text: &str) -> String {
    utf8_percent_encode(text, IN_QUERY).to_string()
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length is a key.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::Secret;

    /// Signs as in the examples that Amazon publishes, and returns the signature.
    fn signature(url: &str) -> String {
        let keys = BucketAccess {
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session_token: None,
            endpoint: None,
            region: None,
        };
        let signer = Signer { keys: &keys, region: "us-east-1", now: Timestamp(1_369_353_600_000) };
        let mut ask = Ask::get(Url::parse(url).unwrap());
        signer.sign(&mut ask);
        let header = ask.headers[AUTHORIZATION].to_str().unwrap().to_owned();
        header.rsplit_once('=').unwrap().1.to_owned()
    }

    #[test]
    fn signatures_are_those_that_amazon_publishes() {
        assert_eq!(
            signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J"),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn keys_are_encoded_once_and_slashes_are_kept() {
        assert_eq!(path("a b/ü+(1).md"), "a%20b/%C3%BC%2B%281%29.md");
        let url = Url::parse("https://h/?b=2&a=x%20y%2Fz").unwrap();
        assert_eq!(query(&url), "a=x%20y%2Fz&b=2");
    }
}
