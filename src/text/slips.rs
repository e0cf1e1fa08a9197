//! What people do where YAML wants something else, found on the text itself.
//!
//! The parser stops where it can no longer go on, which is seldom where the slip is, and says so in words of its own.
//! Here a line is looked at for what a hand writes: a sign that only looks right, a tab, a colon without its blank,
//! marks of a merge, a sentence that ` #` cuts. Which line, `stops.rs` says.

use super::code::Code;
use super::lang::{Says, says};
use super::lookalike::{lookalike, others, plainly};

/// A slip: where it is, what it is, what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip {
    /// What kind of mistake it is.
    pub(super) code: Code,
    /// First byte of the text.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// What is wrong.
    pub(super) message: Says,
    /// What to write.
    pub(super) help: Says,
}

pub(super) fn slip(code: Code, start: usize, end: usize, message: Says, help: Says) -> Slip {
    Slip { code, start, end: end.max(start + 1), message, help }
}

/// The line of a byte: where it begins and ends.
pub(super) fn line_of(text: &str, at: usize) -> (usize, usize) {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = text[start..].find('\n').map_or(text.len(), |n| start + n);
    (start, start + text[start..end].trim_end_matches('\r').len())
}

/// Marks that a version control leaves where two versions meet: they begin a line, and no file has them otherwise.
pub(super) fn merge_marks(text: &str) -> Option<Slip> {
    const MARKS: [&str; 3] = ["<<<<<<<", ">>>>>>>", "|||||||"];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let marked = MARKS
            .iter()
            .any(|mark| bare.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
        if marked || bare == "=======" {
            return Some(slip(
                Code::Syntax,
                at,
                at + bare.len(),
                says(
                    "버전 관리가 두 판을 합치다 남긴 충돌 표시이다",
                    "this is a mark of a merge conflict: two versions of the text meet here",
                ),
                says(
                    "`<<<<<<<`, `=======`, `>>>>>>>` 줄을 지우고 두 판 가운데 하나만 남긴다",
                    "keep one of the two versions and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`",
                ),
            ));
        }
        at += line.len();
    }
    None
}

/// A tab in the indentation of a line.
pub(super) fn tab_in(text: &str, start: usize, end: usize) -> Option<Slip> {
    let line = &text[start..end];
    let body = line.trim_start();
    let before = line.len() - body.len();
    let dash = body.strip_prefix('-').and_then(|rest| rest.starts_with('\t').then_some(before + 1));
    let at = line[..before].find('\t').or(dash).filter(|_| !body.is_empty())?;
    let message = if dash == Some(at) {
        says("`-` 뒤에 탭이 있다", "a tab stands behind the `-`")
    } else {
        says("들여쓰기에 탭이 있다", "a tab is used for indentation")
    };
    let help = says("탭을 빈칸 두 개로 바꾼다", "replace the tab with two spaces");
    Some(slip(Code::Syntax, start + at, start + at + 1, message, help))
}

impl Slip {
    /// The same slip in a text that begins `by` bytes before.
    pub(super) fn moved(mut self, by: usize) -> Self {
        self.start += by;
        self.end += by;
        self
    }
}

/// A sign at `at` that is not what it looks like.
fn odd(line: &str, at: usize) -> Option<Slip> {
    let found = lookalike(&line[at..])?;
    let start = at + found.at;
    let more = others(&line[at..], &found);
    let said = found.message();
    let message = Says { ko: said.ko + &more.ko, en: said.en + &more.en };
    Some(slip(Code::LookAlike, start, start + found.sign.len_utf8(), message, found.help()))
}

/// A sign in a key that is not what it looks like, or a colon without its blank that made a key of key and value.
pub(super) fn in_key(written: &str) -> Option<Slip> {
    let written = written.lines().next().unwrap_or_default();
    odd(written, 0).or_else(|| without_colon(written, 0))
}

/// What is wrong in the signs of a word, or of what was read as one: a sign that only looks right, or a line below that
/// should have been an entry of its own.
pub(super) fn in_word(written: &str) -> Option<Slip> {
    let first = written.lines().next().unwrap_or_default();
    if let Some(found) = odd(first, 0) {
        let plain = plainly(first);
        let plain = plain.trim_end_matches(['!', '?', '.']);
        let help = says(format!("`{plain}`(으)로 적는다"), format!("write `{plain}`"));
        return Some(Slip { help, ..found });
    }
    below(written, first.len()).or_else(|| joined(written, first.len()))
}

/// A word on a line of its own below another: both were read as one value.
fn joined(written: &str, first: usize) -> Option<Slip> {
    let rest = &written[first..];
    let line = rest.trim_start();
    let start = first + rest.len() - line.len();
    let word = line.lines().next().filter(|word| like_a_key(word))?.trim_end();
    Some(slip(
        Code::Syntax,
        start,
        start + word.len(),
        says(
            "이 줄은 위 줄에서 이어지는 값으로 읽힌다: 앞에 `- `가 없다",
            "this line is read as going on with the one above: there is no `- ` before it",
        ),
        says(
            format!("위 항목과 같은 칸에서 `- {word}`로 적는다"),
            format!("write `- {word}`, in the column of the entry above"),
        ),
    ))
}

/// What is wrong in the signs of a text that stands where a list or keys should: its lines are looked at one by one.
pub(super) fn in_scalar(written: &str, listed: bool) -> Option<Slip> {
    let first = written.lines().next().unwrap_or_default();
    in_line(first).or_else(|| dash(first).filter(|_| listed)).or_else(|| below(written, first.len()))
}

fn below(written: &str, first: usize) -> Option<Slip> {
    let mut at = first;
    for line in written[first..].split_inclusive('\n') {
        let bare = line.trim_end();
        if let Some(found) = dash(bare).or_else(|| in_line(bare)) {
            return Some(found.moved(at));
        }
        at += line.len();
    }
    None
}

/// `-word`: a dash without its blank.
pub(super) fn dash(line: &str) -> Option<Slip> {
    let body = line.trim_start();
    let after =
        body.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_alphabetic() || "{[\"'".contains(c)))?;
    let at = line.len() - body.len();
    Some(slip(
        Code::Syntax,
        at,
        at + 1,
        says("`-` 뒤에 빈칸이 없다", "there is no blank behind the `-`"),
        says(format!("`- {after}`로 적는다"), format!("write `- {after}`")),
    ))
}

/// What stands behind a ` #` on the line of a text, if it looks like a part of the text: nobody writes a comment
/// without a blank behind its `#`, and `# 1` is a number.
pub(super) fn cut_by_hash(file: &str, end: usize) -> Option<Slip> {
    let (_, line_end) = line_of(file, end);
    let rest = file.get(end..line_end)?;
    let comment = rest.trim_start_matches([' ', '\t']);
    let hash = end + rest.len() - comment.len();
    let behind = comment.strip_prefix('#')?;
    let first = behind.chars().next()?;
    let number = first == ' ' && behind.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if !number && (first.is_whitespace() || matches!(first, '#' | '!' | '-' | '=')) {
        return None;
    }
    let mut found = comment_cut(hash, line_end);
    found.help = says(
        "글의 일부이면 글 전체를 큰따옴표로 묶고, 설명이면 `# ` 뒤에 빈칸을 둔다",
        "put the whole text in double quotes if this belongs to it; a comment has a blank behind its `#`",
    );
    Some(found)
}

/// Whether a text could be a key: one word, and short.
fn like_a_key(text: &str) -> bool {
    const LONGEST: usize = 40;
    let text = text.trim().trim_matches(['"', '\'', '“', '”']);
    !text.is_empty()
        && text.chars().count() <= LONGEST
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// What is wrong in the signs of one line: its indentation, its dash, its colon, its brackets, its quotes. What stands
/// in a sentence is no sign.
pub(super) fn in_line(line: &str) -> Option<Slip> {
    let mut at = line.len() - line.trim_start().len();
    let bad_indent = line[..at].char_indices().find(|(_, c)| !c.is_ascii());
    if let Some((start, _)) = bad_indent {
        return odd(line, start);
    }
    if let Some(found) = bullet(line, at) {
        return Some(found);
    }
    // Dashes of lists, right or only looking so.
    loop {
        let rest = &line[at..];
        let sign = rest.chars().next()?;
        let after = rest[sign.len_utf8()..].chars().next().unwrap_or(' ');
        if sign == '-' && !after.is_ascii() && after.is_whitespace() {
            return odd(line, at);
        }
        let dash = lookalike(&rest[..sign.len_utf8()]).is_some_and(|found| found.meant == Some('-'));
        if dash && after.is_whitespace() {
            return odd(line, at);
        }
        if sign != '-' || after != ' ' && after != '\t' {
            break;
        }
        at += 1 + rest[1..].len() - rest[1..].trim_start().len();
    }
    in_entry(line, at)
}

/// Signs that other programs put before the entries of a list.
const BULLETS: [char; 12] = ['•', '·', 'ㆍ', '∙', '◦', '▪', '■', '□', '●', '○', '※', '▶'];

/// A bullet of another program, with a blank behind it.
pub(super) fn bullet(line: &str, at: usize) -> Option<Slip> {
    let sign = line[at..].chars().next().filter(|sign| BULLETS.contains(sign) || *sign == '*')?;
    let rest = line[at + sign.len_utf8()..].strip_prefix([' ', '\t'])?.trim();
    let short: String = rest.chars().take(40).collect();
    Some(slip(
        Code::LookAlike,
        at,
        at + sign.len_utf8(),
        says(
            format!("목록의 항목이 `{sign}`로 시작한다: 여기서는 `-`로 시작해야 한다"),
            format!("this entry of a list begins with `{sign}`; here it must begin with `-`"),
        ),
        says(format!("`- {short}`로 적는다"), format!("write `- {short}`")),
    ))
}

/// The same from where a key or a value begins.
fn in_entry(line: &str, at: usize) -> Option<Slip> {
    let rest = &line[at..];
    let first = rest.chars().next()?;
    if first == '#' {
        return None;
    }
    let meant = lookalike(&rest[..first.len_utf8()]).and_then(|found| found.meant);
    if matches!(first, '{' | '[') || matches!(meant, Some('{' | '[')) {
        return in_brackets(line, at);
    }
    let key = key_end(rest);
    if let Some(end) = key {
        let short = first != '"' && rest[..end].chars().count() <= 40 && !rest[..end].trim().contains(' ');
        if (like_a_key(&rest[..end]) || short)
            && let Some(found) = odd(&line[..at + end], at)
        {
            return Some(found);
        }
        let value = at + end + 1 + rest[end + 1..].len() - rest[end + 1..].trim_start_matches([' ', '\t']).len();
        let begins = line[value..].chars().next()?;
        if begins.is_whitespace() {
            return odd(line, value);
        }
        let meant = lookalike(&line[value..value + begins.len_utf8()]).and_then(|found| found.meant);
        return match (begins, meant) {
            ('{' | '[', _) | (_, Some('{' | '[')) => in_brackets(line, value),
            (_, Some('(')) if key_end(&line[value..]).is_some() => odd(line, value),
            // Quotes of another shape are letters; only what they do not hold together shows it.
            (_, Some('"' | '\'')) if key_end(&line[value..]).is_some() => odd(line, value),
            _ => None,
        };
    }
    without_colon(line, at)
}

/// A line that has no key: a colon that only looks like one, or one without its blank.
fn without_colon(line: &str, at: usize) -> Option<Slip> {
    let rest = &line[at..];
    for (place, sign) in rest.char_indices() {
        let key = &rest[..place];
        let after = &rest[place + sign.len_utf8()..];
        let next = after.chars().next();
        if sign == ':' && like_a_key(key) {
            if next.is_some_and(|c| c.is_whitespace() && !c.is_ascii()) {
                return odd(line, at + place + 1);
            }
            if !after.starts_with("//") && next.is_some_and(|c| !c.is_whitespace()) && key.contains(char::is_alphabetic)
            {
                let key = key.trim();
                let value: String = after.trim().chars().take(20).collect();
                let dots = if after.trim().chars().count() > 20 { "..." } else { "" };
                return Some(slip(
                    Code::Syntax,
                    at + place,
                    at + place + 1,
                    says("`:` 뒤에 빈칸이 없다", "there is no blank behind the `:`"),
                    says(format!("`{key}: {value}{dots}`로 적는다"), format!("write `{key}: {value}{dots}`")),
                ));
            }
            return None;
        }
        let meant = lookalike(&rest[place..place + sign.len_utf8()]).and_then(|found| found.meant);
        if meant == Some(':') && like_a_key(key) {
            return odd(line, at + place);
        }
        if sign == ' ' || matches!(sign, '"' | '\'') && place > 0 {
            return None;
        }
    }
    None
}

/// Where the colon stands that ends the key of a line; `None` if there is none.
pub(super) fn key_end(rest: &str) -> Option<usize> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = quote.map_or(Some(0), |quote| rest[1..].find(quote).map(|end| end + 2))?;
    let bytes = rest.as_bytes();
    let ends = |at: usize| matches!(bytes.get(at + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    let found = (from..rest.len()).find(|&at| bytes[at] == b':' && ends(at))?;
    let comment = rest[..found].find(" #");
    comment.is_none().then_some(found)
}

/// What is wrong between brackets or braces on one line, outside of quotes.
fn in_brackets(line: &str, at: usize) -> Option<Slip> {
    let mut quoted = None;
    for (place, sign) in line[at..].char_indices() {
        match (quoted, sign) {
            (Some(quote), _) if quote == sign => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(sign),
            (None, _) => {
                let found = lookalike(&line[at + place..at + place + sign.len_utf8()]);
                let structural = |plain: char| matches!(plain, ':' | ',' | '{' | '}' | '[' | ']' | '"' | '\'');
                if found.is_some_and(|found| found.meant.is_some_and(structural)) {
                    return odd(line, at + place);
                }
                let rest = &line[at + place..];
                let after = rest[sign.len_utf8()..].chars().next();
                if matches!(sign, ':' | ',') && after.is_some_and(|c| c.is_whitespace() && !c.is_ascii()) {
                    return odd(line, at + place + 1);
                }
            }
        }
    }
    None
}

/// Quotes of another shape around the whole of a text that YAML reads as it stands: they become a part of it.
pub(super) fn quoted_around(written: &str) -> Option<Slip> {
    const PAIRS: [(char, &str); 7] =
        [('“', "”“"), ('„', "“”"), ('‟', "”"), ('〝', "〞"), ('‘', "’‘"), ('‚', "‘’"), ('＂', "＂")];
    let text = written.trim();
    let (open, closes) = PAIRS.iter().find(|(open, _)| text.starts_with(*open))?;
    let inner = text[open.len_utf8()..].trim_end_matches('.');
    let close = inner.chars().next_back().filter(|close| closes.contains(*close))?;
    let inner = &inner[..inner.len() - close.len_utf8()];
    // A text of several quoted parts is a sentence about quotes.
    if inner.is_empty() || inner.contains(*open) || inner.contains(close) {
        return None;
    }
    let message = says(
        format!("글 전체가 다른 모양의 따옴표 `{open}`, `{close}`로 묶여 있다: 따옴표가 글의 일부로 남는다"),
        format!("quotes of another shape, `{open}` and `{close}`, stand around the whole text and become a part of it"),
    );
    let help = says("따옴표를 지우거나 `\"`로 바꾼다", "remove the quotes, or write `\"` for them");
    let start = written.len() - written.trim_start().len();
    Some(slip(Code::LookAlike, start, start + open.len_utf8(), message, help))
}

pub(super) fn comment_cut(at: usize, end: usize) -> Slip {
    slip(
        Code::CutByHash,
        at,
        end,
        says(
            "글 안의 ` #` 뒤는 설명으로 읽혀 사라진다",
            "what stands behind the ` #` in this text is taken for a comment and lost",
        ),
        says("글 전체를 큰따옴표로 묶는다", "put the whole text in double quotes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_around_a_whole_text_are_told_and_quotes_inside_are_not() {
        for text in ["“Held.”", "‘가중치를 가진다.’", "„Gewichte“", "“Held”.", " “a b” "] {
            assert!(quoted_around(text).is_some(), "{text}");
        }
        for text in ["“a” and “b”", "a “b”", "“a” b", "「인공지능기본법」", "«a»", "“", "“”", "it’s", "\"a\""]
        {
            assert_eq!(quoted_around(text), None, "{text}");
        }
    }

    #[test]
    fn bullets_of_other_programs_are_told() {
        for sign in BULLETS {
            for line in [format!("  {sign} weights-held"), format!("{sign} id: web-en")] {
                let found = in_line(&line).unwrap_or_else(|| panic!("{line}"));
                assert!(found.help.en.contains("`- "), "{line}: {found:?}");
            }
        }
        assert_eq!(in_line("  ko: 가중치 · 데이터"), None);
    }

    #[test]
    fn signs_of_a_line_are_found_and_sentences_left_alone() {
        for (line, place, code) in [
            ("dimension： weights", 9, Code::LookAlike),
            ("  ko：가중치", 4, Code::LookAlike),
            ("dimension:\u{a0}weights", 10, Code::LookAlike),
            ("\u{3000}en: Weights", 0, Code::LookAlike),
            ("－ weights-held", 0, Code::LookAlike),
            ("-\u{a0}weights-held", 1, Code::LookAlike),
            ("languages: [ko，en]", 14, Code::LookAlike),
            ("test: { fact: a， is: b }", 15, Code::LookAlike),
            ("test: ｛ fact: a }", 6, Code::LookAlike),
            ("  ko: “a: b”", 6, Code::LookAlike),
            ("  ko:가중치", 4, Code::Syntax),
            ("“ko”: x", 0, Code::LookAlike),
        ] {
            let found = in_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.start, found.code), (place, code), "{line}: {found:?}");
        }
        for line in [
            "  ko: 기준：가중치（공개）",
            "  en: “held”, they say",
            "url: https://example.org/a",
            "https://example.org",
            "# 주석： 설명",
            "- weights-held",
            "time: 10:30",
            "10:30",
            "  ko: \"가：나\"",
        ] {
            assert_eq!(in_line(line), None, "{line}");
        }
    }
}
