//! Several numbers that are all called the context length of a model.
//!
//! People count a thousand as 1,024 here (`128K` for 131,072), and some configs state the positions that were trained
//! and a factor by which a model stretches them. A card that means one of these does not contradict the config.

use crate::facts::{Draft, Source, Value};
use crate::text::{Node, Says, says};
use crate::vocabulary::vocabulary;

/// Keys of a config that say how positions are stretched.
const STRETCHED: [&str; 2] = ["rope_scaling", "rope_parameters"];

/// The context to which a config says that the model's positions can be stretched; none where it states no factor.
pub(super) fn stretched(root: &Node) -> Option<f64> {
    let text = root.get("text_config");
    let scaling = [Some(root), text].into_iter().flatten().find_map(|node| {
        STRETCHED.iter().find_map(|key| node.get(key).filter(|block| block.map().is_some()).map(|block| (node, block)))
    });
    let (node, block) = scaling?;
    let number = |node: &Node, key: &str| {
        node.get(key)?.text()?.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0)
    };
    let trained = number(block, "original_max_position_embeddings").or_else(|| number(node, "max_position_embeddings"));
    Some(number(block, "factor")? * trained?)
}

/// Sets a context length of the card aside that is the config's number in other words. `stretched` is what the config
/// says that positions can be stretched to.
pub(super) fn reconcile(stretched: Option<f64>, draft: &mut Draft) {
    let Some(sources) = draft.root.sources.get_mut(&vocabulary().must("model.context")) else { return };
    let number = |source: &Source| match source.value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let of_config = |source: &&Source| !source.from_card() && source.origin.file == "config.json";
    let Some(config) = sources.iter().find(of_config).and_then(number) else { return };
    for source in sources.iter_mut().filter(|source| source.from_card()) {
        let Some(stated) = number(source).filter(|stated| !same(*stated, config)) else { continue };
        if is_rounded(stated, config) {
            source.set_aside = Some(by_1024(config));
        } else if let Some(stretched) = stretched.filter(|whole| same(stated, *whole) || is_rounded(stated, *whole)) {
            source.set_aside = Some(by_factor(config, stretched));
        }
    }
}

fn same(a: f64, b: f64) -> bool {
    Value::Number(a).agrees(&Value::Number(b))
}

/// Whether a number of thousands or millions is that number of 1,024s.
fn is_rounded(stated: f64, whole: f64) -> bool {
    [(1e3, 1024.0), (1e6, 1_048_576.0)].into_iter().any(|(decimal, binary)| {
        let count = stated / decimal;
        count >= 1.0 && count.fract() == 0.0 && (count * binary - whole).abs() < 0.5
    })
}

fn by_1024(config: f64) -> Says {
    says(
        format!("천을 1,024로 센 수다. config.json에는 {config:.0}으로 적혀 있다"),
        format!("it counts a thousand as 1,024: config.json states {config:.0}"),
    )
}

fn by_factor(config: f64, stretched: f64) -> Says {
    says(
        format!(
            "늘여 쓰는 길이다. config.json에는 학습한 위치 {config:.0}개와 {stretched:.0}까지 늘이는 배수가 적혀 있다"
        ),
        format!(
            "it counts stretched positions: config.json states {config:.0} and a factor that stretches them to \
             {stretched:.0}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{SourceFile, parse_json};

    #[test]
    fn thousands_of_1024_are_told_from_other_numbers() {
        for (stated, whole) in [(128e3, 131_072.0), (32e3, 32_768.0), (1e6, 1_048_576.0), (256e3, 262_144.0)] {
            assert!(is_rounded(stated, whole), "{stated}");
        }
        for (stated, whole) in [(128e3, 130_000.0), (130e3, 131_072.0), (8e3, 131_072.0), (131.072, 131_072.0)] {
            assert!(!is_rounded(stated, whole), "{stated}");
        }
    }

    #[test]
    fn a_factor_stretches_what_was_trained() {
        let of = |text: &str| stretched(&parse_json(&SourceFile::new("config.json", text)).expect("valid"));
        let yarn = r#"{"max_position_embeddings": 32768, "rope_scaling": {"type": "yarn", "factor": 4.0}}"#;
        assert_eq!(of(yarn), Some(131_072.0));
        let nested = r#"{"text_config": {"max_position_embeddings": 262144, "rope_parameters":
            {"factor": 4, "original_max_position_embeddings": 32768}}}"#;
        assert_eq!(of(nested), Some(131_072.0));
        for none in
            [r#"{"max_position_embeddings": 8}"#, r#"{"rope_scaling": {"factor": "four"}}"#, r#"{"rope_scaling": 4}"#]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
