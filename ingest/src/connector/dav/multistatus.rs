//! What a WebDAV server answers about the members of a folder (RFC 4918, `multistatus`).

use footnote_core::clock::Timestamp;

use crate::connector::xml::{Element, elements};
use crate::connector::{entity_tag, moment};

/// A member of a folder, or the folder itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Member {
    /// Where it is, as the server writes it.
    pub(super) href: String,
    /// Whether it is a folder.
    pub(super) is_folder: bool,
    /// Its entity tag.
    pub(super) tag: Option<String>,
    /// Its size.
    pub(super) size_bytes: Option<u64>,
    /// When it was last changed.
    pub(super) modified: Option<Timestamp>,
}

/// Reads the members; `None` when the answer is not a whole listing.
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<Member>> {
    let (mut members, mut is_listing) = (Vec::new(), false);
    let (mut member, mut properties, mut is_found) = (Member::default(), Member::default(), true);
    let mut take = |element: Element<'_>| match element.path {
        ["multistatus"] => is_listing = true,
        ["multistatus", "response"] => members.push(std::mem::take(&mut member)),
        ["multistatus", "response", "href"] => element.text.trim().clone_into(&mut member.href),
        ["multistatus", "response", "propstat"] => {
            // Properties that the server does not have come in a list of their own.
            let found = std::mem::take(&mut properties);
            if std::mem::replace(&mut is_found, true) {
                member = Member { href: std::mem::take(&mut member.href), ..found };
            }
        }
        ["multistatus", "response", "propstat", "status"] => {
            is_found = element.text.contains(" 200");
        }
        ["multistatus", "response", "propstat", "prop", rest @ ..] => {
            properties.take(rest, element.text.trim());
        }
        _ => {}
    };
    elements(bytes, &mut take).ok()?;
    members.retain(|member| !member.href.is_empty());
    is_listing.then_some(members)
}

impl Member {
    /// Takes a property.
    fn take(&mut self, path: &[&str], text: &str) {
        match path {
            ["resourcetype", "collection"] => self.is_folder = true,
            ["getetag"] => self.tag = entity_tag(text),
            ["getcontentlength"] => self.size_bytes = text.parse().ok(),
            ["getlastmodified"] => self.modified = moment::of_http(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_told_apart_and_missing_properties_are_left_out() {
        let text = "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\" xmlns:oc=\"o\">\
            <d:response><d:href>/dav/a%20b/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/>\
            </d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>\
            <d:propstat><d:prop><d:getcontentlength>7</d:getcontentlength></d:prop>\
            <d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>\
            <d:response><d:href>/dav/c.md</d:href><d:propstat><d:prop><d:resourcetype/>\
            <d:getetag>5f</d:getetag><d:getcontentlength>12</d:getcontentlength>\
            <d:getlastmodified>Thu, 01 Jan 1970 00:00:01 GMT</d:getlastmodified></d:prop>\
            <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>";
        let folder =
            Member { href: "/dav/a%20b/".to_owned(), is_folder: true, ..Member::default() };
        let file = Member {
            href: "/dav/c.md".to_owned(),
            is_folder: false,
            tag: Some("\"5f\"".to_owned()),
            size_bytes: Some(12),
            modified: Some(Timestamp(1000)),
        };
        assert_eq!(parse(text.as_bytes()).unwrap(), [folder, file]);
        assert_eq!(parse(b"<html><body>Login</body></html>"), None);
        assert_eq!(parse(&text.as_bytes()[..300]), None);
    }
}
