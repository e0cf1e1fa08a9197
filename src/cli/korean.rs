//! The help texts in Korean. The English ones stand beside the arguments; a test holds that none is missing here.

use clap::Command;

use crate::text::Lang;

/// Command path and argument (empty for the command itself) with the Korean text.
const TEXTS: &[(&str, &str, &str)] = &[
    ("", "", "실행할 수 있는 주권 기준으로 AI 모델의 등급을 매기고 그 까닭을 말한다."),
    ("", "lang", "출력 언어: ko 또는 en"),
    ("", "color", "색을 쓸 때"),
    ("", "plain", "색 없이 ASCII 글자로만 그린다"),
    ("grade", "", "모델의 등급을 매긴다: 디렉터리, 카드, 서비스 설명"),
    ("grade", "models", "모델 디렉터리, 머리말이 있는 README, sovereignty.yaml"),
    ("grade", "rules", "규칙 모음: 내장된 것의 이름 또는 폴더. 등급을 매길 때는 여럿을 적을 수 있다"),
    ("grade", "readings", "해석의 선택지를 고른다 (여러 번 쓸 수 있다)"),
    ("grade", "profile", "이름을 붙인 해석 묶음을 고른다. 따로 고른 해석이 앞선다"),
    ("grade", "home", "자국으로 볼 국가, 예: KR"),
    ("grade", "as_of", "등급의 기준일, 예: 2026-01-15"),
    ("grade", "evidence", "모델에 관한, 아무도 보증하지 않는 증거 파일: 남의 보고 (여러 번 쓸 수 있다)"),
    ("grade", "vouch", "직접 보증하는 증거 파일, 또는 그 안의 항목 하나 (여러 번 쓸 수 있다)"),
    ("grade", "trust", "서명이 증거를 보증하는 공개 열쇠. 서명은 증거 파일 옆의 파일.sig이다 (여러 번 쓸 수 있다)"),
    ("grade", "pass_over", "살피지 않아도 되는 모델의 가중치 파일 (여러 번 쓸 수 있다)"),
    ("grade", "id", "모델의 이름, 예: org/name"),
    ("grade", "against", "가중치를 이 대조 모델들과 견주고, 알아낸 것을 판정에 쓴다. 이름을 함께 적을 수 있다"),
    ("grade", "next", "더 높은 단계마다 필요한 일을 쉬운 것부터 보인다"),
    ("grade", "verbose", "까닭을 모두, 기준마다 물음과 규칙의 줄과 함께 보인다"),
    ("grade", "brief", "끝줄이 등급인 짧은 보고서를 보인다"),
    (
        "grade",
        "require",
        "이 단계에 이르지 못하면 1로 끝난다: 확인된 등급의 단계, 또는 관점:단계. 규칙 모음이 여럿이면 규칙=을 앞에 둔다",
    ),
    ("grade", "facts", "읽은 사실을 모두, 어디에 있는지, 무엇을 세고 무엇을 읽지 않았는지와 함께 보인다"),
    ("grade", "what_if", "해석의 조합과 문턱에 따라 등급이 어떻게 달라지는지 보인다"),
    ("grade", "sort", "모델이 많을 때 이 열로 줄을 세운다"),
    (
        "grade",
        "formats",
        "보고서 형식과 쓸 파일 (여러 번 쓸 수 있다): human, json, jsonl, markdown, csv, sarif, cyclonedx",
    ),
    ("facts", "", "모델에서 읽은 사실을 모두 그 자리와 함께 보인다. 또는 규칙이 물을 수 있는 사실을 찾는다"),
    ("facts", "models", "모델 디렉터리, 머리말이 있는 README, sovereignty.yaml. 또는 사실의 이름이나 뜻에서 찾을 낱말"),
    ("facts", "rules", "자신의 사실도 읽고 찾을 규칙 모음: 내장된 것의 이름 또는 폴더"),
    ("facts", "evidence", "모델에 관한 증거 파일 (여러 번 쓸 수 있다)"),
    ("facts", "formats", "결과의 형식과 쓸 파일 (여러 번 쓸 수 있다): human, json"),
    ("explain", "", "기준 하나를, 모델이 그 기준에 어떠한지를, 사실을, 또는 진단을 설명한다"),
    ("explain", "criterion", "기준의 식별자, 사실의 경로, 또는 진단의 번호"),
    ("explain", "model", "답을 구할 모델"),
    ("explain", "rules", "규칙 모음: 내장된 것의 이름 또는 폴더. 등급을 매길 때는 여럿을 적을 수 있다"),
    ("explain", "readings", "해석의 선택지를 고른다 (여러 번 쓸 수 있다)"),
    ("explain", "profile", "이름을 붙인 해석 묶음을 고른다. 따로 고른 해석이 앞선다"),
    ("explain", "home", "자국으로 볼 국가, 예: KR"),
    ("explain", "as_of", "등급의 기준일, 예: 2026-01-15"),
    ("explain", "evidence", "모델에 관한, 아무도 보증하지 않는 증거 파일: 남의 보고 (여러 번 쓸 수 있다)"),
    ("explain", "vouch", "직접 보증하는 증거 파일, 또는 그 안의 항목 하나 (여러 번 쓸 수 있다)"),
    ("explain", "trust", "서명이 증거를 보증하는 공개 열쇠. 서명은 증거 파일 옆의 파일.sig이다 (여러 번 쓸 수 있다)"),
    ("explain", "pass_over", "살피지 않아도 되는 모델의 가중치 파일 (여러 번 쓸 수 있다)"),
    ("explain", "id", "모델의 이름, 예: org/name"),
    ("card", "", "모델의 카드를 시작하고, 빠진 것을 묻고, 검사한다"),
    ("card new", "", "모델의 파일이 말하는 것을 채우고, 규칙 모음이 알고자 하는 것을 묻는다"),
    ("card new", "model", "모델 디렉터리, 머리말이 있는 README, sovereignty.yaml"),
    ("card new", "rules", "물음을 가져올 규칙 모음: 내장된 것의 이름 또는 폴더 (여러 번 쓸 수 있다)"),
    ("card new", "id", "모델의 이름, 예: org/name"),
    ("card new", "write", "모델의 파일에 카드를 적는다: README.md의 머리말, 또는 sovereignty.yaml"),
    ("card new", "output", "카드가 든 파일을 여기에 대신 적는다"),
    ("card new", "interview", "물음을 하나씩 묻고 답을 카드에 적는다"),
    ("card check", "", "모델의 머리말과 카드를 검사해 잘못을 한꺼번에 모두 보인다"),
    ("card check", "model", "모델 디렉터리, 머리말이 있는 README, sovereignty.yaml"),
    ("card check", "rules", "답하지 않은 물음을 알릴 규칙 모음: 내장된 것의 이름 또는 폴더 (여러 번 쓸 수 있다)"),
    ("card check", "fix", "바른 꼴이 하나뿐인 것을 고치고 다시 검사한다"),
    ("card check", "severity", "종료 코드를 1로 만드는 가장 낮은 심각도"),
    ("card check", "formats", "결과의 형식과 쓸 파일 (여러 번 쓸 수 있다): human, json, sarif, junit, github"),
    ("rules", "", "규칙 모음을 쓰고 검사하고 시험하고 견주고 펴낸다"),
    ("rules list", "", "내장된 규칙 모음을 보인다"),
    ("rules check", "", "규칙 모음을 검사해 잘못을 모두 보인다"),
    ("rules check", "rulesets", "내장된 규칙 모음의 이름 또는 폴더"),
    ("rules check", "models", "기준마다 무언가를 갈라야 할 모델"),
    ("rules check", "severity", "종료 코드를 1로 만드는 가장 낮은 심각도"),
    ("rules test", "", "규칙 모음의 사례를 돌린다"),
    ("rules test", "rulesets", "내장된 규칙 모음의 이름 또는 폴더"),
    ("rules test", "only", "이름에 이 글이 든 사례만 돌린다. *는 아무 글이나 뜻한다"),
    ("rules test", "coverage", "사례가 밝힌 판정과, 결과를 정한 적 없는 마디를 보인다"),
    ("rules test", "mutate", "작은 잘못을 일부러 넣어 보고, 어느 사례도 잡지 못한 것을 보인다"),
    ("rules test", "accept", "다르게 나온 사례에 나온 결과를 이 까닭과 함께 적는다"),
    ("rules test", "watch", "규칙 모음의 파일을 저장할 때마다 다시 돌린다. Ctrl-C로 끝낸다"),
    ("rules test", "formats", "결과의 형식과 쓸 파일 (여러 번 쓸 수 있다): human, json, junit"),
    ("rules diff", "", "두 규칙 모음 사이에 바뀐 것과 등급이 달라지는 모델을 보인다"),
    ("rules diff", "old", "옛 규칙 모음: 내장된 것의 이름, 폴더, git의 판:폴더"),
    ("rules diff", "new", "새 규칙 모음"),
    ("rules diff", "models", "두 규칙으로 채점할 모델"),
    ("rules diff", "readings", "해석의 선택지를, 그 해석이 있는 쪽마다 고른다 (여러 번 쓸 수 있다)"),
    ("rules diff", "profile", "이름을 붙인 해석 묶음을 고른다. 따로 고른 해석이 앞선다"),
    ("rules diff", "home", "자국으로 볼 국가, 예: KR"),
    ("rules diff", "evidence", "모델에 관한 증거 파일 (여러 번 쓸 수 있다)"),
    ("rules diff", "formats", "결과의 형식과 쓸 파일 (여러 번 쓸 수 있다): human, markdown, html, json"),
    ("rules new", "", "새 규칙 모음을 만들거나 기준을 더한다"),
    ("rules new", "folder", "규칙 모음의 폴더. --criterion과 함께 쓰면 기준을 더할 폴더"),
    ("rules new", "criterion", "이 식별자의 기준을 사례와 함께 더한다"),
    ("rules doc", "", "규칙 모음을 문서 한 쪽으로 펴낸다"),
    ("rules doc", "ruleset", "내장된 규칙 모음의 이름 또는 폴더"),
    ("rules doc", "side_by_side", "한국어와 영어를 나란히 둔다"),
    ("rules doc", "formats", "문서의 형식과 쓸 파일 (여러 번 쓸 수 있다): markdown, html"),
    ("import", "", "다른 곳에서 모델을 설명한 파일을 카드로 바꾼다"),
    ("import", "format", "파일의 형식"),
    ("import", "files", "읽을 파일"),
    ("import", "out", "파일마다 카드를 쓸 폴더. 없으면 파일 하나를 표준 출력에 쓴다"),
    ("import", "force", "이미 있는 카드도 덮어쓴다"),
    ("measure", "", "모델이 다른 모델과 가중치를 공유하는지 잰다"),
    ("measure", "model", "safetensors 가중치가 있는 모델 디렉터리 또는 스케치"),
    ("measure", "against", "견줄 대조 모델의 디렉터리 또는 스케치"),
    (
        "measure",
        "claims",
        "카드, 모델, CycloneDX 파일이 적은 계보의 주장을 가중치에 견준다. 반박된 것이 하나라도 있으면 1로 끝난다",
    ),
    ("measure", "pass_over", "살피지 않아도 되는 모델의 가중치 파일. 증거에 그렇게 적힌다 (여러 번 쓸 수 있다)"),
    ("measure", "trail", "초기 가중치에서 이 모델까지의 경로라고 하는 체크포인트, 처음 것부터. 그 경로를 시험한다"),
    ("measure", "assessor", "경로를 시험하고 그 결과를 책임지는 평가 기관"),
    ("measure", "record", "평가 기관의 기록 번호"),
    ("measure", "on", "평가 기관이 시험한 날, 예: 2026-01-15"),
    ("measure", "control", "모두와 남남으로 알려진 모델: 하나라도 울리면 아무것도 판단하지 않는다"),
    (
        "measure",
        "quick",
        "정해진 계획대로 작은 표본만 읽어 크기와 상관없이 몇 초에 끝낸다. --digest가 없으면 해시도 뺀다",
    ),
    ("measure", "digest", "--quick이라도 파일의 해시를 구한다"),
    ("measure", "verbose", "모든 검정의 수치를 보인다"),
    ("measure", "no_digest", "SHA-256 해시를 뺀다. 증거에 그렇게 적힌다"),
    ("measure", "map", "파일 전체를 읽는 대신 메모리에 매핑한다. 그동안 누가 파일을 줄이면 프로그램이 끝날 수 있다"),
    ("measure", "output", "증거 파일을 쓴다"),
    ("measure", "shard", "전체의 예산 안에서 대조 모델의 한 부분과만 견준다, 예: 2/8"),
    ("measure", "resume", "끝난 것을 이 폴더에 남기고, 남은 것이 있으면 거기서 이어 간다"),
    ("measure", "progress", "터미널이 아니어도 진행 상황을 표준 오류에 보인다"),
    ("measure", "json", "증거를 JSON으로 출력한다. --claims를 주면 주장마다 어떻게 되었는지를 출력한다"),
    ("merge", "", "나누어 잰 측정을 하나로 합친다"),
    ("merge", "files", "모든 부분의 증거 파일, 순서는 상관없다"),
    ("merge", "output", "쓸 증거 파일"),
    ("sketch", "", "모델에서 검정에 필요한 것만 작은 파일에 담는다"),
    ("sketch", "model", "safetensors 가중치가 있는 모델 디렉터리"),
    ("sketch", "output", "쓸 파일"),
    ("sketch", "no_digest", "SHA-256 해시를 뺀다. 그러면 스케치가 어느 파일에도 묶이지 않는다"),
    ("sketch", "progress", "터미널이 아니어도 진행 상황을 표준 오류에 보인다"),
    ("screen", "", "모델이나 스케치를 폴더의 모든 스케치와 견준다"),
    ("screen", "model", "safetensors 가중치가 있는 모델 디렉터리 또는 스케치"),
    ("screen", "registry", "스케치가 든 폴더"),
    ("screen", "output", "끝까지 살핀 관계를 증거 파일로 쓴다"),
    ("screen", "no_digest", "SHA-256 해시를 뺀다. 증거에 그렇게 적힌다"),
    ("screen", "progress", "터미널이 아니어도 진행 상황을 표준 오류에 보인다"),
    ("screen", "json", "결과를 JSON으로 출력한다"),
    ("bundle", "", "모델의 제출물을 만든다: 카드, 증거, 규칙, 등급을 한 파일에 담는다. 가중치는 담지 않는다"),
    ("bundle", "model", "모델 디렉터리, 머리말이 있는 README, sovereignty.yaml"),
    ("bundle", "rules", "규칙 모음: 내장된 것의 이름 또는 폴더. 등급을 매길 때는 여럿을 적을 수 있다"),
    ("bundle", "readings", "해석의 선택지를 고른다 (여러 번 쓸 수 있다)"),
    ("bundle", "profile", "이름을 붙인 해석 묶음을 고른다. 따로 고른 해석이 앞선다"),
    ("bundle", "home", "자국으로 볼 국가, 예: KR"),
    ("bundle", "as_of", "등급의 기준일, 예: 2026-01-15"),
    ("bundle", "evidence", "모델에 관한, 아무도 보증하지 않는 증거 파일: 남의 보고 (여러 번 쓸 수 있다)"),
    ("bundle", "vouch", "직접 보증하는 증거 파일, 또는 그 안의 항목 하나 (여러 번 쓸 수 있다)"),
    ("bundle", "trust", "서명이 증거를 보증하는 공개 열쇠. 서명은 증거 파일 옆의 파일.sig이다 (여러 번 쓸 수 있다)"),
    ("bundle", "pass_over", "살피지 않아도 되는 모델의 가중치 파일 (여러 번 쓸 수 있다)"),
    ("bundle", "id", "모델의 이름, 예: org/name"),
    ("bundle", "against", "가중치를 이 대조 모델들과 견주고, 알아낸 것을 함께 담는다"),
    ("bundle", "sign", "서명할 개인 열쇠(PEM): P-256 ECDSA 또는 Ed25519"),
    ("bundle", "earlier", "같은 모델의 지난 제출물. 그 뒤로 손대지 않은 가중치 파일의 해시는 다시 구하지 않는다"),
    ("bundle", "output", "쓸 파일"),
    ("bundle", "progress", "터미널이 아니어도 진행 상황을 표준 오류에 보인다"),
    ("verify", "", "제출물을 확인한다: 모든 해시, 등급, 그리고 모델이 있으면 모델까지"),
    ("verify", "file", "확인할 제출물"),
    ("verify", "model", "모든 파일을 대조하고 가중치를 읽을 모델"),
    ("verify", "against", "모델을 이 대조 모델들과 견주어 제출물이 말하는 것과 맞추어 본다"),
    ("verify", "trust", "믿는 공개 열쇠(PEM) (여러 번 쓸 수 있다)"),
    ("verify", "vouch", "직접 보증하는 제출물 속 증거의 이름, 또는 그 안의 항목 하나 (여러 번 쓸 수 있다)"),
    ("verify", "blocks", "가중치에서 씨앗으로 뽑은 구간을 이만큼만 읽는다"),
    ("verify", "seed", "구간을 뽑는 씨앗. 제출물을 받은 뒤에 고른다"),
    ("verify", "earlier", "같은 모델을 지난번에 확인한 결과. 그 뒤로 손대지 않은 가중치 파일은 일부만 읽는다"),
    ("verify", "output", "결과를 서명할 수 있는 in-toto 진술로 쓴다"),
    ("verify", "verifier", "결과에 적을, 확인하는 쪽의 주소"),
    ("verify", "on", "결과에 적을 확인한 날, 예: 2026-01-15"),
    ("verify", "formats", "보고서 형식과 쓸 파일 (여러 번 쓸 수 있다): human, json"),
    ("verify", "progress", "터미널이 아니어도 진행 상황을 표준 오류에 보인다"),
    ("sign", "", "파일에 서명한다. 그 열쇠를 믿는 사람은 그 파일을 셈에 넣을 수 있다"),
    ("sign", "file", "서명할 파일: 증거, 또는 확인한 결과"),
    ("sign", "key", "개인 열쇠(PEM): P-256 ECDSA 또는 Ed25519"),
    ("sign", "output", "쓸 서명 파일. 적지 않으면 파일.sig"),
    ("key", "", "열쇠 한 쌍을 만든다"),
    ("key new", "", "새 열쇠 쌍을 쓴다: 서명에 쓰고 혼자 지니는 이름.key.pem, 남이 믿는 이름.pub.pem"),
    ("key new", "name", "두 파일 이름의 앞부분"),
    ("licence", "", "라이선스를 보이고 조항이 무엇을 말하는지 보인다"),
    ("licence list", "", "조항까지 알려진 라이선스를 보인다"),
    ("licence show", "", "라이선스의 조항이 무엇을 말하는지 보인다"),
    ("licence show", "id", "식별자, SPDX 식별자, Hub 식별자, license_name 가운데 하나"),
    ("schema", "", "파일 종류의 JSON 스키마를 출력한다"),
    ("schema", "kind", "파일 종류"),
    ("schema", "rules", "스키마가 그 사실까지 알 규칙 모음: 내장된 것의 이름 또는 폴더"),
    ("completions", "", "셸의 자동 완성을 출력한다"),
    ("completions", "shell", "셸"),
    ("man", "", "설명서 쪽을 출력한다"),
];

/// The command with its help texts in a language.
pub(super) fn localised(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Ko => translated(command, ""),
    }
}

fn text(path: &str, argument: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(p, a, _)| *p == path && *a == argument).map(|(_, _, text)| *text)
}

fn translated(mut command: Command, path: &str) -> Command {
    if let Some(about) = text(path, "") {
        command = command.about(about);
    }
    let ids: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for id in ids {
        if let Some(help) = text(path, &id) {
            command = command.mut_arg(&id, |argument| argument.help(help));
        }
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let below = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(name, |sub| translated(sub, &below));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn missing(command: &Command, path: &str, list: &mut Vec<String>) {
        if text(path, "").is_none() {
            list.push(path.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if !matches!(id, "help" | "version") && text(path, id).is_none() {
                list.push(format!("{path} {id}"));
            }
        }
        for sub in command.get_subcommands() {
            let name = sub.get_name();
            missing(sub, &if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }, list);
        }
    }

    #[test]
    fn every_help_text_is_there_in_korean() {
        let mut list = Vec::new();
        missing(&super::super::args::Arguments::command(), "", &mut list);
        assert!(list.is_empty(), "{list:?}");
    }
}
