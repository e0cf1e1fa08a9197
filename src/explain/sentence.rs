//! Sentences about one reason, one source, one grade.

use super::reason::{Part, Reason, ReasonKind};
use super::wording::{Read, plural};
use crate::facts::{Assurance, Fact, Item, Source, Speaker, Value, WhyUnknown};
use crate::grade::{Grade, Interval, LadderGrade, Other, Passed, Truth};
use crate::rules::{Bound, Constant, Limit, Ranged, Ruleset, Scale, Slot, Test};
use crate::text::{Lang, Particle, whether, with_particle};
use crate::vocabulary::{Bilingual, CollectionId, Country, Entry, Group, Kind, Scope, vocabulary};

/// Speaks one language.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// The language.
    pub lang: Lang,
    /// What "domestic" means, for "the home country".
    pub home: Option<Country>,
}

/// What an item is called: a component by its role and id, a link by its reference, a licence by what it covers,
/// anything else by its id.
pub fn item_name(item: &Item, lang: Lang) -> String {
    let role = vocabulary().must("component.role");
    let is_component = vocabulary().scope(role) == Scope::Item(item.collection);
    if is_component && let Some(value) = item.fact(role).claimed() {
        let says = value.says(vocabulary().entry(role).kind, lang);
        return match lang {
            Lang::Ko => format!("{says}({})", item.id),
            Lang::En => format!("{says} ({})", item.id),
        };
    }
    // A path shows by itself that it is a name.
    let id = || if item.id.contains('/') { item.id.clone() } else { format!("`{}`", item.id) };
    item.called.as_ref().map_or_else(id, |called| called.get(lang).to_owned())
}

impl Voice {
    /// One of two texts.
    pub fn pick(self, text: Bilingual) -> &'static str {
        match self.lang {
            Lang::Ko => text.ko,
            Lang::En => text.en,
        }
    }

    /// A sentence for a reason, without its sources.
    pub fn reason(self, read: Read<'_>, reason: &Reason<'_>) -> String {
        match &reason.kind {
            ReasonKind::Fact(slot, test, fact, Some(other)) => self.bounded_fact(reason, slot, test, fact, *other),
            ReasonKind::Fact(slot, test, fact, None) => self.fact(reason, slot, test, fact),
            ReasonKind::Incomplete(_, collection, fact) => self.incomplete(*collection, &reason.items, fact),
            ReasonKind::Empty(ranged, one) => self.empty(read, ranged, *one, &reason.items),
            ReasonKind::Count(bound, ranged, figures) => {
                let label = self.pick(vocabulary().collection_of(ranged.collection).label);
                let label = match self.lang {
                    Lang::Ko => format!("해당하는 {label}의 수"),
                    Lang::En => format!("number of {} that count", plural(label)),
                };
                let value = self.range(figures.low, figures.high, "");
                self.figures(reason, &label, &value, &self.bound(bound, ""))
            }
            ReasonKind::Share(bound, by, ranged, figures) => {
                let label = self.pick(vocabulary().collection_of(ranged.collection).label);
                let by = self.pick(vocabulary().entry(*by).label);
                let label = match self.lang {
                    Lang::Ko => format!("{label}의 비율({by} 기준)"),
                    Lang::En => format!("share of the {}, by {by}", plural(label)),
                };
                let value = self.range(figures.low, figures.high, " %");
                self.figures(reason, &label, &value, &self.bound(bound, " %"))
            }
        }
    }

    /// A count or a share: its value, and what is asked of it.
    fn figures(self, reason: &Reason<'_>, label: &str, value: &str, bound: &str) -> String {
        let of = self.of_items(&reason.items);
        let asked = match (reason.wanted, self.lang) {
            (false, _) => String::new(),
            (true, Lang::Ko) => format!(" 요구: {bound}."),
            (true, Lang::En) => format!(" Asked for: {bound}."),
        };
        let label = if of.is_empty() { capital(label) } else { label.to_owned() };
        format!("{of}{label}: {value}.{asked}")
    }

    /// One item of a count or a share: what it weighs, and whether it is counted in.
    pub(super) fn part(self, part: &Part<'_>) -> String {
        let counted = match (part.holds, self.lang) {
            (Truth::True, Lang::Ko) => "셈에 든다",
            (Truth::True, Lang::En) => "counted in",
            (Truth::Unknown, Lang::Ko) => "셈에 드는지 알 수 없다",
            (Truth::Unknown, Lang::En) => "not known whether it counts",
            (_, Lang::Ko) => "셈에 들지 않는다",
            (_, Lang::En) => "not counted in",
        };
        let Some((by, fact)) = part.weight else {
            return format!("{}{counted}.", self.of_items(&part.items));
        };
        let entry = vocabulary().entry(by);
        let subject = self.subject(entry, &part.items);
        match fact.claimed() {
            Some(value) => format!("{subject}: {}, {counted}.", value.says(entry.kind, self.lang)),
            None => format!("{subject}: {}, {counted}.", self.why_unknown(fact)),
        }
    }

    /// A figure, or the range in which it lies.
    fn range(self, low: f64, high: f64, unit: &str) -> String {
        let figure = |number: f64| {
            let text = format!("{number:.1}");
            format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
        };
        let open = unit == " %" && low <= 0.0 && high >= 100.0 || low <= 0.0 && high.is_infinite();
        match self.lang {
            Lang::Ko if open => "알 수 없다".to_owned(),
            Lang::En if open => "not known".to_owned(),
            Lang::Ko if high.is_infinite() => format!("{} 이상", figure(low)),
            Lang::En if high.is_infinite() => format!("at least {}", figure(low)),
            _ if high - low < 0.05 => figure(low),
            Lang::Ko => format!("{}에서 {} 사이", figure(low), figure(high)),
            Lang::En => format!("between {} and {}", figure(low), figure(high)),
        }
    }

    /// The bounds of a count or a share in words.
    pub(super) fn bound(self, bound: &Bound, unit: &str) -> String {
        let each = [
            (bound.at_least, "at least", "이상"),
            (bound.at_most, "at most", "이하"),
            (bound.more_than, "more than", "초과"),
            (bound.less_than, "less than", "미만"),
        ];
        let parts: Vec<String> = each
            .iter()
            .filter_map(|(number, en, ko)| {
                let number = number.as_ref()?;
                Some(match self.lang {
                    Lang::Ko => format!("{number}{unit} {ko}"),
                    Lang::En => format!("{en} {number}{unit}"),
                })
            })
            .collect();
        parts.join(if self.lang == Lang::Ko { ", " } else { " and " })
    }

    fn fact(self, reason: &Reason<'_>, slot: &Slot, test: &Test, fact: &Fact) -> String {
        let entry = vocabulary().entry(slot.path);
        let subject = self.subject(entry, &reason.items);
        if let Test::Known(_) = test {
            return match (self.lang, fact.claimed().is_some()) {
                (Lang::Ko, true) => format!("{subject}: 알려져 있다."),
                (Lang::Ko, false) => format!("{subject}: 알려져 있지 않다."),
                (Lang::En, true) => format!("{subject}: it is known."),
                (Lang::En, false) => format!("{subject}: it is not known."),
            };
        }
        let Some(value) = fact.claimed() else {
            return self.unknown(entry, &reason.items, &subject, test, reason.wanted, fact);
        };
        if let (Kind::Flag, Value::Flag(truth)) = (entry.kind, value) {
            return self.flag(entry, &reason.items, *truth);
        }
        let says = value.says(entry.kind, self.lang);
        let asked = if reason.truth == Truth::False && reason.wanted { self.asked(entry, test) } else { String::new() };
        match self.lang {
            Lang::Ko => format!("{subject}: {says}.{asked}"),
            Lang::En => format!("{subject}: {says}.{asked}"),
        }
    }

    /// A fact against another: both values, and what is asked of them.
    fn bounded_fact(self, reason: &Reason<'_>, slot: &Slot, test: &Test, fact: &Fact, other: Other<'_>) -> String {
        let side = |slot: &Slot, fact: &Fact| {
            let entry = vocabulary().entry(slot.path);
            let depth = slot.item.map_or(0, |_| reason.items.len());
            let value = match fact.claimed() {
                Some(value) => value.says(entry.kind, self.lang),
                None => self.why_unknown(fact).to_owned(),
            };
            format!("{}: {value}", self.subject(entry, &reason.items[..depth]))
        };
        let entry = vocabulary().entry(slot.path);
        let asked = if reason.truth != Truth::True && reason.wanted { self.asked(entry, test) } else { String::new() };
        format!("{}. {}.{asked}", side(slot, fact), side(other.slot, other.fact))
    }

    /// A yes-or-no fact: where it is so, the sentence that the vocabulary has for it; where not, what is denied.
    pub(super) fn flag(self, entry: &Entry, items: &[&Item], truth: bool) -> String {
        if truth || is_of_a_ruleset(entry) {
            return format!("{}{}", self.of_items(items), self.flag_words(entry, truth));
        }
        self.denied(&self.subject(entry, items))
    }

    /// A yes-or-no fact of whatever item. The program's own facts have names that can be denied; what a ruleset calls a
    /// fact may be a mere subject (`Development cost`), so its sentence is denied.
    pub(super) fn flag_words(self, entry: &Entry, truth: bool) -> String {
        let meaning = self.pick(entry.meaning);
        match (self.lang, truth) {
            (_, true) => meaning.to_owned(),
            (Lang::Ko, false) => denied(meaning),
            (Lang::En, false) if is_of_a_ruleset(entry) => self.denied(meaning.trim_end_matches('.')),
            (Lang::En, false) => self.denied(&capital(self.pick(entry.label))),
        }
    }

    fn denied(self, what: &str) -> String {
        match self.lang {
            Lang::Ko => format!("{what}: 아니다."),
            Lang::En => format!("{what}: no."),
        }
    }

    /// A fact that is not known: who does not say it, and what is asked for.
    fn unknown(self, entry: &Entry, items: &[&Item], subject: &str, test: &Test, wanted: bool, fact: &Fact) -> String {
        let why = self.why_unknown(fact);
        if entry.kind == Kind::Flag {
            let meaning = self.pick(entry.meaning);
            return match self.lang {
                Lang::Ko => format!("{}{} {why}.", self.of_items(items), whether(meaning)),
                Lang::En => capital(&format!("{}{why} whether {}", self.of_items(items), small(meaning))),
            };
        }
        let asked = if wanted { self.asked(entry, test) } else { String::new() };
        format!("{subject}: {why}.{asked}")
    }

    /// Why a fact has no value, as the predicate of a sentence.
    pub fn why_unknown(self, fact: &Fact) -> &'static str {
        match (fact.unknown(), self.lang) {
            (WhyUnknown::Undeclared, Lang::Ko) => "밝힌 곳이 없다",
            (WhyUnknown::Undeclared, Lang::En) => "nobody says",
            (WhyUnknown::Undisclosed, Lang::Ko) => "제작자가 밝히지 않겠다고 한다",
            (WhyUnknown::Undisclosed, Lang::En) => "the maker will not say",
            (WhyUnknown::Conflict, Lang::Ko) => "같은 수준의 출처들이 서로 다르게 말한다",
            (WhyUnknown::Conflict, Lang::En) => "sources of equal standing disagree",
            (WhyUnknown::SetAside, Lang::Ko) => "말한 출처가 모두 근거로 쓸 수 없는 것이다",
            (WhyUnknown::SetAside, Lang::En) => "no source that counts says",
            (WhyUnknown::LeftOpen, Lang::Ko) => "측정으로는 가려지지 않았다",
            (WhyUnknown::LeftOpen, Lang::En) => "the measurement leaves open",
        }
    }

    /// What the test asks for, as a sentence that follows.
    fn asked(self, entry: &Entry, test: &Test) -> String {
        let wanted = self.test(entry, test);
        match self.lang {
            Lang::Ko => format!(" 요구: {wanted}."),
            Lang::En => format!(" Asked for: {wanted}."),
        }
    }

    /// A test in words.
    pub fn test(self, entry: &Entry, test: &Test) -> String {
        let kind = entry.kind;
        let element = match kind {
            Kind::Words(words) => Kind::Word(words),
            other => other,
        };
        let one = |kind: Kind, constant: &Constant| self.constant(kind, constant);
        let list = |constants: &[Constant]| constants.iter().map(|c| one(element, c)).collect::<Vec<_>>().join(", ");
        let day = kind == Kind::Date;
        let limit = |limit: &Limit| match (limit, self.lang) {
            (Limit::Value(value), lang) => value.says(kind, lang),
            (Limit::Fact(slot), _) => self.pick(vocabulary().entry(slot.path).label).to_owned(),
            (Limit::AsOf, Lang::Ko) => "기준일".to_owned(),
            (Limit::AsOf, Lang::En) => "the day of the grade".to_owned(),
        };
        match (test, self.lang) {
            (Test::Is(c), _) => one(kind, c),
            (Test::IsNot(Constant::Value(v)), Lang::Ko) if v.is_empty_set() => "하나 이상".to_owned(),
            (Test::IsNot(Constant::Value(v)), Lang::En) if v.is_empty_set() => "at least one".to_owned(),
            (Test::IsNot(c), Lang::Ko) => format!("{} 아님", one(kind, c)),
            (Test::IsNot(c), Lang::En) => format!("not {}", one(kind, c)),
            (Test::In(l), Lang::Ko) if kind.is_set() => format!("{}만", list(l)),
            (Test::In(l), Lang::En) if kind.is_set() => format!("only {}", list(l)),
            (Test::In(l), _) if l.len() == 1 => list(l),
            (Test::In(l), Lang::Ko) => format!("{} 가운데 하나", list(l)),
            (Test::In(l), Lang::En) => format!("one of {}", list(l)),
            (Test::NotIn(l), Lang::Ko) => format!("{} 밖", list(l)),
            (Test::NotIn(l), Lang::En) => format!("none of {}", list(l)),
            (Test::Contains(c), Lang::Ko) => format!("{} 포함", one(element, c)),
            (Test::Contains(c), Lang::En) => format!("includes {}", one(element, c)),
            (Test::AtLeast(v), Lang::Ko) if day => format!("{} 이후(그날 포함)", limit(v)),
            (Test::AtLeast(v), Lang::En) if day => format!("on or after {}", limit(v)),
            (Test::AtMost(v), Lang::Ko) if day => format!("{} 이전(그날 포함)", limit(v)),
            (Test::AtMost(v), Lang::En) if day => format!("on or before {}", limit(v)),
            (Test::MoreThan(v), Lang::Ko) if day => format!("{}보다 뒤", limit(v)),
            (Test::MoreThan(v), Lang::En) if day => format!("after {}", limit(v)),
            (Test::LessThan(v), Lang::Ko) if day => format!("{}보다 앞", limit(v)),
            (Test::LessThan(v), Lang::En) if day => format!("before {}", limit(v)),
            (Test::AtLeast(v), Lang::Ko) => format!("{} 이상", limit(v)),
            (Test::AtLeast(v), Lang::En) => format!("at least {}", limit(v)),
            (Test::AtMost(v), Lang::Ko) => format!("{} 이하", limit(v)),
            (Test::AtMost(v), Lang::En) => format!("at most {}", limit(v)),
            (Test::MoreThan(v), Lang::Ko) => format!("{} 초과", limit(v)),
            (Test::MoreThan(v), Lang::En) => format!("more than {}", limit(v)),
            (Test::LessThan(v), Lang::Ko) => format!("{} 미만", limit(v)),
            (Test::LessThan(v), Lang::En) => format!("less than {}", limit(v)),
            (Test::Known(true), Lang::Ko) => "알려져 있음".to_owned(),
            (Test::Known(true), Lang::En) => "known".to_owned(),
            (Test::Known(false), Lang::Ko) => "알려져 있지 않음".to_owned(),
            (Test::Known(false), Lang::En) => "not known".to_owned(),
        }
    }

    fn constant(self, kind: Kind, constant: &Constant) -> String {
        let home = self.home.map_or_else(|| "?".to_owned(), |c| c.to_string());
        match (constant, self.lang) {
            (Constant::Value(value), lang) => value.says(kind, lang),
            (Constant::Group(Group::Eu), Lang::Ko) => "유럽연합(EU) 국가".to_owned(),
            (Constant::Group(Group::Eu), Lang::En) => "a country of the European Union (EU)".to_owned(),
            (Constant::Group(Group::Eea), Lang::Ko) => "유럽경제지역(EEA) 국가".to_owned(),
            (Constant::Group(Group::Eea), Lang::En) => "a country of the European Economic Area (EEA)".to_owned(),
            (Constant::Home, Lang::Ko) => format!("자국({home})"),
            (Constant::Home, Lang::En) => format!("the home country ({home})"),
            (Constant::HomeLanguage, Lang::Ko) => format!("자국어({home})"),
            (Constant::HomeLanguage, Lang::En) => format!("a language of the home country ({home})"),
        }
    }

    /// What the fact is called, with the item it belongs to.
    pub fn subject(self, entry: &Entry, items: &[&Item]) -> String {
        let label = self.pick(entry.label);
        let Some(name) = self.names(items) else { return capital(label) };
        match self.lang {
            Lang::Ko if items.len() > 1 => format!("{name}, {label}"),
            Lang::Ko => format!("{name}의 {label}"),
            Lang::En => format!("{}, {label}", capital(&name)),
        }
    }

    /// The items in question, as the beginning of a sentence.
    pub fn of_items(self, items: &[&Item]) -> String {
        self.names(items).map_or_else(String::new, |name| format!("{}: ", capital(&name)))
    }

    fn names(self, items: &[&Item]) -> Option<String> {
        let names: Vec<String> = items.iter().map(|item| item_name(item, self.lang)).collect();
        if names.is_empty() {
            return None;
        }
        // The particle follows the name that stands before the brackets.
        let with = |name: &str| {
            let word = name.split('(').next().unwrap_or(name);
            format!("{name}{}", &with_particle(word, Particle::With)[word.len()..])
        };
        Some(match (self.lang, names.as_slice()) {
            (Lang::Ko, [outer, inner @ ..]) if !inner.is_empty() => {
                format!("{} 대조 모델 {}", with(outer), inner.join(" "))
            }
            (_, names) => names.join(" against "),
        })
    }

    /// Either nobody says that the list is complete, or what says so does not weigh enough.
    fn incomplete(self, collection: CollectionId, items: &[&Item], fact: &Fact) -> String {
        let label = self.pick(vocabulary().collection_of(collection).label);
        let of = self.of_items(items);
        let said = fact.standing().filter(|_| fact.claimed() == Some(&Value::Flag(true)));
        let how = said.map(|source| source.assurance.says().get(self.lang).to_owned());
        match (self.lang, how) {
            (Lang::Ko, None) => format!("{of}{label} 목록이 완전한지 알 수 없다."),
            (Lang::Ko, Some(how)) => format!("{of}{label} 목록이 완전하다는 말은 '{how}'에 그친다."),
            (Lang::En, None) => capital(&format!("{of}the list of {label}s is not known to be complete.")),
            (Lang::En, Some(how)) => capital(&format!("{of}that the list of {label}s is complete is only {how}.")),
        }
    }

    /// A list in which nothing counts: what was looked for and not found.
    fn empty(self, read: Read<'_>, ranged: &Ranged, one_would_do: bool, items: &[&Item]) -> String {
        let label = self.pick(vocabulary().collection_of(ranged.collection).label);
        let of = self.of_items(items);
        let wanted = self.looked_for(read, ranged, one_would_do);
        if wanted.is_empty() {
            return match self.lang {
                Lang::Ko => format!("{of}{} 적혀 있지 않다.", with_particle(label, Particle::Subject)),
                Lang::En => capital(&format!("{of}no {label} is listed.")),
            };
        }
        match self.lang {
            Lang::Ko => {
                format!("{of}이런 {} 적혀 있지 않다. 찾는 것: {wanted}.", with_particle(label, Particle::Subject))
            }
            Lang::En => capital(&format!("{of}no such {label} is listed. Looked for: {wanted}.")),
        }
    }

    /// Where a source stands, shortly: `README.md:12`.
    pub fn place(self, source: &Source) -> String {
        let at = source.origin.at.map_or_else(String::new, |at| format!(":{}", at.line));
        format!("{}{at}", source.origin.file)
    }

    /// How far a source can be trusted, in words: an audit names its body, day and record; what somebody vouches for,
    /// and what nobody does, says so.
    pub fn assurance(self, source: &Source) -> String {
        let word = source.assurance.says().get(self.lang).to_owned();
        let tail = match (source.assurance, source.speaker, self.lang) {
            (Assurance::Audited, ..) => return format!("{word}{}", self.assessor(source)),
            (_, Speaker::Vouched, Lang::Ko) => ", 평가자가 보증함",
            (_, Speaker::Vouched, Lang::En) => ", vouched for",
            (_, Speaker::Report, Lang::Ko) => ", 보증 없는 보고",
            (_, Speaker::Report, Lang::En) => ", a report that nobody vouches for",
            _ => "",
        };
        format!("{word}{tail}")
    }

    /// Who answers for an attestation.
    fn assessor(self, source: &Source) -> String {
        let parts =
            [source.origin.publisher.clone(), source.date.map(|day| day.to_string()), source.origin.title.clone()];
        let list = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        match self.lang {
            _ if list.is_empty() => String::new(),
            Lang::Ko => format!("({list})"),
            Lang::En => format!(" by {list}"),
        }
    }
}

/// A grade in one view, in words of the ruleset.
pub fn grade_words(grade: &Grade, rules: &Ruleset, lang: Lang) -> LadderGrade<String> {
    fn map<T>(grade: &LadderGrade<T>, each: impl Fn(&T) -> String) -> LadderGrade<String> {
        LadderGrade {
            as_declared: each(&grade.as_declared),
            claimed: each(&grade.claimed),
            assured: each(&grade.assured),
            attainable: each(&grade.attainable),
        }
    }
    match (grade, &rules.scale) {
        (Grade::Ladder(grade), Scale::Ladder(rungs)) => map(grade, |at| match at {
            Some(at) => rungs[*at].id.clone(),
            None => if lang == Lang::Ko { "없음" } else { "none" }.to_owned(),
        }),
        (Grade::Gate(grade, _), _) => map(grade, |passed| passed_word(*passed, lang).to_owned()),
        // What is shown is one number: the points that stand.
        (Grade::Scorecard(grade), _) => {
            let words = map(grade, |range| range_words(*range));
            LadderGrade { assured: shown_words(grade.assured), ..words }
        }
        (Grade::Ladder(grade), _) => map(grade, |_| String::new()),
    }
}

/// `pass`, `fail` or `undetermined` in words.
pub(super) fn passed_word(passed: Passed, lang: Lang) -> &'static str {
    match (passed, lang) {
        (Passed::Pass, Lang::Ko) => "통과",
        (Passed::Pass, Lang::En) => "pass",
        (Passed::Fail, Lang::Ko) => "탈락",
        (Passed::Fail, Lang::En) => "fail",
        (Passed::Undetermined, Lang::Ko) => "미정",
        (Passed::Undetermined, Lang::En) => "undetermined",
    }
}

/// What is shown of a total: its least.
pub fn shown_words(range: Interval) -> String {
    format!("{:.1} %", range.low)
}

/// A range of percent in words.
pub fn range_words(range: Interval) -> String {
    if (range.high - range.low).abs() < 0.005 {
        format!("{:.1} %", range.low)
    } else {
        format!("{:.1}–{:.1} %", range.low, range.high)
    }
}

/// A sentence with its first letter made large; names such as `o_proj` and ids in quotes stay as they are.
pub(super) fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if first.contains(['_', '/', '.', '`']) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A sentence's first letter made small; names and abbreviations stay.
fn small(text: &str) -> String {
    let second_is_upper = text.chars().nth(1).is_some_and(char::is_uppercase);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !second_is_upper => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// A remark as a sentence: with a large letter and a full stop.
pub(super) fn whole(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', ']', ')']) { "" } else { "." };
    format!("{}{stop}", capital(text))
}

/// A Korean statement with its opposite: `...이다.` becomes `...이라는 것은 사실이 아니다.`
fn denied(meaning: &str) -> String {
    let text = meaning.trim_end_matches('.');
    match (text.strip_suffix("이다"), text.ends_with('다')) {
        (Some(stem), _) => format!("{stem}이라는 것은 사실이 아니다."),
        (None, true) => format!("{text}는 것은 사실이 아니다."),
        (None, false) => format!("사실이 아니다: {meaning}"),
    }
}

/// Whether a ruleset brought a fact along.
fn is_of_a_ruleset(entry: &Entry) -> bool {
    vocabulary().path(entry.path).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_yes_or_no_fact_can_be_asked_in_korean() {
        for (_, entry) in vocabulary().entries().filter(|(_, entry)| entry.kind == Kind::Flag) {
            let asked = whether(entry.meaning.ko);
            assert!(asked.ends_with('지') && !asked.contains('\''), "{}: {asked}", entry.path);
        }
    }
}
