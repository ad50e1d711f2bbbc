//! Mails: header, text and attachments, each in its place.

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::FailureCode;
use footnote_document::{Format, Limits, detect, parse, parse_all};

use crate::samples;

const MAIL: &str = "From: =?utf-8?q?Ana_L=C3=B3pez?= <ana@example.org>\r\nTo: all@example.org\r\n\
    Date: Fri, 1 Mar 2024 10:00:00 +0100\r\nSubject: Leave\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
    Ten days.\r\n\r\n> How many?\r\n--b\r\nContent-Type: text/csv; name=days.csv\r\n\
    Content-Disposition: attachment; filename=days.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n\
    d2hvLGRheXMKYWxsLDEwCg==\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
    Subject: Before\r\nFrom: b@example.org\r\n\r\nOlder.\r\n--b--\r\n";

#[test]
fn a_mail_is_its_header_and_text_and_its_attachments_are_files() {
    let parsed = parse_all("a.eml", MAIL.as_bytes(), &Limits::default()).unwrap();
    let document = parsed.document;
    assert_eq!(document.title.as_deref(), Some("Leave"));
    assert_eq!(
        document.text,
        "Leave\n\nFrom: Ana López <ana@example.org>\nTo: all@example.org\n\
         Date: Fri, 1 Mar 2024 10:00:00 +0100\nAttachments: days.csv, attachment-2.eml\n\
         Subject: Leave\n\nTen days.\n\n> How many?"
    );
    assert_eq!(document.blocks[1].place, Some(Place::Part("header".to_owned())));
    assert_eq!(document.blocks[3].kind, BlockKind::Quote);
    let [days, before] = &parsed.attachments[..] else { panic!("{:?}", parsed.attachments) };
    assert_eq!((days.name.as_str(), &*days.bytes), ("days.csv", &b"who,days\nall,10\n"[..]));
    assert_eq!(detect(&before.name, &before.bytes), Some(Format::Eml));
}

#[test]
fn logos_and_signatures_of_a_mail_are_no_documents() {
    let mail = "Subject: Leave\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
        <img src='cid:logo'>Ten days.\r\n--b\r\nContent-Type: image/png; name=logo.png\r\n\
        Content-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
        --b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n\
        --b\r\nContent-Type: image/png; name=chart.png\r\n\
        Content-Disposition: attachment; filename=chart.png\r\n\
        Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";
    let parsed = parse_all("a.eml", mail.as_bytes(), &Limits::default()).unwrap();
    let names: Vec<&str> = parsed.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["chart.png"]);
}

#[test]
fn a_mail_of_outlook_is_read_alike() {
    let parsed = parse_all("a.msg", &samples::msg(), &Limits::default()).unwrap();
    assert_eq!(
        parsed.document.text,
        "Leave\n\nFrom: Ana\nAttachments: form.txt\nSubject: Leave\n\nTen days."
    );
    let names: Vec<&str> = parsed.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["form.txt"]);
}

#[test]
fn what_lies_inside_a_mail_is_bounded_together() {
    let limits = Limits { max_unpacked_bytes: 8, ..Limits::default() };
    let mailbox = format!("From ana@example.org\n{MAIL}");
    for (name, bytes) in
        [("a.eml", MAIL.as_bytes()), ("a.msg", &samples::msg()), ("a.mbox", mailbox.as_bytes())]
    {
        let failure = parse_all(name, bytes, &limits).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge, "{name}");
        assert!(failure.detail.contains("max_unpacked_bytes"), "{failure}");
    }
}

#[test]
fn a_mailbox_is_an_archive_of_mails() {
    let mailbox = format!("From ana Mon\n{MAIL}\nFrom ana Tue\n{MAIL}");
    let parsed = parse_all("a.mbox", mailbox.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(parsed.document.text, "Leave.eml\nLeave (2).eml");
    let inner = &parsed.attachments[1];
    assert_eq!(
        parse(&inner.name, &inner.bytes, &Limits::default()).unwrap().title.unwrap(),
        "Leave"
    );
}

#[test]
fn a_saved_page_is_the_page() {
    let page = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/\r\n\
        Subject: Leave\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <title>Leave</title><nav>menu</nav><p>Ten days=2E</p><p>Ask early and in writing.</p>\r\n\
        --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n";
    let document = parse("a.mhtml", page.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(document.text, "Ten days.\n\nAsk early and in writing.");
    assert_eq!(document.media_type, "multipart/related");
}
