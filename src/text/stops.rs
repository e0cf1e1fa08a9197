//! Why the parser of YAML stopped, in the words of this program: the slip on the lines around the place, or else what
//! the parser wanted there. [`cause`] always has an answer in both languages.

use super::code::Code;
use super::lang::{Says, says};
use super::slips::{Slip, comment_cut, dash, in_line, key_end, line_of, slip, tab_in};

/// What stopped the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A tab.
    Tab,
    /// A line at a depth that nothing above it has.
    Indent,
    /// A line without a colon among keys.
    NoColon,
    /// A second colon.
    Colon,
    /// A quote that is not closed.
    Quote,
    /// Words behind a closing quote.
    AfterQuote,
    /// A bracket or brace that is not closed, or closed by another.
    Bracket,
    /// A comma or a closing bracket is missing.
    InBracket,
    /// A value that begins with a sign of YAML.
    Sign,
    /// An entry of a list where none can be.
    Dash,
    /// No entry of a list where one must be.
    NoDash,
    /// A comment in the middle of a value.
    Comment,
    /// A backslash in double quotes.
    Escape,
    /// The text ends in the middle.
    End,
    /// Anything else.
    Other,
}

/// Lines before the place where the parser stopped that are looked at.
const BEFORE: usize = 3;

/// Why the parser stopped at byte `at`.
pub(super) fn cause(text: &str, at: usize, stop: Stop) -> Slip {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let lines = around(text, at);
    let tab = lines.iter().find_map(|&(start, end)| tab_in(text, start, end));
    let of_line = || lines.iter().find_map(|&(start, end)| in_line(&text[start..end]).map(|slip| slip.moved(start)));
    tab.or_else(of_line).unwrap_or_else(|| by_kind(text, at, stop))
}

/// The line where the parser stopped, those before it that hold something, and the one behind it.
fn around(text: &str, at: usize) -> Vec<(usize, usize)> {
    let here = line_of(text, at);
    let mut lines = vec![here];
    let mut start = here.0;
    while start > 0 && lines.len() <= BEFORE {
        let line = line_of(text, start - 1);
        start = line.0;
        let bare = text[line.0..line.1].trim_start();
        if !bare.is_empty() && !bare.starts_with('#') {
            lines.push(line);
        }
    }
    let next = text[here.1..].find('\n').map(|n| line_of(text, here.1 + n + 1));
    lines.extend(next.filter(|next| next.0 > here.0));
    lines
}

/// What is said where no slip shows: by what the parser wanted.
fn by_kind(text: &str, at: usize, stop: Stop) -> Slip {
    let (start, end) = line_of(text, at);
    let line = &text[start..end];
    let body = start + line.len() - line.trim_start().len();
    if !matches!(stop, Stop::Bracket | Stop::InBracket | Stop::Quote)
        && let Some(open) = open_brackets(text, start).first()
    {
        return unclosed(text, *open);
    }
    if matches!(stop, Stop::Indent | Stop::Other | Stop::End)
        && let Some(found) = behind_bracket(text, at)
    {
        return found;
    }
    let value = line.find(": ").map_or("", |n| &line[n + 2..]);
    if matches!(stop, Stop::Indent | Stop::End | Stop::Other) && value.trim_start().starts_with(['?', ',']) {
        return sign(text, at, body, end);
    }
    let at_line = |message: Says, help: Says| slip(Code::Syntax, body, end, message, help);
    match stop {
        Stop::Tab => at_line(
            says("이 줄에 탭이 있어 읽을 수 없다", "this line cannot be read because of a tab"),
            says("탭을 빈칸으로 바꾼다", "replace the tab with spaces"),
        ),
        Stop::Colon => colon(text, start, end, body),
        Stop::Quote => quote(text, at),
        Stop::AfterQuote => after_quote(line, body, end),
        Stop::Bracket | Stop::InBracket => bracket(text, at, stop),
        Stop::Sign => sign(text, at, body, end),
        Stop::Dash => at_line(
            says("이 자리에서는 목록을 시작할 수 없다", "a list cannot begin here"),
            says(
                "`키:` 아래 줄에 들여 쓰고 `- `로 시작한다. 글이 `- `로 시작하면 큰따옴표로 묶는다",
                "begin it with `- ` on the line below its `key:`, indented; a text that begins with `- ` stands in double quotes",
            ),
        ),
        Stop::NoDash => at_line(
            says(
                "목록의 항목이 `- `로 시작하지 않거나 들여쓰기가 위 항목과 다르다",
                "this entry of a list does not begin with `- `, or its indentation is not that of the entries above",
            ),
            says(
                "`- `를 붙이고 위 항목과 같은 칸에서 시작한다",
                "begin it with `- `, in the column of the entries above",
            ),
        ),
        Stop::Comment => comment(text, start, end),
        Stop::Escape => at_line(
            says(
                "큰따옴표 안의 `\\`는 그 뒤의 글자와 함께 한 글자로 읽힌다",
                "in double quotes a `\\` makes one sign with what stands behind it",
            ),
            says("`\\\\`로 적거나 작은따옴표로 묶는다", "write `\\\\`, or use single quotes"),
        ),
        Stop::Indent => indent(body, end),
        Stop::NoColon => no_colon(text, start, end, body),
        Stop::End => slip(
            Code::Syntax,
            body,
            end,
            says("문서가 중간에 끝난다", "the text ends in the middle"),
            says("따옴표와 괄호가 닫혔는지 본다", "check that quotes and brackets are closed"),
        ),
        Stop::Other => at_line(
            says("이 줄을 읽을 수 없다", "this line cannot be read"),
            says(
                "`키: 값`의 모양인지, 위 줄과 들여쓰기가 맞는지, 따옴표와 괄호가 닫혔는지 본다",
                "check that it has the form `key: value`, that its indentation fits the line above, and that quotes and brackets are closed",
            ),
        ),
    }
}

fn indent(body: usize, end: usize) -> Slip {
    slip(
        Code::Syntax,
        body,
        end,
        says("들여쓰기가 위 줄과 맞지 않는다", "the indentation does not fit the lines above"),
        says(
            "같은 단계의 키는 같은 칸에서 시작하고, 그 아래의 키는 두 칸 들여 쓴다",
            "keys of one level begin in one column; those below them are indented by two spaces",
        ),
    )
}

/// A colon too many: a sentence with one, or a line that is too deep.
fn colon(text: &str, start: usize, end: usize, body: usize) -> Slip {
    let line = &text[body..end];
    let entry = line.trim_start_matches("- ");
    let first = key_end(entry);
    let second = first.and_then(|first| key_end(&entry[first + 1..]).map(|at| first + 1 + at));
    if let (Some(first), Some(second)) = (first, second) {
        let from = end - entry.len();
        let value = entry[first + 1..].trim();
        let short: String = value.chars().take(30).collect();
        let dots = if value.chars().count() > 30 { "..." } else { "" };
        let key = &entry[..first];
        if first + 1 == second || value.starts_with("- ") || entry[first + 1..second].trim().is_empty() {
            return indent(body, end);
        }
        let round =
            value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|rest| key_end(rest).is_some());
        if let Some(inner) = round {
            let line = format!("{key}: {{ {} }}", inner.trim());
            return slip(
                Code::LookAlike,
                from + first + 2,
                end,
                says(
                    "소괄호 `( )` 안에 키가 있다: 여기서는 중괄호로 묶는다",
                    "keys stand in round brackets `( )`; here they stand in braces",
                ),
                says(format!("`{line}`로 적는다"), format!("write `{line}`")),
            );
        }
        let quote = if value.contains('"') { '\'' } else { '"' };
        let written = if dots.is_empty() && value.len() < 120 && !value.contains('\'') {
            let line = format!("{key}: {quote}{value}{quote}");
            says(format!("값 전체를 따옴표로 묶는다: `{line}`"), format!("put the whole value in quotes: `{line}`"))
        } else {
            says(
                format!("`{key}: \"{short}{dots}\"`처럼 값 전체를 따옴표로 묶는다"),
                format!("put the whole value in quotes, as in `{key}: \"{short}{dots}\"`"),
            )
        };
        return slip(
            Code::Syntax,
            from + second,
            from + second + 1,
            says(
                "값 안에 쌍점과 빈칸(`: `)이 있어 두 번째 키로 읽힌다",
                "a `: ` inside the value makes it look like a second key",
            ),
            written,
        );
    }
    // One colon: the line above has a value already, and this one stands deeper.
    let above = start.checked_sub(1).map(|at| line_of(text, at));
    if let Some((from, to)) = above {
        let depth = |from: usize, to: usize| text[from..to].len() - text[from..to].trim_start().len();
        if depth(from, to) < body - start {
            return indent(body, end);
        }
    }
    indent(body, end)
}

/// A line among keys without a colon.
fn no_colon(text: &str, start: usize, end: usize, body: usize) -> Slip {
    // The parser may have gone on to the next line before it missed the colon.
    let lacks = |from: usize, to: usize| {
        let bare = text[from..to].trim();
        let entry = bare.trim_start_matches("- ");
        !bare.is_empty() && !bare.starts_with('#') && key_end(entry).is_none()
    };
    let above = start.checked_sub(1).map(|at| line_of(text, at)).filter(|&(from, to)| lacks(from, to));
    let (from, to) = if lacks(start, end) { (body, end) } else { above.unwrap_or((body, end)) };
    let line = &text[from..to];
    if let Some(found) = dash(line) {
        return found.moved(from);
    }
    let from = from + line.len() - line.trim_start().len();
    slip(
        Code::Syntax,
        from,
        to,
        says("이 줄에는 키와 값 사이의 쌍점(`: `)이 없다", "this line has no colon between a key and its value"),
        says(
            "`키: 값`으로 적는다. 위 줄에서 이어지는 글이면 위 줄의 키보다 더 들여 쓴다",
            "write `key: value`; a line that goes on with the text above is indented deeper than its key",
        ),
    )
}

/// A quote that is not closed: where it was opened, and what was taken for its end.
fn quote(text: &str, at: usize) -> Slip {
    let here = text[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
    let open = here.map_or_else(|| last_open_quote(text, at), |_| at);
    let (_, end) = line_of(text, open);
    let line = &text[open..end];
    let curly = line.char_indices().skip(1).find(|(_, c)| "“”„‟″＂‘’‚‛′＇".contains(*c));
    let message = says("따옴표가 닫히지 않았다", "this quote is not closed");
    match curly {
        Some((place, sign)) => {
            let first = line.chars().next().unwrap_or('"');
            slip(
                Code::LookAlike,
                open + place,
                open + place + sign.len_utf8(),
                says(
                    format!("따옴표가 닫히지 않았다: `{sign}`은(는) 다른 모양의 따옴표이다"),
                    format!("the quote is not closed: `{sign}` is a quote of another shape"),
                ),
                says(format!("`{first}`로 닫는다"), format!("close it with `{first}`")),
            )
        }
        None => slip(
            Code::Syntax,
            open,
            end,
            message,
            says("값의 끝에 같은 따옴표를 적는다", "write the same quote at the end of the value"),
        ),
    }
}

/// The line before `at` in which a value begins with a quote that its own line does not close.
fn last_open_quote(text: &str, at: usize) -> usize {
    let mut start = line_of(text, at).0;
    loop {
        let (from, to) = line_of(text, start);
        let line = &text[from..to];
        let value = key_end(line.trim_start_matches(['-', ' '])).map_or(0, |_| line.find(": ").map_or(0, |n| n + 2));
        let open = line[value..].char_indices().find(|(_, c)| !c.is_whitespace() && *c != '-');
        if let Some((place, quote)) = open.filter(|(_, c)| matches!(c, '"' | '\''))
            && line[value + place + 1..].matches(quote).count().is_multiple_of(2)
        {
            return from + value + place;
        }
        if from == 0 {
            return at;
        }
        start = from - 1;
    }
}

/// Words behind a closing quote: `"가중치"를 가진다`, `'it's'`.
fn after_quote(line: &str, body: usize, end: usize) -> Slip {
    let value = line.find(": ").map_or(line.len() - line.trim_start().len(), |n| n + 2);
    let text = line[value..].trim().trim_end_matches([',', '}', ' ']);
    let single = text.starts_with('\'');
    let inside = |quote: char| text.contains(quote);
    let help = match (single, inside('\''), inside('"')) {
        (false, false, _) => says(
            format!("값 전체를 작은따옴표로 묶는다: `'{text}'`"),
            format!("put the whole value in single quotes: `'{text}'`"),
        ),
        (true, _, false) => says(
            format!("값 전체를 큰따옴표로 묶는다: `\"{}\"`", text.trim_matches('\'')),
            format!("put the whole value in double quotes: `\"{}\"`", text.trim_matches('\'')),
        ),
        _ => says(
            "값 전체를 작은따옴표로 묶고 그 안의 `'`는 `''`로 적는다",
            "put the whole value in single quotes, and write a `'` inside as `''`",
        ),
    };
    slip(
        Code::Syntax,
        body,
        end,
        says("닫는 따옴표 뒤에 글이 더 있다", "there are words behind the closing quote"),
        help,
    )
}

/// The brackets that are open at `end`, the outermost first, among the lines before.
fn open_brackets(text: &str, end: usize) -> Vec<(usize, char)> {
    const FAR: usize = 2_000;
    let from = text[..end].rfind("\n\n").map_or(0, |n| n + 1).max(end.saturating_sub(FAR));
    let from = (from..=end).find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    let from = if from == 0 { 0 } else { text[from..end].find('\n').map_or(from, |n| from + n + 1) };
    let mut open: Vec<(usize, char)> = Vec::new();
    let (mut quoted, mut comment) = (None, false);
    let mut before = '\n';
    for (place, sign) in text[from..end].char_indices() {
        match (quoted, sign) {
            (_, '\n') => (quoted, comment) = (None, false),
            _ if comment => {}
            (Some(quote), _) if quote == sign => quoted = None,
            (Some(_), _) => {}
            (None, '#') if before.is_whitespace() => comment = true,
            (None, '"' | '\'') if before.is_whitespace() || "{[,:".contains(before) => quoted = Some(sign),
            (None, '{' | '[') if !open.is_empty() || opens(&text[from..from + place]) => {
                open.push((from + place, sign));
            }
            (None, '}' | ']') => {
                open.pop();
            }
            _ => {}
        }
        before = sign;
    }
    open
}

/// Brackets: the first that is not closed, with what stands in its way.
fn bracket(text: &str, at: usize, stop: Stop) -> Slip {
    let (start, end) = line_of(text, at);
    let open = open_brackets(text, end);
    let line = &text[start..end];
    let body = start + line.len() - line.trim_start().len();
    if open.is_empty() && stop != Stop::InBracket || line.trim_start().starts_with(['}', ']']) && open.is_empty() {
        return slip(
            Code::Syntax,
            body,
            end,
            says("여는 괄호와 닫는 괄호가 맞지 않는다", "opening and closing brackets do not match"),
            says(
                "`{`는 `}`로, `[`는 `]`로 닫는다. 글이 괄호로 시작하면 글 전체를 큰따옴표로 묶는다",
                "close `{` with `}` and `[` with `]`; a text that begins with a bracket stands in double quotes",
            ),
        );
    }
    let Some(first) = open.first() else { return second_colon(text, body, end, at) };
    unclosed(text, *first)
}

/// Between closed brackets: a colon too many, or a text that holds one.
fn second_colon(text: &str, body: usize, end: usize, at: usize) -> Slip {
    let place =
        text[body..end].char_indices().map(|(place, _)| body + place).filter(|place| text[*place..].starts_with(": "));
    let near = place.min_by_key(|place| place.abs_diff(at)).unwrap_or(body);
    slip(
        Code::Syntax,
        near,
        near + 1,
        says(
            "괄호 안의 한 값에 쌍점(`: `)이 둘 있거나, 쉼표가 빠졌다",
            "between the brackets one value holds a second `: `, or a comma is missing",
        ),
        says(
            "키마다 값 하나를 쉼표로 나누어 적는다. 쌍점이 든 글은 큰따옴표로 묶는다",
            "give each key one value and put commas between them; a text with a colon stands in double quotes",
        ),
    )
}

/// A bracket that is not closed, or a text inside that ` #` cut off.
fn unclosed(text: &str, (place, sign): (usize, char)) -> Slip {
    let line_end = line_of(text, place).1;
    if let Some(hash) = text[place..line_end].find(" #") {
        return comment_cut(place + hash + 1, line_end);
    }
    let close = if sign == '[' { ']' } else { '}' };
    slip(
        Code::Syntax,
        place,
        line_end,
        says(
            format!("괄호 `{sign}`가 닫히지 않았거나, 그 안의 글에 쉼표나 쌍점, 괄호가 있다"),
            format!("the bracket `{sign}` is not closed, or a text inside holds a comma, a colon or a bracket"),
        ),
        says(
            format!("`{close}`로 닫는다. 괄호 안의 긴 글은 큰따옴표로 묶는다"),
            format!("close it with `{close}`; put longer texts inside in double quotes"),
        ),
    )
}

/// Words behind a closing bracket: `[중요] 가중치`.
fn behind_bracket(text: &str, at: usize) -> Option<Slip> {
    let (start, end) = line_of(text, at);
    let line = &text[start..end];
    let value = line.find(": ").map_or(line.len() - line.trim_start().len(), |n| n + 2);
    let first = line[value..].chars().next().filter(|c| matches!(c, '[' | '{'))?;
    let close = line[value..].find(if first == '[' { ']' } else { '}' })?;
    let behind = line[value + close + 1..].trim();
    if behind.is_empty() || behind.starts_with(['#', ',', '}', ']', ':']) {
        return None;
    }
    let whole = line[value..].trim();
    Some(slip(
        Code::Syntax,
        start + value,
        end,
        says(
            format!("값이 `{first}`로 시작하고, 닫는 괄호 뒤에 글이 더 있다"),
            format!("the value begins with `{first}`, and there are words behind the closing bracket"),
        ),
        says(
            format!("값 전체를 큰따옴표로 묶는다: `\"{whole}\"`"),
            format!("put the whole value in double quotes: `\"{whole}\"`"),
        ),
    ))
}

/// Whether a bracket behind this text begins a value.
fn opens(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let bare = line.trim_end();
    bare.is_empty() || bare.ends_with(':') || bare.ends_with('-')
}

/// A value that begins with a sign that YAML keeps for itself.
fn sign(text: &str, at: usize, body: usize, end: usize) -> Slip {
    let line = &text[body..end];
    let value = line.find(": ").map_or(body, |n| body + n + 2);
    let place = if at >= body && at < end { at } else { value };
    let reserved = |c: &char| "@`%*&!|>,?".contains(*c);
    if text[body..end].starts_with("@@ ") {
        return slip(
            Code::Syntax,
            body,
            end,
            says("두 판을 견준 결과(diff)에서 옮겨 온 줄이다", "this line comes from a page of differences (diff)"),
            says(
                "`@@` 줄을 지우고, 줄 앞의 `+`와 `-`를 지운다",
                "remove the lines with `@@`, and the `+` and `-` before other lines",
            ),
        );
    }
    let found = text[place..end].chars().next().filter(reserved);
    let found = found.or_else(|| text[value..end].trim_start().chars().next().filter(reserved));
    let Some(sign) = found else {
        return slip(
            Code::Syntax,
            body,
            end,
            says("이 줄을 읽을 수 없다", "this line cannot be read"),
            says("값 전체를 큰따옴표로 묶는다", "put the whole value in double quotes"),
        );
    };
    slip(
        Code::Syntax,
        place.min(end.saturating_sub(1)),
        end,
        match sign {
            '`' => says(
                "값이 역따옴표로 시작한다: YAML이 따로 쓰는 글자이다",
                "the value begins with a backtick, a sign that YAML keeps for itself",
            ),
            _ => says(
                format!("값이 `{sign}`로 시작한다: YAML이 따로 쓰는 글자이다"),
                format!("the value begins with `{sign}`, a sign that YAML keeps for itself"),
            ),
        },
        says("값 전체를 큰따옴표로 묶는다", "put the whole value in double quotes"),
    )
}

/// A ` #` in a text of several lines.
fn comment(text: &str, start: usize, end: usize) -> Slip {
    let mut from = start;
    let mut place = None;
    for _ in 0..=BEFORE {
        let (begin, to) = line_of(text, from);
        place = text[begin..to].find(" #").map(|n| (begin + n + 1, to));
        if place.is_some() || begin == 0 {
            break;
        }
        from = begin - 1;
    }
    let (at, to) = place.unwrap_or((start, end));
    comment_cut(at, to)
}
