//! What follows from a component's role and place without anybody saying it.

use crate::facts::{Draft, Source, Value};
use crate::text::{Says, says};
use crate::vocabulary::vocabulary;

/// Roles that make up the language core.
const CORE: [&str; 3] = ["text", "embedding", "head"];

/// Adds, where nobody says otherwise: that a part of the language core is one, that what a card lists carries
/// weights, and that a submission without weights is a card. `weights` if a file looks like weights, read or not: what
/// form a submission has whose weights were not read is not known.
pub(super) fn follow(weights: bool, draft: &mut Draft) {
    let component = vocabulary().must_collection("component");
    let (role, core) = (vocabulary().must("component.role"), vocabulary().must("component.core"));
    let (bearing, start) =
        (vocabulary().must("component.weight-bearing"), vocabulary().must("component.initialisation"));
    let kind = vocabulary().entry(role).kind;
    for item in draft.root.children.entry(component).or_default().values_mut() {
        let stated = item.sources.get(&role).and_then(|sources| sources.first()).cloned();
        if let Some(source) = stated.filter(|_| !item.sources.contains_key(&core)) {
            let is_core = CORE.iter().any(|word| source.value == Value::word(kind, word));
            let how = says("역할에서 따라 나온다", "it follows from the role");
            item.add("component.core", following(&source, Value::Flag(is_core), how));
        }
        let listed = item.sources.get(&start).or_else(|| item.sources.get(&role)).and_then(|s| s.first()).cloned();
        if let Some(source) = listed.filter(|source| source.from_card() && !item.sources.contains_key(&bearing)) {
            let how = says("카드는 가중치가 있는 부분을 적는다", "a card lists the parts that carry weights");
            item.add("component.weight-bearing", following(&source, Value::Flag(true), how));
        }
    }
    if !weights {
        form(draft);
    }
}

fn following(source: &Source, value: Value, how: Says) -> Source {
    let mut source = Source { value: Some(value), ..source.clone() };
    source.origin.how = Some(how);
    source
}

/// No weights were handed in, and the card does not say what was.
fn form(draft: &mut Draft) {
    if draft.root.sources.contains_key(&vocabulary().must("model.form")) {
        return;
    }
    let file = draft.inputs.first().map(|input| input.name.clone()).unwrap_or_default();
    let origin = crate::facts::Origin {
        file,
        how: Some(says("제출물에 가중치 파일이 없다", "there is no weights file in what was handed in")),
        ..crate::facts::Origin::default()
    };
    let source = Source::measured(Value::Flag(true), origin);
    draft.root.add_word("model.form", "card", &source);
}
