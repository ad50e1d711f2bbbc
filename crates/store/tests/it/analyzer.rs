//! The terms of texts in several languages, as index, questions and highlighting see them.

use footnote_core::text::{Analysis, Analyzer as _};
use footnote_store::analyzer::FootnoteAnalyzer;

/// Returns the terms in order, joined by spaces.
fn terms(text: &str, analysis: Analysis) -> String {
    let terms = FootnoteAnalyzer.terms(text, analysis);
    for term in &terms {
        assert!(text.get(term.range.clone()).is_some_and(|place| !place.is_empty()), "{term:?}");
    }
    terms.into_iter().map(|term| term.form).collect::<Vec<_>>().join(" ")
}

fn check(text: &str, expected: &str) {
    assert_eq!(terms(text, Analysis::Passage), expected, "of {text:?}");
}

#[test]
fn english_is_stemmed_beside_the_exact_form() {
    check("The cities' running dogs", "the citi cities run running dog dogs");
    check("Café RÉSUMÉ naïve", "cafe resum resume naiv naive");
    check("Wilson's theorem", "wilson s theorem");
    check("state-of-the-art", "state-of-the-art state of the art");
}

#[test]
fn identifiers_are_found_whole_and_in_parts() {
    check("getUserName()", "getusernam getusername get user name");
    check("foo_bar HTTPServer", "foo_bar foo bar httpserver http server");
    check("GPT-4 E1234", "gpt-4 gpt 4 e1234 e 1234");
    check("example.com/path", "example.com exampl example com path");
}

#[test]
fn numbers_are_found_whole_and_in_parts() {
    check("1,234.5", "1234.5");
    check("2024-03-07", "2024-03-07 2024 3 03 7 07");
    check("10.0.0.1", "10.0.0.1 10 0 0 1");
    check("３.14 and 12:30", "3.14 3 14 and 12:30 12 30");
    check("1,2,3", "1,2,3");
}

#[test]
fn chinese_is_found_in_both_scripts_by_words_and_pairs() {
    check("年假为三十天", "年 假 年假 为 三十 十天 三十天");
    assert_eq!(
        terms("資訊網絡與機場", Analysis::Passage),
        terms("资讯网络与机场", Analysis::Passage)
    );
    check("中华人民共和国", "中华 华人 人民 共和 共和国 中华人民共和国");
    check("2024年的报告", "2024 年 的 报告");
}

#[test]
fn mixed_text_is_split_by_script() {
    check("用GPT-4写Python代码", "用 gpt-4 gpt 4 写 python 代码");
    check("Ｆｏｏｔｎｏｔｅ　ｖ２", "footnot footnote v2 v 2");
}

#[test]
fn kana_and_hangul_are_found_by_pairs() {
    check("カタカナ", "カタ タカ カナ");
    check("ｶﾞｷﾞ", "ガギ");
    check("東京のラーメン", "东京 のラ ラー ーメ メン");
    check("안녕하세요", "안녕 녕하 하세 세요");
}

#[test]
fn longer_questions_lose_their_stop_words_and_short_ones_keep_them() {
    let question = |text| terms(text, Analysis::Query);
    assert_eq!(question("What is the capital of France?"), "capit capital franc france");
    assert_eq!(question("The Who"), "the who");
    assert_eq!(question("what is the"), "what is the");
    assert_eq!(question("to be or not to be"), "to be or not to be");
    assert_eq!(question("公司的年假有多少天？"), "公司 年 假 年假 天");
}

#[test]
fn terms_stand_where_their_words_stand() {
    let text = "Ein Café—東京タワー, v1.2!";
    let places: Vec<(String, &str)> = FootnoteAnalyzer
        .terms(text, Analysis::Passage)
        .into_iter()
        .map(|term| (term.form, &text[term.range]))
        .collect();
    for (form, place) in [("cafe", "Café"), ("东京", "東京"), ("タワ", "タワ"), ("v1.2", "v1.2")]
    {
        assert!(places.contains(&(form.to_owned(), place)), "{form} in {places:?}");
    }
}

#[test]
fn odd_texts_give_terms_or_nothing_but_never_a_panic() {
    check("", "");
    check(" \t\n—…!?", "");
    check("...", "");
    check("a.", "a");
    check("\u{301}\u{301}", "");
    check("-1-", "1");
    let long = "x".repeat(100_000);
    assert_eq!(FootnoteAnalyzer.terms(&long, Analysis::Passage).len(), 1);
}

proptest::proptest! {
    #[test]
    fn any_text_has_its_terms_in_place(text in "\\PC{0,40}") {
        for term in FootnoteAnalyzer.terms(&text, Analysis::Passage) {
            proptest::prop_assert!(text.get(term.range).is_some());
            proptest::prop_assert!(!term.form.is_empty());
        }
    }
}
