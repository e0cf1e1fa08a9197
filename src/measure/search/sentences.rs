//! The sentences of evidence: why a family said nothing. Findings are data; this is the one place where they become
//! words.

use crate::measure::families::patterns::{Pattern, Rings};
use crate::measure::families::units::Part;
use crate::measure::search::looks::Silence;
use crate::text::{Says, says};

/// Why a family says nothing.
pub(in crate::measure) fn silence(why: &Silence) -> Says {
    match why {
        Silence::Widths([there, here]) => says(
            format!("두 흐름의 폭이 {there}, {here}로 달라 채널끼리 견줄 수 없다"),
            format!("the streams are {there} and {here} wide, so channels cannot be put against each other"),
        ),
        Silence::NoTable => says("서로 대응하는 토큰의 행이 없다", "no rows of tokens correspond"),
        Silence::FewTokens(count) => {
            says(format!("두 모델에 다 있는 토큰이 {count}개뿐이다"), format!("only {count} tokens are in both"))
        }
        Silence::NoLinearBranch => says(
            "게이트와 나란한 선형 가지가 없거나, 있는지 알 수 없다",
            "there is no linear branch beside a gate, or none that is known",
        ),
        Silence::HeadsUnknown => says("헤드의 수를 알 수 없다", "the number of heads is not known"),
        Silence::HeadWidths([there, here]) => {
            says(format!("헤드의 폭이 {there}, {here}로 다르다"), format!("heads are {there} and {here} channels wide"))
        }
        Silence::TurningDiffers => says("회전 위치를 쓰는 방식이 다르다", "the two turn positions in different ways"),
        Silence::NotSplit(width) => says(
            format!("폭 {width}인 헤드는 둘로 나눌 수 없다"),
            format!("heads of {width} channels cannot be split in two"),
        ),
        Silence::NoNeighbours => says(
            "서로 대응하는 이웃 층이 없거나 단위가 너무 적다",
            "no neighbouring layers correspond, or too few units do",
        ),
        Silence::Sampled => says(
            "표본에 든 뉴런이 너무 적어 다른 표본에서 제 짝을 찾을 수 없다",
            "so few neurons are held that few would find their like in another sample",
        ),
        Silence::TooLarge => says("짝짓기에 너무 오래 걸린다", "matching would take too long"),
        Silence::NotMatched => says(
            "층의 뉴런이 너무 많거나 여러 모양이어서 파일에서 짝짓지 않았다",
            "the neurons of a layer are too many to be matched in the files, or of several makes",
        ),
        Silence::NoUnits => says("서로 대응하는 단위가 없다", "no units correspond"),
        Silence::Patterns(rings) => {
            let (ko, en) = patterns(rings);
            says(
                format!("두 모델이 모두 공개된 규칙에서 출발한 흔적을 보인다({ko}). 같은 것이 당연하다"),
                format!("both sides show a public pattern of a start ({en}), and would be alike anyway"),
            )
        }
        Silence::OwnLayers => says(
            "두 모델 모두 층마다 같은 출발값을 되풀이한다. 같은 것이 당연하다",
            "the layers of both models repeat one start of their own, and would be alike anyway",
        ),
    }
}

/// Parts and the patterns that ring in them, in Korean and English.
fn patterns(rings: &Rings) -> (String, String) {
    let each = rings.iter().map(|(part, patterns)| {
        let (ko, en) = part_name(*part);
        let names: Vec<(&str, &str)> = patterns.iter().map(|pattern| pattern_name(*pattern)).collect();
        let join = |pick: fn(&(&'static str, &'static str)) -> &'static str| {
            names.iter().map(pick).collect::<Vec<_>>().join(", ")
        };
        (format!("{ko}: {}", join(|name| name.0)), format!("{en}: {}", join(|name| name.1)))
    });
    let both: Vec<(String, String)> = each.collect();
    let all = |pick: fn(&(String, String)) -> &String| both.iter().map(pick).cloned().collect::<Vec<_>>().join("; ");
    (all(|one| &one.0), all(|one| &one.1))
}

fn part_name(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Query => ("질의", "query"),
        Part::Key => ("키", "key"),
        Part::Value => ("값", "value"),
        Part::Output => ("출력", "output"),
        Part::Gate => ("게이트", "gate"),
        Part::Up => ("up", "up"),
        Part::Down => ("down", "down"),
    }
}

fn pattern_name(pattern: Pattern) -> (&'static str, &'static str) {
    match pattern {
        Pattern::Anti => ("역대각선", "reversed diagonal"),
        Pattern::Dct => ("이산 코사인", "discrete cosines"),
        Pattern::Diagonal => ("대각선", "diagonal"),
        Pattern::Hadamard => ("아다마르 행렬", "Hadamard matrix"),
        Pattern::Lengths => ("행의 길이", "lengths of rows"),
        Pattern::Neighbours => ("이웃한 행", "neighbouring rows"),
        Pattern::Ones => ("한쪽 부호", "one sign throughout"),
        Pattern::Sinusoids => ("사인파", "sinusoids"),
        Pattern::Stretched => ("늘어난 대각선", "stretched diagonal"),
        Pattern::Triangle => ("삼각", "triangle"),
    }
}
