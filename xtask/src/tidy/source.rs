//! A small reader of Rust source: which characters are code, which are literals, which lines are tests.

/// A string literal, raw or not, with its first line (from 1) and its text as written between the quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line of the opening quote, from 1.
    pub line: usize,
    /// What stands between the quotes, escapes left as they are.
    pub text: String,
}

/// Rust source taken apart. `code` has the lines of the source with comments and literals blanked out.
#[derive(Debug, Default)]
pub struct Source {
    /// The code alone, line by line.
    pub code: Vec<String>,
    /// The string literals in order.
    pub literals: Vec<Literal>,
    /// The comments, doc comments too, with their first line.
    pub comments: Vec<Literal>,
    test_lines: Vec<bool>,
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    code: String,
    last: char,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
        }
        self.last = c;
        Some(c)
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    /// What follows the next character, without taking anything.
    fn peek_second(&self) -> Option<char> {
        self.rest.clone().nth(1)
    }

    /// Puts a blank for a character that is not code; line ends stay, so that line numbers hold.
    fn blank(&mut self, c: char) {
        self.code.push(if c == '\n' { '\n' } else { ' ' });
    }

    fn skip_blank(&mut self) -> Option<char> {
        let c = self.next()?;
        self.blank(c);
        Some(c)
    }

    fn line_comment(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c == '\n' {
                break;
            }
            self.skip_blank();
            text.push(c);
        }
        text
    }

    fn block_comment(&mut self) -> String {
        let (mut text, mut depth) = (String::new(), 0_usize);
        while let Some(c) = self.skip_blank() {
            text.push(c);
            let pair = (c, self.peek());
            if pair == ('/', Some('*')) {
                depth += 1;
            } else if pair == ('*', Some('/')) {
                depth = depth.saturating_sub(1);
            } else {
                continue;
            }
            self.skip_blank();
            if depth == 0 {
                break;
            }
        }
        text
    }

    /// After the opening quote of an ordinary string.
    fn string(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.skip_blank() {
            if c == '"' {
                break;
            }
            text.push(c);
            if c == '\\'
                && let Some(escaped) = self.skip_blank()
            {
                text.push(escaped);
            }
        }
        text
    }

    /// After the opening quote of a raw string closed by `"` and `hashes` times `#`.
    fn raw_string(&mut self, hashes: usize) -> String {
        let closing = format!("\"{}", "#".repeat(hashes));
        let mut text = String::new();
        while let Some(c) = self.skip_blank() {
            text.push(c);
            if text.ends_with(&closing) {
                text.truncate(text.len() - closing.len());
                break;
            }
        }
        text
    }

    /// True, and the quote is next, when `#…"` or `"` follows: the head of a raw string.
    fn raw_head(&mut self) -> Option<usize> {
        let hashes = self.rest.clone().take_while(|c| *c == '#').count();
        if self.rest.clone().nth(hashes) != Some('"') {
            return None;
        }
        for _ in 0..=hashes {
            self.skip_blank();
        }
        Some(hashes)
    }

    /// After a single quote: a character literal is blanked, a lifetime is code.
    fn quote(&mut self) {
        self.code.push(' ');
        match (self.peek(), self.peek_second()) {
            (Some('\\'), _) => {
                self.skip_blank();
                self.skip_blank();
                while let Some(c) = self.skip_blank() {
                    if c == '\'' {
                        break;
                    }
                }
            }
            (Some(_), Some('\'')) => {
                self.skip_blank();
                self.skip_blank();
            }
            _ => {}
        }
    }
}

impl Source {
    /// Takes `text` apart. Never fails: what is not Rust gives some answer, and the compiler says the rest.
    pub fn read(text: &str) -> Self {
        let mut source = Self::default();
        let mut at =
            Reader { rest: text.chars().peekable(), line: 1, code: String::with_capacity(text.len()), last: ' ' };
        while let Some(c) = at.peek() {
            let line = at.line;
            let in_word = at.last.is_alphanumeric() || at.last == '_';
            match (c, at.peek_second()) {
                ('/', Some('/')) => source.comments.push(Literal { line, text: at.line_comment() }),
                ('/', Some('*')) => source.comments.push(Literal { line, text: at.block_comment() }),
                ('"', _) => {
                    at.skip_blank();
                    source.literals.push(Literal { line, text: at.string() });
                }
                ('r', Some('"' | '#')) if !in_word || at.last == 'b' || at.last == 'c' => {
                    at.next();
                    at.code.push('r');
                    if let Some(hashes) = at.raw_head() {
                        source.literals.push(Literal { line, text: at.raw_string(hashes) });
                    }
                }
                ('\'', _) => {
                    at.next();
                    at.quote();
                }
                _ => {
                    at.next();
                    at.code.push(c);
                }
            }
        }
        source.code = at.code.lines().map(str::to_owned).collect();
        source.test_lines = test_lines(&source.code);
        source
    }

    /// Whether the line (from 1) stands in a `#[cfg(test)]` item.
    pub fn is_test(&self, line: usize) -> bool {
        line.checked_sub(1).and_then(|ix| self.test_lines.get(ix)).copied().unwrap_or(false)
    }
}

/// Marks the lines of each `#[cfg(test)]` item: to the closing brace, or to the `;` when it has no body.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut marks = vec![false; code.len()];
    let mut ix = 0;
    while let Some(line) = code.get(ix) {
        let spaceless = line.replace(' ', "");
        if spaceless.contains("#![cfg(test)]") {
            return vec![true; code.len()];
        }
        let end = match line.find("#[cfg(") {
            Some(column) if spaceless.contains("#[cfg(test)]") || spaceless.contains("#[cfg(all(test") => {
                body(code, ix, column).unwrap_or(ix)
            }
            _ => {
                ix += 1;
                continue;
            }
        };
        for mark in marks.iter_mut().take(end + 1).skip(ix) {
            *mark = true;
        }
        ix = end + 1;
    }
    marks
}

/// The line index on which the item that begins at `from`, `column` ends: with its closing brace or its `;`.
pub fn body(code: &[String], from: usize, column: usize) -> Option<usize> {
    let (mut braces, mut others) = (0_usize, 0_usize);
    for (ix, line) in code.iter().enumerate().skip(from) {
        for c in line.chars().skip(if ix == from { column } else { 0 }) {
            match c {
                '(' | '[' => others += 1,
                ')' | ']' => others = others.saturating_sub(1),
                '{' => braces += 1,
                '}' => {
                    braces = braces.saturating_sub(1);
                    if braces == 0 {
                        return Some(ix);
                    }
                }
                ';' if braces == 0 && others == 0 => return Some(ix),
                _ => {}
            }
        }
    }
    None
}

/// Whether `word` stands in `line` with no letter, digit or `_` beside it.
pub fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|s| s.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|s| s.chars().next());
        let (first, last) = (word.chars().next().is_some_and(joins), word.chars().next_back().is_some_and(joins));
        !(first && before.is_some_and(joins) || last && after.is_some_and(joins))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        let source = Source::read(
            "let a = \"fn { \\\" }\"; // fn b {\n/* fn /* c */ { */ let d = '{'; let e: &'static str = r#\"}\"#;",
        );
        assert_eq!(source.literals.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["fn { \\\" }", "}"]);
        assert_eq!(source.literals[1].line, 2);
        assert_eq!(source.comments.len(), 2);
        assert!(!source.code.concat().contains(['{', '}']));
        assert!(source.code[1].contains("static str"));
    }

    #[test]
    fn escaped_quote_as_character_ends() {
        let source = Source::read("f('\\'', '\\\\', '\"', '\\u{e5}'); let x = \"y\";");
        assert_eq!(source.literals.len(), 1);
        assert_eq!(source.literals[0].text, "y");
    }

    #[test]
    fn test_items_are_marked_to_their_end() {
        let source = Source::read(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod more;\nfn d() {}",
        );
        let marks: Vec<bool> = (1..=9).map(|line| source.is_test(line)).collect();
        assert_eq!(marks, [false, true, true, true, true, false, true, true, false]);
    }

    #[test]
    fn a_word_has_ends() {
        assert!(has_word("use rand::rng;", "rand::"));
        assert!(!has_word("let operand::x", "rand::"));
        assert!(has_word("unsafe {", "unsafe"));
        assert!(!has_word("unsafe_code", "unsafe"));
    }
}
