//! Stop words: forms that carry no content in a longer question and say nothing about a passage.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::latin::stem;

const ENGLISH: &str = "
    a about above after again against all also am an and any are aren as at be because been before
    being below between both but by can cannot could couldn d did didn do does doesn doing don down
    during each either else ever few for from further get had hadn has hasn have haven having he
    her here hers herself him himself his how however i if in into is isn it its itself just let ll
    m may me might mightn more most much must mustn my myself neither no nor not now of off on once
    only or other our ours ourselves out over own per re s same shall shan she should shouldn so
    some such t than that the their theirs them themselves then there these they this those through
    to too under until up upon us ve very was wasn we were weren what when where whether which while
    who whom whose why will with within without won would wouldn yet you your yours yourself
    yourselves";

const CHINESE: &str = "
    的 了 和 是 在 有 与 及 或 也 就 都 而 着 被 把 让 向 从 到 对 为 以 于 由 其 之 此 这 那 这个
    那个 这些 那些 哪 哪个 哪些 哪里 谁 什么 怎么 怎样 如何 为什么 为何 多少 几 吗 呢 吧 啊 呀 么 地
    得 所 他 她 它 他们 她们 它们 我 我们 你 你们 您 自己 一个 一种 并 但 但是 因为 所以 如果 则 会
    能 可以 可 要 将 又 很 最 更 还 不 没有 没 是否 请问 请 过 给 等 于是 以及 上 中 下 里";

/// Tells whether a folded form is a stop word, or the stem of one.
pub(super) fn is_stop_word(form: &str) -> bool {
    static FORMS: OnceLock<HashSet<String>> = OnceLock::new();
    FORMS.get_or_init(forms).contains(form)
}

fn forms() -> HashSet<String> {
    let words = ENGLISH.split_whitespace().chain(CHINESE.split_whitespace());
    words.flat_map(|word| stem(word).into_iter().chain([word.to_owned()])).collect()
}

#[cfg(test)]
mod tests {
    use super::is_stop_word;

    #[test]
    fn stop_words_and_their_stems_are_known() {
        for form in ["the", "because", "becaus", "的", "什么"] {
            assert!(is_stop_word(form), "{form}");
        }
        for form in ["us", "who", "city", "战争", "not"] {
            assert_eq!(is_stop_word(form), form != "city" && form != "战争", "{form}");
        }
    }
}
