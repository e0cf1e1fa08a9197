//! Which changes were looked for, class by class, with the least that would have been found; and which were not.

use super::super::canvas::Canvas;
use super::sentence::{part_name, percent, say, word};
use crate::evidence::{ComponentEvidence, EvidenceFile, LinkEvidence, LookedFor, Planted, Relation};
use crate::text::Lang;

/// Kinds of looks, and reasons why shapes exclude a class: the word of the file, Korean, English.
const BY: &[(&str, &str, &str)] = &[
    ("place", "제자리 비교", "places and names"),
    ("tokens", "같은 토큰에 대한 반응", "responses to the same tokens"),
    ("within", "층 안의 짝짓기", "units within a layer"),
    ("virtual", "단위 사이의 가상 가중치", "virtual weights between units"),
    ("virtual-split", "단위 사이의 가상 가중치", "virtual weights between units"),
    ("agreement", "두 짝짓기의 일치", "agreement of two matchings"),
    ("f1", "채널의 부호와 자리", "signs and places of channels"),
    ("f1-rows", "다른 자리에서 찾은 행", "rows found in other places"),
    ("held-out-rows", "행의 절반으로 맞춘 기저", "a basis that half of the rows tell"),
    ("other-parts", "헤드와 피드포워드의 모양이 모두 다르다", "heads and feed-forward parts are of other shapes"),
    ("other-feed-forward", "피드포워드의 종류가 다르다", "the feed-forward parts are of another make"),
    ("gram", "그람 행렬", "Gram matrices"),
    ("equal", "같은 수", "equal numbers"),
    ("other-width", "폭이 다르다", "the widths differ"),
    ("same-width", "폭이 같다", "the widths are the same"),
    ("no-units", "순서를 바꿀 단위가 없다", "there are no units to reorder"),
    ("no-gate", "게이트가 없다", "there is no gate"),
    ("no-row-in-common", "함께 가진 행이 없다", "there is no row in common"),
];

fn by(text: &str, lang: Lang) -> &str {
    BY.iter().find(|(id, ..)| *id == text).map_or(text, |(_, ko, en)| say(lang, ko, en))
}

/// The classes that were looked for, a line a class and component, where any reference was measured.
pub(super) fn looked_for(evidence: &EvidenceFile, lang: Lang, canvas: &mut Canvas) {
    let says_something = |link: &&LinkEvidence| {
        let stated = link.components.iter().any(|component| !component.looked_for.is_empty());
        link.source.is_none() && (stated || link.relation != Relation::Shared)
    };
    let measured: Vec<_> = evidence.links.iter().filter(says_something).collect();
    if measured.is_empty() {
        return;
    }
    canvas.heading(say(lang, "무엇을 찾아보았는가", "What was looked for"));
    let several = measured.len() > 1;
    for link in measured {
        if several {
            canvas.paragraph(2, "", &link.reference.id);
        }
        let looked: Vec<&ComponentEvidence> =
            link.components.iter().filter(|component| !component.looked_for.is_empty()).collect();
        if looked.is_empty() {
            canvas.paragraph(
                if several { 4 } else { 2 },
                "- ",
                say(lang, "어떤 변경을 찾아보았는지 적혀 있지 않다.", "Which changes were looked for is not stated."),
            );
        }
        for component in looked {
            let name = part_name(&component.id, lang);
            for line in lines(&component.looked_for, lang) {
                canvas.paragraph(if several { 4 } else { 2 }, "- ", &format!("{name}, {line}"));
            }
        }
    }
}

/// Classes of which the same is to be said stand in one line.
fn lines(classes: &[LookedFor], lang: Lang) -> Vec<String> {
    let mut groups: Vec<Vec<&LookedFor>> = Vec::new();
    for class in classes {
        let alike = |group: &&mut Vec<&LookedFor>| {
            let of = |one: &LookedFor| LookedFor { change: class.change, ..one.clone() };
            of(group[0]) == of(class)
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(class),
            None => groups.push(vec![class]),
        }
    }
    groups.iter().map(|group| class_line(group, lang)).collect()
}

fn class_line(group: &[&LookedFor], lang: Lang) -> String {
    let class = group[0];
    let names: Vec<String> = group.iter().map(|class| word("link.looked-for", class.change.word(), lang)).collect();
    let name = names.join("; ");
    let vocabulary = match (class.with_new_vocabulary, lang) {
        (false, _) => "",
        (true, Lang::Ko) => ", 어휘가 바뀌어도",
        (true, Lang::En) => ", with a new vocabulary too",
    };
    let by = by(&class.by, lang);
    match class.planted {
        Planted::CannotBe => match lang {
            Lang::Ko => format!("{name}: 있을 수 없다({by})."),
            Lang::En => format!("{name}: cannot be ({by})."),
        },
        Planted::Missed => match lang {
            Lang::Ko => format!("{name}: 심어 본 것을 찾지 못했으므로 찾아본 것으로 치지 않는다({by})."),
            Lang::En => format!("{name}: what was planted was not found, so it does not count as looked for ({by})."),
        },
        Planted::Found => {
            let least = least(class, lang);
            match lang {
                Lang::Ko => format!("{name}{vocabulary}: {least}찾았을 것이다({by})."),
                Lang::En => format!("{name}{vocabulary}: would have been found{least} ({by})."),
            }
        }
    }
}

/// From which correlation on, and in how many of the layers at least.
fn least(class: &LookedFor, lang: Lang) -> String {
    let share = class.least_share.map(percent);
    match (class.least_correlation, share, lang) {
        (Some(rho), Some(share), Lang::Ko) => format!("상관 {rho:.3} 이상으로 층의 {share} % 이상을 공유했다면 "),
        (Some(rho), Some(share), Lang::En) => {
            format!(" from a correlation of {rho:.3} in {share} % of the layers or more")
        }
        (Some(rho), None, Lang::Ko) => format!("상관 {rho:.3} 이상으로 공유했다면 "),
        (Some(rho), None, Lang::En) => format!(" from a correlation of {rho:.3}"),
        (None, ..) => String::new(),
    }
}

/// The classes that were not looked for and why, one line each.
pub(super) fn not_looked_for(evidence: &EvidenceFile, lang: Lang) -> Vec<String> {
    let several = evidence.links.len() > 1;
    let mut lines: Vec<String> = Vec::new();
    if evidence.run.as_ref().is_some_and(|run| run.settings.quick) {
        lines.push(
            say(
                lang,
                "표본만 읽은 측정(`--quick`)이다: 위에 적히지 않은 변경은 찾아보지 않았다",
                "Only a sample was read (`--quick`): changes that are not listed above were not looked for",
            )
            .to_owned(),
        );
    }
    for link in &evidence.links {
        for component in &link.components {
            let name = part_name(&component.id, lang);
            for class in &component.not_looked_for {
                let change = word("link.looked-for", class.change.word(), lang);
                let of = if several { format!(" ({})", link.reference.id) } else { String::new() };
                lines.push(format!("{name}, {change}{of}: {}", class.why.get(lang)));
            }
        }
    }
    for file in evidence.subject.files.iter().filter(|file| !file.read) {
        let why = file.why.as_ref().map_or_else(String::new, |why| format!(": {}", why.get(lang)));
        lines.push(match lang {
            Lang::Ko => format!("읽지 않은 가중치 파일 `{}`{why}", file.name),
            Lang::En => format!("The weights file `{}`, which was not read{why}", file.name),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{ChangeClass, LinkEvidence, NotLookedFor, RunRecord, Settings};

    fn evidence() -> EvidenceFile {
        let class = |change, planted, by: &str| LookedFor {
            change,
            with_new_vocabulary: planted == Planted::Found,
            least_correlation: (planted != Planted::CannotBe).then_some(0.03),
            least_share: Some(0.05),
            planted,
            by: by.to_owned(),
        };
        let component = ComponentEvidence {
            id: "text".to_owned(),
            looked_for: vec![
                class(ChangeClass::ChannelsRotated, Planted::Found, "within"),
                class(ChangeClass::UnitsReordered, Planted::Missed, "tokens"),
                class(ChangeClass::ChannelsCutOrAdded, Planted::CannotBe, "same-width"),
            ],
            not_looked_for: vec![NotLookedFor {
                change: ChangeClass::Distilled,
                why: crate::text::says("가중치에 남지 않는다", "it leaves nothing in weights").into(),
            }],
            ..ComponentEvidence::default()
        };
        let settings = Settings { quick: true, passed_over: Vec::new() };
        EvidenceFile {
            run: Some(RunRecord { settings, ..RunRecord::default() }),
            links: vec![LinkEvidence { components: vec![component], ..LinkEvidence::default() }],
            ..EvidenceFile::default()
        }
    }

    #[test]
    fn every_class_is_told_and_no_word_of_the_file_shows() {
        for (lang, wanted) in [
            (Lang::En, ["0.030 in 5.0 % of the layers", "does not count", "cannot be (the widths are the same)"]),
            (Lang::Ko, ["상관 0.030 이상으로 층의 5.0 % 이상", "치지 않는다", "있을 수 없다(폭이 같다)"]),
        ] {
            let mut canvas = Canvas::new(400, false, false);
            looked_for(&evidence(), lang, &mut canvas);
            let page = canvas.finish();
            for part in wanted {
                assert!(page.contains(part), "{part}: {page}");
            }
            let rest = not_looked_for(&evidence(), lang).join("\n");
            assert!(rest.contains("--quick") && rest.lines().count() == 2, "{rest}");
            for class in ChangeClass::ALL {
                let hyphened = class.word().contains('-');
                assert!(!hyphened || !format!("{page}{rest}").contains(class.word()), "{}", class.word());
            }
        }
    }
}
