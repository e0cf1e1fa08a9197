//! Days of the calendar, and what people write for them.

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD` and checks that the day exists.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        let (year, month, day): (u16, u8, u8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// The day after, or the day before; the same day where the calendar of four digits ends.
    #[must_use]
    pub fn moved(self, later: bool) -> Self {
        let day = |year: u16, month: u8, day: u8| Self::parse(&format!("{year:04}-{month:02}-{day:02}"));
        let Self { year, month, day: of_month } = self;
        let near = if later {
            let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            day(year, month, of_month + 1).or_else(|| day(next_year, next_month, 1))
        } else if of_month > 1 {
            day(year, month, of_month - 1)
        } else {
            let (last_year, last_month) = if month == 1 { (year.saturating_sub(1), 12) } else { (year, month - 1) };
            (28..=31).rev().find_map(|last| day(last_year, last_month, last))
        };
        near.unwrap_or(self)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Months as English writes them.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Date {
    /// The days that a text can mean that is not written as a day of a file: `2026.11.24.`, `2026년 11월 24일`,
    /// `24/11/2026` (two days where both parts could be the month), `Nov 24, 2026`, `20261124`.
    pub fn meant(text: &str) -> Vec<Self> {
        let lower = text.trim().to_lowercase();
        let named = MONTHS
            .iter()
            .position(|month| lower.split(|c: char| !c.is_alphabetic()).any(|word| word.starts_with(month)));
        let numbers: Vec<&str> = lower.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let day = |year: &str, month: &str, day: &str| {
            let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
            Self::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
        };
        let mut days: Vec<Self> = match (numbers.as_slice(), named) {
            ([whole], None) if whole.len() == 8 => day(&whole[..4], &whole[4..6], &whole[6..]).into_iter().collect(),
            ([a, b], Some(month)) => {
                let month = (month + 1).to_string();
                let (year, of_month) = if a.len() == 4 { (a, b) } else { (b, a) };
                day(year, &month, of_month).into_iter().collect()
            }
            ([year, month, of_month, ..], None) if year.len() == 4 => day(year, month, of_month).into_iter().collect(),
            ([a, b, year, ..], None) if year.len() == 4 => {
                [day(year, b, a), day(year, a, b)].into_iter().flatten().collect()
            }
            ([year, month, of_month], None) if year.len() == 2 => day(year, month, of_month).into_iter().collect(),
            _ => Vec::new(),
        };
        days.dedup();
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_each_other() {
        let day = |text: &str| Date::parse(text).expect("a day");
        for (one, next) in [
            ("2026-11-30", "2026-12-01"),
            ("2026-12-31", "2027-01-01"),
            ("2024-02-28", "2024-02-29"),
            ("2026-02-28", "2026-03-01"),
        ] {
            assert_eq!((day(one).moved(true), day(next).moved(false)), (day(next), day(one)));
        }
        assert_eq!(day("9999-12-31").moved(true), day("9999-12-31"));
    }

    #[test]
    fn dates_exist() {
        assert!(Date::parse("2024-02-29").is_some());
        for bad in ["2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "x", "2026-+1-+1", "+026-01-01", "2026--1-01"] {
            assert!(Date::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn days_are_meant_in_many_ways() {
        let said = |text: &str| Date::meant(text).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        for (text, days) in [
            ("2026.11.24", "2026-11-24"),
            ("2026. 11. 24.", "2026-11-24"),
            ("2026년 11월 24일", "2026-11-24"),
            ("2026/11/24", "2026-11-24"),
            ("2026-1-5", "2026-01-05"),
            ("20261124", "2026-11-24"),
            ("26.11.24", "2026-11-24"),
            ("24/11/2026", "2026-11-24"),
            ("5/6/2026", "2026-06-05 2026-05-06"),
            ("Nov 24, 2026", "2026-11-24"),
            ("24 November 2026", "2026-11-24"),
            ("2026-11-24T10:00:00Z", "2026-11-24"),
            ("2026년 13월 45일", ""),
            ("내일", ""),
            ("2026-11", ""),
        ] {
            assert_eq!(said(text), days, "{text}");
        }
    }
}
