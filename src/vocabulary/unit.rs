//! Units, and numbers written with them: `30 %`, `2 T tokens`, `1e25 FLOP`.

/// The unit of a numeric fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Weights of a network.
    Parameters,
    /// Tokens of text.
    Tokens,
    /// Floating-point operations.
    Flop,
    /// Parts of a hundred.
    Percent,
    /// Entries of a vocabulary.
    Entries,
    /// Monthly active users.
    Users,
    /// Points of a scorecard.
    Points,
    /// A step of an ordinal scale.
    Level,
    /// Things that are counted: layers, checkpoints, devices.
    Count,
    /// A plain ratio such as power usage effectiveness.
    Ratio,
    /// Optimiser steps.
    Steps,
    /// Graphics processor hours.
    GpuHours,
    /// Months.
    Months,
    /// Euros per year.
    Euros,
}

/// Why a number could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberError {
    /// It is no number at all.
    NotANumber,
    /// The unit is missing.
    NoUnit,
    /// Another unit than the fact's.
    OtherUnit(String),
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 14] = [
        Self::Parameters,
        Self::Tokens,
        Self::Flop,
        Self::Percent,
        Self::Entries,
        Self::Users,
        Self::Points,
        Self::Level,
        Self::Count,
        Self::Ratio,
        Self::Steps,
        Self::GpuHours,
        Self::Months,
        Self::Euros,
    ];

    /// The unit as it is written behind a number; empty for plain numbers.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Tokens => "tokens",
            Self::Flop => "FLOP",
            Self::Percent => "%",
            Self::Entries => "entries",
            Self::Users => "users",
            Self::Points => "points",
            Self::Steps => "steps",
            Self::GpuHours => "GPU-hours",
            Self::Months => "months",
            Self::Euros => "EUR",
            Self::Level | Self::Count | Self::Ratio => "",
        }
    }

    /// Whether its numbers are counted in ones, and not measured.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Count | Self::Level)
    }

    /// The unit in Korean, as it is written behind a number.
    pub fn symbol_ko(self) -> &'static str {
        match self {
            Self::Parameters => "파라미터",
            Self::Tokens => "토큰",
            Self::Entries => "항목",
            Self::Users => "명",
            Self::Points => "점",
            Self::Steps => "스텝",
            Self::GpuHours => "GPU 시간",
            Self::Months => "개월",
            Self::Euros => "유로",
            Self::Flop | Self::Percent | Self::Level | Self::Count | Self::Ratio => self.symbol(),
        }
    }

    /// The unit whose symbol is `text`, in either language, upper or lower case.
    pub fn from_symbol(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|unit| {
            !unit.symbol().is_empty() && (unit.symbol().eq_ignore_ascii_case(text) || unit.symbol_ko() == text)
        })
    }
}

/// Reads a number with its unit, as in `30 %`, `2.1T tokens`, `1_000`, `1e25 FLOP`.
///
/// The multipliers K, M, B, T stand between number and unit, with or without a space. Without a unit the number is
/// refused where the fact has one, except when `unit_may_lack` is set (cards, where the field's name says it).
///
/// # Errors
/// Says whether the text is no number, lacks its unit, or carries another unit.
pub fn parse_number(text: &str, unit: Unit, unit_may_lack: bool) -> Result<f64, NumberError> {
    let text = text.trim();
    let digits_end = text.char_indices().find(|&(at, c)| !is_number_char(text, at, c)).map_or(text.len(), |(at, _)| at);
    let number: f64 = text[..digits_end].replace('_', "").parse().map_err(|_| NumberError::NotANumber)?;
    if !number.is_finite() {
        return Err(NumberError::NotANumber);
    }
    let (factor, rest) = multiplier(text[digits_end..].trim_start());
    let rest = rest.trim();
    match (rest.is_empty(), unit.symbol().is_empty()) {
        (true, true) => Ok(number * factor),
        (true, false) if unit_may_lack => Ok(number * factor),
        (true, false) => Err(NumberError::NoUnit),
        (false, _) if Unit::from_symbol(rest) == Some(unit) => Ok(number * factor),
        (false, _) => Err(NumberError::OtherUnit(rest.to_owned())),
    }
}

fn is_number_char(text: &str, at: usize, c: char) -> bool {
    let before = text[..at].chars().next_back();
    match c {
        '0'..='9' | '.' | '_' => true,
        '+' | '-' => before.is_none_or(|b| b == 'e' || b == 'E'),
        'e' | 'E' => {
            before.is_some_and(|b| b.is_ascii_digit())
                && text[at + 1..].starts_with(|n: char| n.is_ascii_digit() || n == '+' || n == '-')
        }
        _ => false,
    }
}

fn multiplier(rest: &str) -> (f64, &str) {
    for (letter, factor) in [('K', 1e3), ('M', 1e6), ('B', 1e9), ('T', 1e12)] {
        if let Some(after) = rest.strip_prefix(letter)
            && (after.is_empty() || after.starts_with(' '))
        {
            return (factor, after);
        }
    }
    (1.0, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_unit() {
        assert_eq!(parse_number("30 %", Unit::Percent, false), Ok(30.0));
        assert_eq!(parse_number("2 T tokens", Unit::Tokens, false), Ok(2e12));
        assert_eq!(parse_number("2.1T 토큰", Unit::Tokens, false), Ok(2.1e12));
        assert_eq!(parse_number("1e25 FLOP", Unit::Flop, false), Ok(1e25));
        assert_eq!(parse_number("102.6B", Unit::Parameters, true), Ok(102.6e9));
        assert_eq!(parse_number("1_000", Unit::Count, false), Ok(1000.0));
    }

    #[test]
    fn a_missing_or_other_unit_is_told_apart() {
        assert_eq!(parse_number("30", Unit::Percent, false), Err(NumberError::NoUnit));
        assert_eq!(parse_number("30 tokens", Unit::Percent, false), Err(NumberError::OtherUnit("tokens".into())));
        assert_eq!(parse_number("many", Unit::Percent, false), Err(NumberError::NotANumber));
        assert_eq!(parse_number("1e999 %", Unit::Percent, false), Err(NumberError::NotANumber));
    }
}
