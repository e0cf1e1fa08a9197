//! The grades of a submission, evaluated again: as whoever made it handed it in, which must come out as it stands
//! there, and in the hands of the one who verifies.

use std::collections::{BTreeMap, BTreeSet};

use super::about::{About, RulesetAbout};
use super::archive::Archive;
use super::lay::Laid;
use super::regrade::{Hands, Regraded, as_handed_in, members, regraded, rules_in};
use super::signatures::Signed;
use super::verify::{Asked, Findings, GradePair, Kind, is_ours};
use crate::explain::story;
use crate::gather::Vouch;
use crate::rules::{RulesetFiles, embedded};
use crate::text::{Diagnostics, Lang, Says, Severity, Untrusted, clean, says};

/// Grades under every ruleset of the submission, twice.
pub(super) fn grades(
    asked: &Asked<'_>,
    about: &About,
    signatures: &[Signed; 2],
    signed: &[(Untrusted, String)],
    known: &BTreeMap<String, String>,
    all: &mut Findings,
) -> Vec<GradePair> {
    let trusted = matches!(signatures[1], Signed::By(_));
    let laid = match Laid::of(asked.archive, about, true) {
        Ok(laid) => laid,
        Err(fault) => {
            let why = fault.says();
            all.add(Kind::Description, "bundle.json", why.ko, why.en);
            return Vec::new();
        }
    };
    // Without the model and without a key nobody has seen the weights but whoever made the submission.
    let bare = if trusted || asked.model.is_some() { None } else { Laid::of(asked.archive, about, false).ok() };
    let mut pairs = Vec::new();
    for ruleset in &about.rulesets {
        let Some(files) = rules_in(asked.archive, ruleset) else {
            all.add(
                Kind::Missing,
                &format!("rules/{}", ruleset.id),
                "규칙 모음이 들어 있지 않다",
                "the ruleset is not there",
            );
            continue;
        };
        ruleset_holds(&files, ruleset, all);
        let (reports, vouched) = as_handed_in(about, laid.root());
        let pass_over: Vec<String> = about.pass_over.iter().map(|name| name.as_str().to_owned()).collect();
        let digests = Some(&laid.digests);
        let first =
            Hands { model: laid.model(), root: laid.root(), reports, vouched, measured: &[], digests, pass_over };
        let handed_in = match regraded(&files, about, ruleset, &first) {
            Ok(it) => it,
            Err(problems) => {
                cannot_be_graded(&ruleset.id, &problems, all);
                continue;
            }
        };
        grade_holds(asked.archive, &ruleset.id, about, &handed_in, all);
        let second = own_hands(asked, about, bare.as_ref().unwrap_or(&laid), signed, known, trusted);
        let verified = match regraded(&files, about, ruleset, &second) {
            Ok(it) => Some(it),
            Err(problems) => {
                cannot_be_graded(&ruleset.id, &problems, all);
                None
            }
        };
        pairs.push(GradePair {
            ruleset: [handed_in.rules.id.clone(), handed_in.rules.version.clone(), handed_in.rules.digest.clone()],
            handed_in: handed_in.shown(),
            verified: verified.as_ref().map(Regraded::shown),
            rests: verified.as_ref().map(rests).unwrap_or_default(),
            set_aside: set_aside(&handed_in),
        });
    }
    pairs
}

/// The evidence in the hands of the one who verifies: what a trusted key signed and what is vouched for; the rest are
/// reports. With the model at hand its own files are read.
fn own_hands<'a>(
    asked: &'a Asked<'a>,
    about: &About,
    place: &'a Laid,
    signed: &[(Untrusted, String)],
    known: &'a BTreeMap<String, String>,
    trusted: bool,
) -> Hands<'a> {
    let root = place.root();
    let (mut reports, mut vouched) = if trusted { as_handed_in(about, root) } else { (Vec::new(), Vec::new()) };
    for evidence in about.evidence.iter().filter(|_| !trusted) {
        let file = root.join(&evidence.file);
        let own = asked.vouched.iter().filter(|(name, _)| *name == evidence.file);
        let own: Vec<Vouch> = own.map(|(_, entry)| Vouch { file: file.clone(), entry: entry.clone() }).collect();
        if signed.iter().any(|(name, _)| *name == *evidence.file) {
            vouched.push(Vouch { file, entry: None });
        } else if own.is_empty() {
            reports.push(file);
        } else {
            vouched.extend(own);
        }
    }
    let pass_over =
        if trusted { about.pass_over.iter().map(|name| name.as_str().to_owned()).collect() } else { Vec::new() };
    Hands {
        model: asked.model.unwrap_or_else(|| place.model()),
        root,
        reports,
        vouched,
        measured: asked.measured,
        // Of a model at hand no digest counts that was only stated.
        digests: Some(if asked.model.is_some() { known } else { &place.digests }),
        pass_over,
    }
}

/// A ruleset is the one that it says it is, and not another under the name of one that everybody has.
fn ruleset_holds(files: &RulesetFiles, about: &RulesetAbout, all: &mut Findings) {
    let digest = files.digest();
    if digest != about.digest.as_str() {
        all.add(
            Kind::Ruleset,
            &about.id,
            format!("규칙의 해시가 설명과 다르다: {digest}"),
            format!("its files have another digest than the description states: {digest}"),
        );
    }
    let Some(own) = embedded().iter().find(|own| own.id == about.id.as_str()) else { return };
    let own = RulesetFiles::embedded(own);
    if own.digest() == digest {
        return;
    }
    let here = crate::rules::load(&own).map(|(rules, _)| rules.version).unwrap_or_default();
    let there = &about.version;
    all.add(
        Kind::Ruleset,
        &about.id,
        format!("이 프로그램에 든 같은 이름의 규칙 모음과 내용이 다르다(제출물 {there}, 여기 {here})"),
        format!("it bears the name of a ruleset of this program and is another one ({there} there, {here} here)"),
    );
}

fn cannot_be_graded(ruleset: &str, problems: &Diagnostics, all: &mut Findings) {
    let first = problems.iter().find(|problem| problem.severity == Severity::Error);
    let why = first.map(|problem| problem.message.clone()).unwrap_or_default();
    all.add(Kind::Grade, ruleset, format!("평가할 수 없다: {}", why.ko), format!("it cannot be graded: {}", why.en));
}

/// The assessments that lie there are those that come out.
fn grade_holds(archive: &Archive, ruleset: &str, about: &About, again: &Regraded, all: &mut Findings) {
    if about.model.id.as_str() != again.dossier.id {
        all.add(
            Kind::Description,
            "bundle.json",
            "모델의 이름이 파일이 말하는 이름이 아니다",
            "the model is not called what its files say",
        );
    }
    let mut told = false;
    for lang in Lang::ALL {
        let written = again.written(lang);
        for (name, text) in members(ruleset, lang).iter().zip(&written) {
            let Some(there) = archive.get(name).filter(|there| *there != text.as_bytes()) else { continue };
            let (before, now) = (summed_up(there), summed_up(text.as_bytes()));
            if before.is_some() && before != now && !told {
                told = true;
                grade_differs(name, before.as_ref(), now.as_ref(), all);
            } else if !told && is_ours(about) {
                let line = odd_line(there, text.as_bytes());
                all.add(
                    Kind::Assessment,
                    name,
                    format!("다시 평가해서 나오는 글과 다르다: {line}번째 줄"),
                    format!("it does not say what comes out: line {line}"),
                );
            }
        }
    }
}

/// The first line that differs.
fn odd_line(a: &[u8], b: &[u8]) -> usize {
    let (mut a, mut b) = (a.split(|c| *c == b'\n'), b.split(|c| *c == b'\n'));
    let mut line = 1;
    while let (Some(left), Some(right)) = (a.next(), b.next()) {
        if left != right {
            break;
        }
        line += 1;
    }
    line
}

/// Largest assessment that is looked into, in bytes. One of 113 criteria has some 400 thousand.
const MAX_ASSESSMENT_BYTES: usize = 8 << 20;

/// What decides of an assessment: the grade, every outcome, the evidence that was read.
fn summed_up(text: &[u8]) -> Option<serde_json::Value> {
    if text.len() > MAX_ASSESSMENT_BYTES {
        return None;
    }
    let whole: serde_json::Value = serde_json::from_slice(text).ok()?;
    let outcomes: Vec<serde_json::Value> = whole["criteria"]
        .as_array()?
        .iter()
        .map(|criterion| serde_json::json!([criterion["id"], criterion["outcome"], criterion["assured"]]))
        .collect();
    let contradictions = whole["contradictions"].as_array().map(Vec::len);
    let inputs = &whole["inputs"];
    Some(
        serde_json::json!({"grade": whole["grade"], "outcomes": outcomes, "against": contradictions, "inputs": inputs}),
    )
}

fn grade_differs(name: &str, before: Option<&serde_json::Value>, now: Option<&serde_json::Value>, all: &mut Findings) {
    let word =
        |it: Option<&serde_json::Value>| it.map(|it| clean(&it["grade"]["assured"].to_string())).unwrap_or_default();
    let (there, here) = (word(before), word(now));
    // Evidence that was read when the grade was made, and is not there any more.
    let names = |it: Option<&serde_json::Value>| -> BTreeSet<String> {
        let list = it.and_then(|it| it["inputs"].as_array().cloned()).unwrap_or_default();
        list.iter().filter_map(|input| input["name"].as_str().map(str::to_owned)).collect()
    };
    for gone in names(before).difference(&names(now)).take(8) {
        all.add(
            Kind::Missing,
            gone,
            "평가할 때 읽은 파일인데 들어 있지 않다",
            "it was read when the grade was made, and it is not there",
        );
    }
    all.add(
        Kind::Grade,
        name,
        format!("적힌 대로 나오지 않는다. 적힌 것 {there}, 다시 평가한 것 {here}"),
        format!("the grade does not come out as it stands there: {there} stands there, {here} comes out"),
    );
}

fn rests(it: &Regraded) -> Vec<Says> {
    let told = Lang::ALL.map(|lang| story(&it.rules, &it.dossier, &it.grading, lang).rests);
    let [ko, en] = told;
    ko.into_iter().zip(en).map(|(ko, en)| says(ko, en)).collect()
}

fn set_aside(it: &Regraded) -> Vec<Says> {
    let told = Lang::ALL.map(|lang| {
        let story = story(&it.rules, &it.dossier, &it.grading, lang);
        story.set_aside.into_iter().map(|aside| format!("{} ({})", aside.text, aside.because)).collect::<Vec<_>>()
    });
    let [ko, en] = told;
    ko.into_iter().zip(en).map(|(ko, en)| says(ko, en)).collect()
}
