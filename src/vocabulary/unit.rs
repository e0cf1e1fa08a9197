//! Units: what is counted, and the words that people write behind a number for it.

/// The unit of a numeric fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Electric energy.
    MegawattHours,
    /// Greenhouse gases, as tonnes of carbon dioxide of the same effect.
    TonnesCo2e,
    /// Won.
    Won,
    /// United States dollars.
    Dollars,
    /// Water.
    CubicMetres,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 21] = [
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
        Self::Days,
        Self::Hours,
        Self::MegawattHours,
        Self::TonnesCo2e,
        Self::Won,
        Self::Dollars,
        Self::CubicMetres,
    ];

    /// The unit as a ruleset names it in `facts.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Tokens => "tokens",
            Self::Flop => "flop",
            Self::Percent => "percent",
            Self::Entries => "entries",
            Self::Users => "users",
            Self::Points => "points",
            Self::Level => "level",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Steps => "steps",
            Self::GpuHours => "gpu-hours",
            Self::Months => "months",
            Self::Euros => "euros",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::MegawattHours => "megawatt-hours",
            Self::TonnesCo2e => "tonnes-co2e",
            Self::Won => "won",
            Self::Dollars => "dollars",
            Self::CubicMetres => "cubic-metres",
        }
    }

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
            Self::Days => "days",
            Self::Hours => "hours",
            Self::MegawattHours => "MWh",
            Self::TonnesCo2e => "t CO2e",
            Self::Won => "KRW",
            Self::Dollars => "USD",
            Self::CubicMetres => "m³",
            Self::Level | Self::Count | Self::Ratio => "",
        }
    }

    /// Whether its numbers are counted in ones, and not measured.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Count | Self::Level | Self::Months | Self::Days)
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
            Self::Days => "일",
            Self::Hours => "시간",
            Self::Won => "원",
            Self::Dollars => "달러",
            Self::CubicMetres => "㎥",
            Self::MegawattHours
            | Self::TonnesCo2e
            | Self::Flop
            | Self::Percent
            | Self::Level
            | Self::Count
            | Self::Ratio => self.symbol(),
        }
    }

    /// Other words for the unit, beside its symbols.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Parameters => &["parameter", "params", "param", "매개변수", "매개 변수", "개"],
            Self::Tokens => &["token", "tok", "개"],
            Self::Flop => &["FLOPs", "플롭"],
            Self::Percent => &["percent", "per cent", "pct", "퍼센트", "프로"],
            Self::Entries => &["entry", "개"],
            Self::Users => &["user", "사용자", "MAU"],
            Self::Points => &["point", "points", "pt"],
            Self::Steps => &["step", "단계"],
            Self::GpuHours => &["GPU hours", "GPU-hour", "GPU hour", "GPUh", "GPU시간"],
            Self::Months => &["month", "달"],
            Self::Euros => &["euro", "euros", "€"],
            Self::Days => &["day"],
            Self::Hours => &["hour", "h"],
            Self::MegawattHours => &["megawatt-hours", "megawatt hours", "메가와트시"],
            Self::TonnesCo2e => &["tCO2e", "tCO2eq", "t CO2eq", "tonnes CO2e", "tonnes", "톤"],
            Self::Won => &["won", "₩"],
            Self::Dollars => &["dollars", "dollar", "$", "US$"],
            Self::CubicMetres => &["m3", "cubic metres", "cubic meters", "세제곱미터", "입방미터"],
            // Things are counted in the counters that the language has for them.
            Self::Count => &[
                "개",
                "장",
                "대",
                "층",
                "겹",
                "건",
                "종",
                "곳",
                "회",
                "번",
                "벌",
                "devices",
                "device",
                "GPUs",
                "GPU",
                "cards",
                "chips",
                "accelerators",
                "layers",
                "layer",
                "checkpoints",
                "pieces",
            ],
            Self::Level => &["단계"],
            Self::Ratio => &[],
        }
    }

    /// Whether `text` is a word for this unit, in either language, upper or lower case.
    pub fn is_called(self, text: &str) -> bool {
        let text = text.trim();
        let symbols = [self.symbol(), self.symbol_ko()];
        let mut words = symbols.iter().chain(self.words()).filter(|word| !word.is_empty());
        words.any(|word| word.eq_ignore_ascii_case(text))
    }
}
