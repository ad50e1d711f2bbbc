//! What a server asks robots to leave alone (RFC 9309).

/// How much of the file is read, in bytes; the standard asks for at least 500 kB.
pub(super) const MAX_BYTES: usize = 512 << 10;

/// How many rules are kept.
const MAX_RULES: usize = 10_000;

/// The rules for us.
#[derive(Debug, Default)]
pub(super) struct Robots {
    rules: Vec<Rule>,
}

/// A rule for paths.
#[derive(Debug)]
struct Rule {
    pattern: String,
    allows: bool,
}

/// A line that means something.
enum Line<'a> {
    Agent(&'a str),
    Rule(&'a str, bool),
}

impl Robots {
    /// Reads the rules for a robot: its own group, or else the group for all.
    pub(super) fn parse(text: &str, agent: &str) -> Self {
        let lines: Vec<Line<'_>> = text.lines().filter_map(line).collect();
        let own = rules(&lines, |name| name.eq_ignore_ascii_case(agent));
        Self { rules: own.or_else(|| rules(&lines, |name| name == "*")).unwrap_or_default() }
    }

    /// Tells whether a path, with its query, may be fetched.
    ///
    /// The longest pattern that matches decides; permission wins a draw.
    pub(super) fn allow(&self, path: &str) -> bool {
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, path));
        let deciding = matching.max_by_key(|rule| (rule.pattern.len(), rule.allows));
        deciding.is_none_or(|rule| rule.allows)
    }
}

/// Reads a line.
fn line(line: &str) -> Option<Line<'_>> {
    let line = line.split('#').next().unwrap_or_default();
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    match key.trim().trim_start_matches('\u{feff}').to_ascii_lowercase().as_str() {
        "user-agent" => Some(Line::Agent(value)),
        "allow" if !value.is_empty() => Some(Line::Rule(value, true)),
        "disallow" if !value.is_empty() => Some(Line::Rule(value, false)),
        // An empty rule still ends the list of names above it.
        "allow" | "disallow" => Some(Line::Rule("", true)),
        _ => None,
    }
}

/// Returns the rules of all groups whose names fit; `None` when no group does.
fn rules(lines: &[Line<'_>], fits: impl Fn(&str) -> bool) -> Option<Vec<Rule>> {
    let (mut found, mut is_ours, mut in_names) = (None, false, false);
    for line in lines {
        match line {
            Line::Agent(name) => {
                is_ours = (in_names && is_ours) || fits(name);
                in_names = true;
                if is_ours {
                    found.get_or_insert_with(Vec::new);
                }
            }
            Line::Rule(pattern, allows) => {
                in_names = false;
                let ours = found.as_mut().filter(|rules| is_ours && rules.len() < MAX_RULES);
                if let Some(rules) = ours.filter(|_| !pattern.is_empty()) {
                    rules.push(Rule { pattern: (*pattern).to_owned(), allows: *allows });
                }
            }
        }
    }
    found
}

/// Tells whether a pattern with `*` for anything and `$` for the end matches a path.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = if is_anchored { parts.pop() } else { None };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => !is_anchored || rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\u{feff}User-agent: *\nDisallow: /\n\n# ours\nuser-agent: other\nUser-Agent: Footnote\n\
        Disallow: /private/ # keep out\nAllow: /private/open\nDisallow: /*.cgi$\nDisallow:\n\
        Sitemap: https://a/sitemap.xml\n\nUser-agent: last\nDisallow: /last\n";

    #[test]
    fn our_own_group_counts_and_the_longest_rule_decides() {
        let robots = Robots::parse(FILE, "footnote");
        let allowed = ["/", "/private/open/a", "/run.cgi?x=1", "/last"];
        let refused = ["/private/", "/private/closed", "/bin/run.cgi"];
        assert!(allowed.iter().all(|path| robots.allow(path)));
        assert!(!refused.iter().any(|path| robots.allow(path)));
    }

    #[test]
    fn without_an_own_group_the_one_for_all_counts_and_without_any_nothing_is_refused() {
        assert!(!Robots::parse(FILE, "somebody").allow("/a"));
        assert!(Robots::parse("Disallow: /\nhello", "footnote").allow("/a"));
        assert!(Robots::parse("", "footnote").allow("/a"));
    }

    #[test]
    fn stars_and_ends_match_as_the_standard_says() {
        let cases = [
            ("/a*b$", "/axxb", true),
            ("/a*b$", "/axxbc", false),
            ("/a*$", "/anything", true),
            ("/*/x/*.pdf", "/1/x/2.pdf?q", true),
            ("/fish$", "/fish", true),
            ("/fish$", "/fishes", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
