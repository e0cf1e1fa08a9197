//! Numbers as people write them: `188,096`, `2.1 trillion`, `2조 1천억`, `512장`, `30 %`, `1e25 FLOP`.
//!
//! A text is read if it can mean one number only. Where two ways of writing give two numbers (`2,1` and `0,100`: a
//! comma that marks decimals, or thousands), it is refused, and the error holds what to write instead.

use super::unit::Unit;

/// Why a number could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberError {
    /// It is no number at all.
    NotANumber,
    /// The unit is missing.
    NoUnit,
    /// Another unit than the fact's.
    OtherUnit(String),
    /// It can be read in two ways, or its groups of digits are no groups; what it may have meant, written plainly.
    Unclear(Vec<String>),
    /// Nothing is counted below nothing.
    BelowZero,
    /// A share of more than the whole.
    AboveWhole,
}

/// A number, and whether its unit stood beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The number in the unit.
    pub number: f64,
    /// Whether the unit was written.
    pub with_unit: bool,
}

/// Reads a number with its unit. Without a unit it is refused where the fact has one, except when `unit_may_lack` is
/// set (cards, where the field's name says it).
///
/// # Errors
/// Says why the text is no number of this unit.
pub fn parse_number(text: &str, unit: Unit, unit_may_lack: bool) -> Result<f64, NumberError> {
    let read = read_number(text, unit)?;
    if read.with_unit || unit_may_lack || unit.symbol().is_empty() { Ok(read.number) } else { Err(NumberError::NoUnit) }
}

/// Reads a number and says whether its unit stood beside it.
///
/// # Errors
/// Says why the text is no number of this unit.
pub fn read_number(text: &str, unit: Unit) -> Result<Measured, NumberError> {
    let text: String = text.trim().chars().map(plain).collect();
    let text = about(&text);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, rest) = korean(text).map_or_else(|| western(text, unit), Ok)?;
    let rest = rest.trim();
    if !number.is_finite() {
        return Err(NumberError::NotANumber);
    }
    if !rest.is_empty() && !unit.is_called(rest) {
        return Err(NumberError::OtherUnit(rest.to_owned()));
    }
    if negative && number != 0.0 {
        return Err(NumberError::BelowZero);
    }
    if unit == Unit::Percent && number > 100.0 {
        return Err(NumberError::AboveWhole);
    }
    // `7.24` was meant as billions, and `104.768` perhaps as thousands: no model has a part of a parameter.
    if unit == Unit::Parameters && number < 1e3 && number.fract() != 0.0 {
        let thousands = Some(number * 1e3).filter(|whole| whole.fract() == 0.0).map(|whole| format!("{whole}"));
        return Err(NumberError::Unclear(thousands.into_iter().chain([format!("{number} B")]).collect()));
    }
    Ok(Measured { number, with_unit: !rest.is_empty() })
}

/// The text without a word that says that the number is rounded.
fn about(text: &str) -> &str {
    const WORDS: [&str; 11] =
        ["~", "≈", "약", "대략", "approximately", "approx.", "approx", "about", "around", "circa", "ca."];
    let lower = text.to_lowercase();
    let word = WORDS.iter().find(|word| lower.starts_with(*word)).filter(|_| lower.len() == text.len());
    word.map_or(text, |word| text[word.len()..].trim_start())
}

/// How far from a written number the true one may lie where its last digits are zeros: half of the last digit that is
/// none, as in `7B` or `1,400만`. A number of less than three zeros is taken as it stands.
pub fn rounding(number: f64) -> f64 {
    const ZEROS: i32 = 3;
    let written = format!("{:e}", number.abs());
    let Some((digits, power)) = written.split_once('e') else { return 0.0 };
    let places = digits.split_once('.').map_or(0, |(_, after)| after.len());
    let zeros = power.parse::<i32>().unwrap_or(0) - i32::try_from(places).unwrap_or(i32::MAX);
    if number.is_finite() && zeros >= ZEROS { 0.5 * 10_f64.powi(zeros) } else { 0.0 }
}

/// The ASCII character that a digit, sign or blank of another set stands for.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2212}' => '-',
        '\u{2019}' => '\'',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        c => c,
    }
}

/// Digits with a multiplier of English, or a power of ten: `2.1T`, `0.5 million`, `3 × 10^25`.
fn western(text: &str, unit: Unit) -> Result<(f64, &str), NumberError> {
    let (number, rest) = literal(text)?;
    let after = rest.trim_start();
    if let Some((power, rest)) = power_of_ten(after) {
        return Ok((number * power, rest));
    }
    // `t CO2e` is a unit, and its `t` is no trillion.
    if unit.is_called(after) {
        return Ok((number, after));
    }
    let (factor, rest) = multiplier(after, unit);
    Ok((number * factor, rest))
}

/// The words for powers of a thousand. A letter alone may be small, but where `m` would be months.
const MULTIPLIERS: [(&[&str], f64); 4] = [
    (&["thousand", "k"], 1e3),
    (&["million", "millions", "mn", "mio", "m"], 1e6),
    (&["billion", "billions", "bn", "b"], 1e9),
    (&["trillion", "trillions", "tn", "t"], 1e12),
];

fn multiplier(rest: &str, unit: Unit) -> (f64, &str) {
    let word = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())];
    if word == "m" && unit == Unit::Months {
        return (1.0, rest);
    }
    let found = MULTIPLIERS.iter().find(|(words, _)| words.iter().any(|known| known.eq_ignore_ascii_case(word)));
    found.map_or((1.0, rest), |(_, factor)| (*factor, &rest[word.len()..]))
}

/// `× 10^25`, behind a number.
fn power_of_ten(text: &str) -> Option<(f64, &str)> {
    let rest = text.strip_prefix(['×', 'x', '*', '·'])?.trim_start().strip_prefix("10")?;
    let rest = rest.strip_prefix("**").or_else(|| rest.strip_prefix('^'))?.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let power: i32 = rest[..end].parse().ok().filter(|power| *power < 300)?;
    Some((10f64.powi(power), &rest[end..]))
}

/// Small units of Korean, within a group of four digits, and the large ones that end a group.
const SMALL: [(char, f64); 3] = [('천', 1e3), ('백', 1e2), ('십', 1e1)];
const LARGE: [(char, f64); 4] = [('경', 1e16), ('조', 1e12), ('억', 1e8), ('만', 1e4)];

/// A number with units of Korean: `2조 1천억`, `3천만`, `1억 2,345만`. `None` if it has none, or not in their order.
fn korean(text: &str) -> Option<(f64, &str)> {
    let (mut total, mut group, mut rest) = (0.0, 0.0, text);
    let (mut large, mut small, mut any) = (f64::INFINITY, f64::INFINITY, false);
    loop {
        let from = rest.trim_start();
        let (digits, after) = match literal(from) {
            Ok((number, after)) => (Some(number), after.trim_start()),
            Err(_) => (None, from),
        };
        let unit = after.chars().next();
        let of = |table: &[(char, f64)]| table.iter().find(|(c, _)| Some(*c) == unit).map(|(_, value)| *value);
        if let Some(value) = of(&SMALL).filter(|value| *value < small) {
            group += digits.unwrap_or(1.0) * value;
            small = value;
        } else if let Some(value) = of(&LARGE).filter(|value| *value < large) {
            // A bare 만 is ten thousand; the larger ones need a number before them.
            let bare = digits.is_none() && group == 0.0;
            if bare && (any || value > 1e4) {
                return None;
            }
            total += if bare { value } else { (group + digits.unwrap_or(0.0)) * value };
            (group, large, small) = (0.0, value, f64::INFINITY);
        } else {
            // Digits behind the last unit are the ones; text behind it is the unit of the fact.
            let ones = digits.filter(|_| any);
            let left = if ones.is_some() { after } else { rest };
            return any.then_some((total + group + ones.unwrap_or(0.0), left));
        }
        any = true;
        rest = &after[unit.map_or(0, char::len_utf8)..];
    }
}

/// Digits with marks between them, and an exponent: the number, and what stands behind it.
fn literal(text: &str) -> Result<(f64, &str), NumberError> {
    let (groups, marks, rest) = groups(text);
    let plainly = match marks.as_slice() {
        [] => groups.first().copied().unwrap_or_default().to_owned(),
        _ => joined(&groups, &marks)?,
    };
    let (exponent, rest) = exponent(rest);
    let number = format!("{plainly}{exponent}").parse().map_err(|_| NumberError::NotANumber)?;
    Ok((number, rest))
}

/// The runs of digits, the marks between them, and what stands behind the last.
fn groups(text: &str) -> (Vec<&str>, Vec<char>, &str) {
    let (mut groups, mut marks, mut rest) = (Vec::new(), Vec::new(), text);
    // A number such as `.5` has nothing before its point.
    if rest.starts_with('.') {
        groups.push("0");
        marks.push('.');
        rest = &rest[1..];
    }
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        groups.push(digits);
        let mark = after.chars().next().filter(|c| matches!(c, ',' | '.' | '_' | '\'' | ' '));
        let Some(mark) = mark else { return (groups, marks, after) };
        let next = &after[1..];
        let run = next.find(|c: char| !c.is_ascii_digit()).unwrap_or(next.len());
        // A blank stands between groups of three only; elsewhere it ends the number.
        if run == 0 || digits.is_empty() || (mark == ' ' && (run != 3 || digits.len() > 3)) {
            return (groups, marks, if mark == '.' && run == 0 { next } else { after });
        }
        marks.push(mark);
        rest = next;
    }
}

/// The digits with one point at most: marks of thousands are left out where they can be nothing else.
fn joined(groups: &[&str], marks: &[char]) -> Result<String, NumberError> {
    let whole = groups.concat();
    let without = |marks: &[char]| marks.iter().copied().filter(|mark| *mark != '_').collect::<Vec<_>>();
    let marks = &without(marks)[..];
    // `_` stands anywhere, so groups are counted from the marks that are left.
    let text = |point: usize| {
        let cut = groups[..point].iter().map(|group| group.len()).sum::<usize>();
        format!("{}.{}", &whole[..cut], &whole[cut..])
    };
    let threes = |groups: &[&str]| {
        groups.first().is_some_and(|first| (1..=3).contains(&first.len()) && !(first.starts_with('0')))
            && groups[1..].iter().all(|group| group.len() == 3)
    };
    if marks.len() + 1 != groups.len() {
        // Underscores beside other marks: one point is all that is understood.
        return match marks {
            [] => Ok(whole),
            ['.'] => underscored(groups, &whole),
            _ => Err(NumberError::Unclear(vec![whole])),
        };
    }
    let last = marks[marks.len() - 1];
    let before = &marks[..marks.len() - 1];
    let same = |marks: &[char]| marks.windows(2).all(|pair| pair[0] == pair[1]);
    match (last, before) {
        ('.', []) => Ok(text(1)),
        (_, []) if threes(groups) => Ok(whole),
        (',', []) => Err(NumberError::Unclear(unclear(groups, &text(1)))),
        // `1,234.5`, `1 234,5`, `1.234,56`: thousands by one mark, decimals by another.
        ('.' | ',', [first, ..]) if *first != last && same(before) && threes(&groups[..groups.len() - 1]) => {
            let thousands_too = last == ',' && *first == '.' && groups.len() == 3 && threes(groups);
            if thousands_too {
                return Err(NumberError::Unclear(vec![text(groups.len() - 1), whole]));
            }
            Ok(text(groups.len() - 1))
        }
        _ if same(marks) && threes(groups) => Ok(whole),
        ('.', _) if marks.iter().all(|mark| *mark == '.') => Err(NumberError::NotANumber),
        _ => Err(NumberError::Unclear(vec![whole])),
    }
}

/// What a lonely comma may have meant: a point, or thousands.
fn unclear(groups: &[&str], decimal: &str) -> Vec<String> {
    let mut meant = vec![decimal.to_owned()];
    if groups[1].len() >= 3 && !groups[0].starts_with('0') {
        meant.push(groups.concat());
    }
    meant
}

/// `1_000.5`: the point stands before the last run.
fn underscored(groups: &[&str], whole: &str) -> Result<String, NumberError> {
    let last = groups.last().map_or(0, |group| group.len());
    let cut = whole.len().checked_sub(last).ok_or(NumberError::NotANumber)?;
    Ok(format!("{}.{}", &whole[..cut], &whole[cut..]))
}

/// `e25`, `E-3`: as written, and what stands behind it.
fn exponent(rest: &str) -> (&str, &str) {
    let Some(after) = rest.strip_prefix(['e', 'E']) else { return ("", rest) };
    let sign = usize::from(after.starts_with(['+', '-']));
    let digits = after[sign..].find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len() - sign);
    if digits == 0 { ("", rest) } else { rest.split_at(1 + sign + digits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_with_their_unit() {
        for (text, unit, wanted) in [
            ("30 %", Unit::Percent, 30.0),
            ("30%", Unit::Percent, 30.0),
            ("30퍼센트", Unit::Percent, 30.0),
            ("２.５ ％", Unit::Percent, 2.5),
            ("2 T tokens", Unit::Tokens, 2e12),
            ("2.1T 토큰", Unit::Tokens, 2.1e12),
            ("2.1 trillion", Unit::Tokens, 2.1e12),
            ("2.1 Trillion tokens", Unit::Tokens, 2.1e12),
            ("2조 1천억", Unit::Tokens, 2.1e12),
            ("약 2조 토큰", Unit::Tokens, 2e12),
            ("~105k", Unit::Parameters, 105e3),
            ("about 7 B parameters", Unit::Parameters, 7e9),
            ("2.1조 토큰", Unit::Tokens, 2.1e12),
            ("1000억", Unit::Parameters, 1e11),
            ("1,000억 개", Unit::Parameters, 1e11),
            ("천억", Unit::Parameters, 1e11),
            ("3천5백만", Unit::Parameters, 35e6),
            ("1억 2,345만 6789", Unit::Parameters, 123_456_789.0),
            ("3천만", Unit::Users, 3e7),
            ("512장", Unit::Count, 512.0),
            ("2048개", Unit::Count, 2048.0),
            ("2,048 GPUs", Unit::Count, 2048.0),
            ("1e25 FLOP", Unit::Flop, 1e25),
            ("1E+25", Unit::Flop, 1e25),
            ("3.8 × 10^25 FLOPs", Unit::Flop, 3.8e25),
            ("102.6B", Unit::Parameters, 102.6e9),
            ("7b", Unit::Parameters, 7e9),
            ("0.5 million", Unit::Parameters, 5e5),
            ("188,096", Unit::Parameters, 188_096.0),
            ("188_096", Unit::Parameters, 188_096.0),
            ("188 096", Unit::Parameters, 188_096.0),
            ("188\u{202f}096", Unit::Parameters, 188_096.0),
            ("1.234.567", Unit::Parameters, 1_234_567.0),
            ("1.234.567,5", Unit::Parameters, 1_234_567.5),
            ("1.234,56", Unit::Ratio, 1_234.56),
            ("1,234.567", Unit::Ratio, 1_234.567),
            ("2.100", Unit::Ratio, 2.1),
            (".5", Unit::Ratio, 0.5),
            ("18 months", Unit::Months, 18.0),
            ("18개월", Unit::Months, 18.0),
        ] {
            let read = parse_number(text, unit, true);
            assert!(read.as_ref().is_ok_and(|n| (n - wanted).abs() <= 1e-12 * wanted), "{text}: {read:?}");
        }
    }

    #[test]
    fn a_part_of_a_parameter_is_asked_about() {
        let unclear = |meant: &[&str]| Err(NumberError::Unclear(meant.iter().map(|it| (*it).to_owned()).collect()));
        assert_eq!(parse_number("7.25", Unit::Parameters, true), unclear(&["7250", "7.25 B"]));
        assert_eq!(parse_number("104.768", Unit::Parameters, true), unclear(&["104768", "104.768 B"]));
        assert_eq!(parse_number("1.2345", Unit::Parameters, true), unclear(&["1.2345 B"]));
        assert_eq!(parse_number("7.25 B", Unit::Parameters, true), Ok(7.25e9));
        assert_eq!(parse_number("7.25", Unit::Ratio, true), Ok(7.25));
    }

    #[test]
    fn zeros_at_the_end_say_how_far_a_number_was_rounded() {
        for (number, wanted) in [
            (7e9, 5e8),
            (7.6e9, 5e7),
            (1e5, 5e4),
            (104_768.0, 0.0),
            (105_000.0, 500.0),
            (1e25, 5e24),
            (32_768.0, 0.0),
            (100.0, 0.0),
            (0.5, 0.0),
            (0.0, 0.0),
        ] {
            assert!((rounding(number) - wanted).abs() <= 1e-9 * wanted, "{number}: {}", rounding(number));
        }
    }

    #[test]
    fn what_is_no_number_of_the_unit_is_told_apart() {
        use NumberError::{AboveWhole, BelowZero, NoUnit, NotANumber, OtherUnit};
        for (text, unit, wanted) in [
            ("30", Unit::Percent, NoUnit),
            ("30 tokens", Unit::Percent, OtherUnit("tokens".into())),
            ("many", Unit::Percent, NotANumber),
            ("", Unit::Count, NotANumber),
            ("조", Unit::Count, NotANumber),
            ("수억", Unit::Count, NotANumber),
            ("1e999 %", Unit::Percent, NotANumber),
            ("1.2.3", Unit::Count, NotANumber),
            ("-5B", Unit::Parameters, BelowZero),
            ("−1 %", Unit::Percent, BelowZero),
            ("101 %", Unit::Percent, AboveWhole),
            ("7 X", Unit::Count, OtherUnit("X".into())),
        ] {
            assert_eq!(parse_number(text, unit, false), Err(wanted), "{text}");
        }
        for text in ["2,1", "0,123", "12,34,567", "1234,567", "1.234,567", "1,234 567", "1,2345"] {
            assert!(matches!(parse_number(text, Unit::Ratio, false), Err(NumberError::Unclear(_))), "{text}");
        }
    }

    fn grouped(n: u64, mark: &str) -> String {
        let digits = n.to_string();
        let first = digits.len() % 3;
        let mut parts: Vec<&str> = if first > 0 { vec![&digits[..first]] } else { Vec::new() };
        parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
        parts.join(mark)
    }

    proptest! {
        #[test]
        fn thousands_are_read_back_by_every_mark(n in 0u64..1 << 50, mark in "[,_ '\u{2009}\u{a0}\u{202f}]") {
            prop_assert_eq!(parse_number(&grouped(n, &mark), Unit::Count, false), Ok(n as f64));
        }

        #[test]
        fn points_are_thousands_where_there_are_several(n in 1_000_000u64..1 << 50) {
            prop_assert_eq!(parse_number(&grouped(n, "."), Unit::Count, false), Ok(n as f64));
        }

        #[test]
        fn korean_units_add_up(jo in 0u32..10_000, eok in 0u32..10_000, man in 0u32..10_000, ones in 0u32..10_000, space in " ?") {
            let mut text = String::new();
            for (n, unit) in [(jo, "조"), (eok, "억"), (man, "만"), (ones, "")] {
                if n > 0 {
                    text.push_str(&format!("{n}{unit}{space}"));
                }
            }
            let wanted = f64::from(jo) * 1e12 + f64::from(eok) * 1e8 + f64::from(man) * 1e4 + f64::from(ones);
            if !text.is_empty() {
                prop_assert_eq!(parse_number(&text, Unit::Count, false), Ok(wanted));
            }
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.,_' eE조억만천백십xX%×^장개\u{a0}\u{ff10}-\u{ff19}]{0,24}") {
            let _ = parse_number(&text, Unit::Percent, true);
        }
    }
}
