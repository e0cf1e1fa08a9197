//! The provisions of a ruleset in words: what a criterion, a definition or a step of the scale says in one language,
//! part by part. The published page is made of these, and so is the table of amendments.

use super::page::{Item, Span, criterion_name, inline, item_of, plain};
use crate::explain::Voice;
use crate::rules::{Choice, Citation, Criterion, LocalText, Reading, Ruleset, Term};
use crate::text::Lang;
use crate::vocabulary::vocabulary;

/// One part of a provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clauses {
    /// What it is called.
    pub label: &'static str,
    /// What it says.
    pub items: Vec<Item>,
}

/// Reads provisions in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Provisions<'r> {
    pub(super) rules: &'r Ruleset,
    pub(super) lang: Lang,
}

impl Provisions<'_> {
    pub(super) fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Ko { ko } else { en }
    }

    pub(super) fn get<'t>(&self, text: &'t LocalText) -> &'t str {
        text.get(self.lang)
    }

    pub(super) fn voice(&self) -> Voice {
        Voice { lang: self.lang, home: self.rules.home }
    }

    fn text(&self, label: &'static str, text: &LocalText) -> Option<Clauses> {
        let text = self.get(text);
        (!text.is_empty()).then(|| Clauses { label, items: vec![Item::of(inline(text))] })
    }

    /// A criterion: the question, what must hold, and all that stands beside it.
    pub(super) fn criterion(&self, criterion: &Criterion) -> Vec<Clauses> {
        let test = |node| vec![item_of(&self.voice().clause(self.rules, node, None), self.rules, self.voice())];
        let remedy = &criterion.remedy;
        let advice = |label, text: &Option<LocalText>| text.as_ref().and_then(|text| self.text(label, text));
        let parts = [
            self.text(self.say("물음", "Question"), &criterion.question),
            criterion.applies.map(|node| Clauses { label: self.say("적용 대상", "Applies if"), items: test(node) }),
            Some(Clauses { label: self.say("충족 조건", "Met if"), items: test(criterion.test) }),
            Some(Clauses {
                label: self.say("필요한 확인 수준", "Assurance it needs"),
                items: vec![Item::of(vec![Span::Link(
                    criterion.needs.says().get(self.lang).to_owned(),
                    "assurance".to_owned(),
                )])],
            }),
            self.text(self.say("까닭", "Why"), &criterion.rationale),
            (!criterion.cites.is_empty()).then(|| Clauses {
                label: self.say("근거", "Where the standard says so"),
                items: self.cites(&criterion.cites),
            }),
            advice(self.say("해당하지 않을 때", "Where it does not apply"), &criterion.not_applicable),
            advice(self.say("증거를 내려면", "Evidence that would do"), &remedy.evidence),
            advice(self.say("밝히려면", "What to declare"), &remedy.declare),
            advice(self.say("바꾸려면", "What to change"), &remedy.change),
        ];
        parts.into_iter().flatten().collect()
    }

    /// Every document that is cited, with its address where the ruleset gives one, and the passages.
    fn cites(&self, cites: &[Citation]) -> Vec<Item> {
        let mut sources: Vec<&str> = cites.iter().map(|cite| cite.source.as_str()).collect();
        let mut seen = std::collections::HashSet::new();
        sources.retain(|source| seen.insert(*source));
        let each = sources.into_iter().map(|source| {
            let document = self.rules.document(source);
            let title = document.map_or(source, |document| document.title.as_str());
            let mut spans = match document.and_then(|document| document.url.as_ref()) {
                Some(url) => vec![Span::Address(title.to_owned(), url.clone())],
                None => plain(title),
            };
            let passages = cites.iter().filter(|cite| cite.source == source).filter_map(|cite| cite.at.as_deref());
            let passages = passages.collect::<Vec<_>>().join("; ");
            if !passages.is_empty() {
                spans.push(Span::Plain(format!(": {passages}")));
            }
            Item::of(spans)
        });
        each.collect()
    }

    /// A definition: what it means, of what it speaks, and when it applies. The words of a test stand in the tests that
    /// use it; a term that none uses has its meaning alone.
    pub(super) fn term(&self, at: usize, term: &Term) -> Vec<Clauses> {
        let collection = term.scope.as_deref().and_then(|name| vocabulary().collection(name));
        let scope = collection.map(|id| {
            let label = vocabulary().collection_of(id).label;
            Clauses { label: self.say("대상", "Speaks of"), items: vec![Item::of(plain(self.voice().pick(label)))] }
        });
        let node = self.rules.expr.term(at);
        let test = node.map(|node| Clauses {
            label: self.say("조건", "Applies if"),
            items: vec![item_of(&self.voice().clause(self.rules, node, collection), self.rules, self.voice())],
        });
        let parts = [self.text(self.say("뜻", "Meaning"), &term.meaning), scope, test];
        parts.into_iter().flatten().collect()
    }

    /// A reading: what is open, and every option with its reason, the default marked.
    pub(super) fn reading(&self, reading: &Reading) -> Vec<Clauses> {
        let options = reading.options.iter().enumerate().map(|(at, option)| {
            let default = if at == reading.default { self.say("(기본)", " (default)") } else { "" };
            Item::of(vec![
                Span::Strong(format!("{}{default}. ", self.get(&option.title))),
                Span::Plain(format!("{} ", self.get(&option.because))),
                Span::Code(option.id.clone()),
            ])
        });
        let settles = (!reading.settles.is_empty()).then(|| Clauses {
            label: self.say("푸는 대목", "Settles"),
            items: vec![Item::of(plain(reading.settles.join(", ")))],
        });
        let options = Clauses { label: self.say("선택지", "Options"), items: options.collect() };
        [settles, Some(options)].into_iter().flatten().collect()
    }

    /// Criteria by their numbers and titles.
    pub(super) fn links(&self, list: &[usize], number: impl Fn(usize) -> usize) -> Vec<Span> {
        let mut spans = Vec::new();
        for at in list {
            if !spans.is_empty() {
                spans.push(Span::Break);
            }
            let criterion = &self.rules.criteria[*at];
            let text = format!("{}. {}", number(*at), self.get(&criterion.title));
            spans.push(Span::Link(text, criterion_name(&criterion.id)));
        }
        if spans.is_empty() { plain("–") } else { spans }
    }

    /// A weight that a reading may decide.
    pub(super) fn weight(&self, weight: &Choice<f64>) -> String {
        match weight {
            Choice::Fixed(weight) => format!("{weight} %"),
            Choice::Read(reading, weights) => {
                let options = self.rules.readings[*reading].options.iter().zip(weights);
                let each = options.map(|(option, weight)| format!("{weight} % ({})", self.get(&option.title)));
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }
}
