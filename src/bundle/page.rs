//! What came of verifying, for people.

use super::signatures::Signed;
use super::verify::{GradePair, Sampled, Verified};
use crate::report::{Canvas, Tone};
use crate::text::{Lang, Says};

/// The page. `file` is the name of the archive.
pub fn verified_page(it: &Verified, file: &str, lang: Lang, canvas: &mut Canvas) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let (tone, word) = if it.passed() {
        (Tone::Good, say("제출물이 온전하다", "the submission holds"))
    } else {
        (Tone::Bad, say("제출물이 온전하지 않다", "the submission does not hold"))
    };
    let headline = canvas.paint(&format!("{file}: {word}"), tone);
    canvas.line(&headline);
    let made = say("만든 프로그램", "made by");
    canvas.paragraph(2, "", &format!("{} {} ({made} {})", say("모델", "model"), it.model, it.program));
    canvas.line(&format!("  sha256 {}", it.sha256));
    if !it.findings.is_empty() {
        canvas.heading(say("맞지 않는 것", "What does not hold"));
        let mark = if canvas.is_plain() { "x " } else { "✗ " };
        for finding in &it.findings {
            canvas.paragraph(2, mark, &format!("`{}`: {}", finding.of, finding.says.get(lang)));
        }
    }
    canvas.heading(say("등급", "Grades"));
    for pair in &it.grades {
        grades(pair, lang, canvas);
    }
    canvas.heading(say("무엇을 확인했는가", "What was checked"));
    for line in checked(it) {
        canvas.paragraph(2, "- ", line.get(lang));
    }
}

fn grades(pair: &GradePair, lang: Lang, canvas: &mut Canvas) {
    let say = |ko: &'static str, en: &'static str| if lang == Lang::Ko { ko } else { en };
    let [id, version, _] = &pair.ruleset;
    let head = canvas.paint(&format!("{id} {version}"), Tone::Heading);
    canvas.line(&format!("  {head}"));
    let verified = pair.verified.as_ref().map_or("-", |grade| grade.get(lang));
    let own = say("여기서 보고 보증한 것만으로", "on what was seen and vouched for here");
    canvas.paragraph(4, "", &format!("{own}: {verified}"));
    for line in &pair.rests {
        canvas.paragraph(6, "", line.get(lang));
    }
    let theirs = say("낸 쪽이 보증한 것까지 치면", "with what whoever made it vouches for");
    canvas.paragraph(4, "", &format!("{theirs}: {}", pair.handed_in.get(lang)));
    for line in &pair.set_aside {
        canvas.paragraph(4, "", &format!("{}: {}", say("제쳐 둔 증거", "set aside"), line.get(lang)));
    }
}

/// What was checked and what was not, a sentence each.
fn checked(it: &Verified) -> Vec<Says> {
    let [model, contents] = &it.signatures;
    let mut lines = vec![
        signature(contents, &says("제출물 전체의 서명", "signature over the submission")),
        signature(model, &says("모델 파일의 서명", "signature over the model's files")),
    ];
    for (file, key) in &it.evidence_signed {
        lines.push(says(
            format!("증거 `{file}`: 건네받은 열쇠 {key}의 서명이 맞다"),
            format!("evidence `{file}`: signed by the key {key} that was handed in"),
        ));
    }
    lines.push(match &it.compared {
        None => says(
            "모델은 대조하지 않았다. `--model 디렉터리`를 주면 파일을 모두 대조한다",
            "the model was not compared; with `--model DIR` all of its files are",
        ),
        Some(compared) => weights(compared),
    });
    if !it.agreed.is_empty() {
        let names = it.agreed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        lines.push(says(
            format!("다시 측정해서 마지막 자리까지 같게 나왔다: {names}"),
            format!("measured again, and the same to the last digit: {names}"),
        ));
    }
    for name in &it.others {
        lines.push(says(
            format!("`{name}`: 제출물이 측정한 것과 다른 가중치여서 맞추어 보지 않았다"),
            format!("`{name}`: other weights lie here than the submission measured; nothing was compared"),
        ));
    }
    lines
}

fn says(ko: impl std::fmt::Display, en: impl std::fmt::Display) -> Says {
    crate::text::says(ko, en)
}

fn signature(state: &Signed, of: &Says) -> Says {
    let (ko, en) = match state {
        Signed::Not => (
            "없다. 누가 냈는지 이 파일만으로는 알 수 없다".to_owned(),
            "none: the file alone does not show who made it".to_owned(),
        ),
        Signed::Unchecked => (
            "있으나 확인할 열쇠를 받지 않았다(`--trust 열쇠`)".to_owned(),
            "there is one, and no key to check it was handed in (`--trust KEY`)".to_owned(),
        ),
        Signed::By(key) => {
            (format!("건네받은 열쇠 {key}의 서명이 맞다"), format!("by the key {key} that was handed in"))
        }
        Signed::ByNoneOfThese => {
            ("건네받은 열쇠의 서명이 아니다".to_owned(), "by none of the keys that were handed in".to_owned())
        }
        Signed::Broken(why) => (why.ko.clone(), why.en.clone()),
    };
    says(format!("{}: {ko}", of.ko), format!("{}: {en}", of.en))
}

fn weights(compared: &Sampled) -> Says {
    let Sampled { read, of, sees_one_in_hundred } = compared;
    if read == of {
        return says("모델의 모든 파일을 끝까지 읽고 대조했다", "every file of the model was read whole and compared");
    }
    let percent = (sees_one_in_hundred * 1000.0).floor() / 10.0;
    says(
        format!(
            "모델의 가중치는 {of}구간 가운데 {read}구간을 읽고 대조했다. 100구간에 하나가 바뀌었다면 {percent} % 확률로 보였을 것이다"
        ),
        format!(
            "of the model's weights {read} of {of} blocks were read and compared; a change of one block in a hundred \
            would have been seen with a chance of {percent} %"
        ),
    )
}
