//! A page of a bucket's listing (`ListObjectsV2`).

use footnote_core::clock::Timestamp;
use footnote_core::{Error, Result};
use percent_encoding::percent_decode_str;

use crate::connector::xml::{Element, elements};
use crate::connector::{entity_tag, moment};

/// A page of the listing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The objects.
    pub(super) objects: Vec<Object>,
    /// What asks for the next page; `None` on the last one.
    pub(super) next: Option<String>,
}

/// An object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    /// Its key.
    pub(super) key: String,
    /// Its entity tag, with the quotes.
    pub(super) tag: Option<String>,
    /// Its size.
    pub(super) size_bytes: Option<u64>,
    /// When it was written.
    pub(super) modified: Option<Timestamp>,
}

/// Reads a page.
///
/// # Errors
/// `Unavailable` when the answer is not a listing.
pub(super) fn parse(bytes: &[u8]) -> Result<Page> {
    let (mut page, mut object) = (Page::default(), Object::default());
    let (mut is_listing, mut is_cut, mut is_encoded) = (false, false, false);
    let mut take = |element: Element<'_>| match element.path {
        ["ListBucketResult"] => is_listing = true,
        ["ListBucketResult", "Contents"] => page.objects.push(std::mem::take(&mut object)),
        ["ListBucketResult", "Contents", "Key"] => element.text.clone_into(&mut object.key),
        ["ListBucketResult", "Contents", "ETag"] => object.tag = entity_tag(element.text),
        ["ListBucketResult", "Contents", "Size"] => {
            object.size_bytes = element.text.trim().parse().ok();
        }
        ["ListBucketResult", "Contents", "LastModified"] => {
            object.modified = moment::of_iso(element.text.trim());
        }
        ["ListBucketResult", "NextContinuationToken"] => page.next = Some(element.text.to_owned()),
        ["ListBucketResult", "IsTruncated"] => is_cut = element.text.trim() == "true",
        ["ListBucketResult", "EncodingType"] => is_encoded = element.text.trim() == "url",
        _ => {}
    };
    let read = elements(bytes, &mut take);
    if read.is_err() || !is_listing || is_cut != page.next.is_some() {
        return Err(Error::unavailable("the server's listing of the bucket cannot be read")
            .hint("Check the endpoint: it must speak S3."));
    }
    if is_encoded {
        page.objects.iter_mut().for_each(|object| object.key = decoded(&object.key));
    }
    Ok(page)
}

/// Decodes a key; servers write a space as `+` or as `%20`.
fn decoded(key: &str) -> String {
    percent_decode_str(&key.replace('+', "%20")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_shape_are_read() {
        let text = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <IsTruncated>true</IsTruncated><NextContinuationToken>t/1+=</NextContinuationToken>\
            <EncodingType>url</EncodingType><Contents><Key>a%2F%2Fb+c%2B%C3%BC.md</Key>\
            <LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;fba9&quot;</ETag>\
            <Size>434234</Size></Contents></ListBucketResult>";
        let page = parse(text.as_bytes()).unwrap();
        assert_eq!(page.next.as_deref(), Some("t/1+="));
        assert_eq!(
            page.objects,
            [Object {
                key: "a//b c+ü.md".to_owned(),
                tag: Some("\"fba9\"".to_owned()),
                size_bytes: Some(434_234),
                modified: Some(Timestamp(1_255_369_830_000)),
            }]
        );
    }

    #[test]
    fn what_is_no_listing_or_lost_its_end_is_an_error() {
        for text in [
            "",
            "<html></html>",
            "<ListBucketResult><Contents>",
            "<ListBucketResult>\
            <IsTruncated>true</IsTruncated></ListBucketResult>",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
