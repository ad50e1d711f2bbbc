//! Numbers: every figure of a sentence, with its unit, must stand in the source.

use unicode_normalization::UnicodeNormalization as _;

use crate::language::is_han;

/// A number with the unit right after or before it.
#[derive(Debug, Clone, PartialEq)]
struct Figure {
    /// Its value where it can be read as a number, else as written: `10.0.0.1`.
    value: String,
    unit: Option<&'static str>,
}

/// Units with the one name they go by; longer Chinese ones first.
const UNITS: [(&str, &[&str]); 27] = [
    ("percent", &["%", "percent", "pct", "个百分点"]),
    ("second", &["second", "seconds", "秒"]),
    ("minute", &["minute", "minutes", "min", "分钟", "分鐘"]),
    ("hour", &["hour", "hours", "小时", "小時"]),
    ("day", &["day", "days", "天", "日"]),
    ("week", &["week", "weeks", "周", "星期", "週"]),
    ("month", &["month", "months", "个月", "個月", "月"]),
    ("year", &["year", "years", "年"]),
    ("decade", &["decade", "decades"]),
    ("century", &["century", "centuries", "世纪", "世紀"]),
    ("dollar", &["$", "dollar", "dollars", "usd", "美元"]),
    ("euro", &["€", "euro", "euros", "eur", "欧元", "歐元"]),
    ("pound", &["£", "pound", "pounds", "gbp", "英镑"]),
    ("yuan", &["¥", "yuan", "rmb", "cny", "元"]),
    ("thousand", &["thousand", "千"]),
    ("ten thousand", &["万", "萬"]),
    ("million", &["million", "millions", "百万", "百萬"]),
    ("hundred million", &["亿", "億"]),
    ("billion", &["billion", "billions", "十亿"]),
    ("trillion", &["trillion", "万亿"]),
    ("kilometre", &["km", "kilometre", "kilometres", "kilometer", "kilometers", "公里"]),
    ("metre", &["m", "metre", "metres", "meter", "meters", "米"]),
    ("mile", &["mile", "miles", "英里"]),
    ("kilogram", &["kg", "kilogram", "kilograms", "公斤"]),
    ("gram", &["g", "gram", "grams", "克"]),
    ("megabyte", &["mb", "megabyte", "megabytes"]),
    ("gigabyte", &["gb", "gigabyte", "gigabytes"]),
];

/// How many words after a number its unit may stand.
const UNIT_WITHIN_WORDS: usize = 3;

/// Tells whether every figure of a sentence stands in a source, with the same unit.
pub(super) fn all_in(sentence: &str, source: &str) -> bool {
    let known = figures(source);
    let said = figures(sentence);
    said.iter().all(|figure| {
        let same: Vec<&Figure> = known.iter().filter(|other| other.value == figure.value).collect();
        let is_unit_known =
            figure.unit.is_none_or(|unit| same.iter().any(|f| f.unit == Some(unit)));
        !same.is_empty() && is_unit_known
    }) && han_numbers(sentence).iter().all(|number| {
        let value = han_value(number).map(|value| value.to_string());
        source.contains(number.as_str()) || known.iter().any(|f| Some(&f.value) == value.as_ref())
    })
}

/// Returns the figures of a text: digits, number words, and Chinese numerals with a unit.
fn figures(text: &str) -> Vec<Figure> {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    let tokens = tokens(&text);
    let mut figures = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        if let Some(value) = value_of(token) {
            let unit = unit_before(&tokens, place).or_else(|| unit_after(&tokens, place));
            figures.push(Figure { value, unit });
        }
    }
    let spelled = han_numbers(&text).into_iter().filter_map(|number| han_value(&number));
    figures.extend(spelled.map(|value| Figure { value: value.to_string(), unit: None }));
    figures
}

/// Cuts a text into words, numbers, currency and percent signs, and single Han characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let next_is_digit = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let joins =
            matches!(c, '.' | ',') && word.ends_with(|l: char| l.is_ascii_digit()) && next_is_digit;
        let changes = word.chars().next_back().is_some_and(|last| {
            last.is_ascii_digit() != c.is_ascii_digit() && !matches!(last, '.' | ',')
        });
        if changes && !joins && !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if (c.is_alphanumeric() && !is_han(*c)) || joins {
            word.push(*c);
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if is_han(*c) || matches!(c, '%' | '$' | '€' | '£' | '¥') {
            tokens.push(c.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// Reads a token as a number; `None` if it is none. A lone `one` is hardly ever a count.
fn value_of(token: &str) -> Option<String> {
    const WORDS: [(&str, u32); 21] = [
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
        ("eleven", 11),
        ("twelve", 12),
        ("fifteen", 15),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("fifty", 50),
        ("sixty", 60),
        ("seventy", 70),
        ("eighty", 80),
        ("ninety", 90),
        ("hundred", 100),
    ];
    if let Some((_, value)) = WORDS.iter().find(|(word, _)| *word == token) {
        return Some(value.to_string());
    }
    if !token.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is_grouped = token.split(',').skip(1).all(|group| group.len() >= 3);
    let plain = if is_grouped { token.replace(',', "") } else { token.to_owned() };
    Some(plain.parse::<f64>().map_or(plain, |value| value.to_string()))
}

fn unit_before(tokens: &[String], place: usize) -> Option<&'static str> {
    let before = tokens.get(place.checked_sub(1)?)?;
    if matches!(before.as_str(), "$" | "€" | "£" | "¥") { unit_named(before) } else { None }
}

/// Returns the first unit shortly after a number, unless another number comes first.
fn unit_after(tokens: &[String], place: usize) -> Option<&'static str> {
    let after = tokens.get(place + 1..)?;
    let is_number = |token: &String| token.starts_with(|c: char| c.is_ascii_digit());
    let near = after.iter().take(UNIT_WITHIN_WORDS).take_while(|token| !is_number(token));
    let near: Vec<&String> = near.collect();
    (0..near.len()).find_map(|at| {
        let joined: String = near[at..].iter().take(2).map(|t| t.as_str()).collect();
        let pair = near[at].chars().all(is_han).then(|| unit_named(&joined)).flatten();
        pair.or_else(|| unit_named(near[at]))
    })
}

fn unit_named(name: &str) -> Option<&'static str> {
    UNITS.iter().find(|(_, names)| names.contains(&name)).map(|(unit, _)| *unit)
}

/// Returns the runs of Chinese numerals, less the single ones that ordinary words are made of.
fn han_numbers(text: &str) -> Vec<String> {
    let is_numeral = |c: char| "〇零一二两兩三四五六七八九十百千万萬亿億".contains(c);
    let runs = text.split(|c: char| !is_numeral(c));
    let is_word =
        |run: &str| matches!(run, "一" | "十" | "百" | "千" | "万" | "萬" | "万一" | "千万");
    runs.filter(|run| !run.is_empty() && !is_word(run)).map(str::to_owned).collect()
}

/// Reads a run of Chinese numerals; `None` where it is no number.
fn han_value(run: &str) -> Option<u64> {
    let digit = |c: char| {
        "零一二三四五六七八九".chars().position(|d| d == c).and_then(|d| u64::try_from(d).ok())
    };
    let digits: Option<Vec<u64>> = run.chars().map(|c| digit(plain_numeral(c))).collect();
    if let Some(digits) = digits {
        return digits.iter().try_fold(0_u64, |value, d| value.checked_mul(10)?.checked_add(*d));
    }
    let (mut total, mut section, mut last) = (0_u64, 0_u64, 0_u64);
    for c in run.chars().map(plain_numeral) {
        match c {
            '十' | '百' | '千' => {
                let scale = match c {
                    '十' => 10,
                    '百' => 100,
                    _ => 1000,
                };
                section = section.checked_add(last.max(1).checked_mul(scale)?)?;
                last = 0;
            }
            '万' | '亿' => {
                let scale = if c == '万' { 10_000 } else { 100_000_000 };
                total = total.checked_add(section.checked_add(last)?.max(1).checked_mul(scale)?)?;
                (section, last) = (0, 0);
            }
            c => last = digit(c)?,
        }
    }
    total.checked_add(section)?.checked_add(last)
}

fn plain_numeral(c: char) -> char {
    match c {
        '〇' => '零',
        '两' | '兩' => '二',
        '萬' => '万',
        '億' => '亿',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value_and_unit() {
        assert!(all_in("It costs $1,250.50.", "The price is $1250.5 a year."));
        assert!(all_in("Two weeks", "2 weeks of leave"));
        assert!(!all_in("28 weeks", "28 days of leave"));
        assert!(!all_in("29 days", "28 days of leave"));
        assert!(all_in("28 days", "28 paid calendar days"));
    }

    #[test]
    fn chinese_numerals_are_read() {
        assert_eq!(han_value("二百三十五"), Some(235));
        assert_eq!(han_value("一九九七"), Some(1997));
        assert!(all_in("共有三十人", "共有30人"));
        assert!(!all_in("共有四十人", "共有30人"));
        assert!(!all_in("假期为15天", "假期为10天"));
        assert!(!all_in("假期为10周", "假期为10天"));
    }
}
