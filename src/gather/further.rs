//! Two counts that are both called the parameters of a model: with the layers that predict further tokens, and without.
//!
//! Makers train such layers beside the model (multi-token prediction), keep them in its files, and give the size of the
//! model without them, since it runs without them. A card that counts so does not contradict its files.

use std::collections::BTreeMap;

use crate::facts::{Draft, Source, Value};
use crate::text::{Says, says};
use crate::vocabulary::vocabulary;
use crate::weights::{Checkpoint, ComponentKind, Role, Tensor};

/// Segments of names that say that a tensor belongs to such a layer.
const NAMES: [&str; 5] = ["mtp", "mtp_layers", "mtp_block", "nextn", "nextn_predict_layers"];

/// Keys of config.json that say how many such layers follow those of the model.
const KEYS: [&str; 4] = ["num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers", "mtp_num_layers"];

/// The head of such a layer, as some families name it.
const SHARED_HEAD: &str = ".shared_head.head.weight";

/// Parts of a config about the text backbone.
const TEXT: [&str; 3] = ["text_config", "language_config", "llm_config"];

/// Parameters of such layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Further {
    /// All of them.
    pub all: u64,
    /// Of their own tables of tokens and heads, which makers often store once more and count once.
    pub tables: u64,
}

impl Further {
    /// What may be left out of a count.
    fn parts(self) -> [u64; 2] {
        [self.all, self.tables]
    }

    /// Whether a stated number leaves a part of them out of those counted.
    pub(super) fn explains(self, stated: f64, counted: f64) -> bool {
        self.parts().into_iter().any(|part| part > 0 && same(stated, counted - part as f64))
    }
}

impl std::iter::Sum for Further {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self { all: sum.all + part.all, tables: sum.tables + part.tables })
    }
}

/// Parameters of such layers by component; a component without any is absent. `owners` has the component of each
/// tensor.
pub(super) fn parameters(checkpoint: &Checkpoint, owners: &[String]) -> BTreeMap<String, Further> {
    let config = checkpoint.config().part(&TEXT);
    let layers = config.number(&KEYS).filter(|further| *further > 0).and(config.number(&["num_hidden_layers"]));
    let mut found: BTreeMap<String, Further> = BTreeMap::new();
    for (tensor, owner) in checkpoint.tensors.iter().zip(owners).filter(|(tensor, _)| is_further(tensor, layers)) {
        let (count, sum) = (tensor.counted().unwrap_or(0), found.entry(owner.clone()).or_default());
        sum.all += count;
        if matches!(tensor.placement.role, Role::TokenEmbedding | Role::Head) || tensor.name.ends_with(SHARED_HEAD) {
            sum.tables += count;
        }
    }
    found.retain(|_, sum| sum.all > 0);
    found
}

/// Whether a tensor belongs to such a layer: by its name, or since its layer lies behind those that the config counts.
fn is_further(tensor: &Tensor, layers: Option<usize>) -> bool {
    let place = tensor.placement;
    let of_text = matches!(place.component, ComponentKind::Text | ComponentKind::Embedding | ComponentKind::Head);
    let behind = layers.zip(place.layer).is_some_and(|(layers, layer)| layer as usize >= layers);
    tensor.name.split('.').any(|segment| NAMES.contains(&segment)) || of_text && behind
}

/// Sets numbers of the card aside that count the model without such layers. `further` are their parameters by
/// component.
pub(super) fn reconcile(further: &BTreeMap<String, Further>, draft: &mut Draft) {
    if further.is_empty() {
        return;
    }
    let all = further.values().copied().sum();
    aside(draft.root.sources.get_mut(&vocabulary().must("model.parameters")), all);
    let Some(items) = draft.root.children.get_mut(&vocabulary().must_collection("component")) else { return };
    for (id, item) in items.iter_mut() {
        if let Some(own) = further.get(id) {
            aside(item.sources.get_mut(&vocabulary().must("component.parameters")), *own);
        }
    }
}

fn aside(sources: Option<&mut Vec<Source>>, further: Further) {
    let Some(sources) = sources else { return };
    let number = |source: &Source| match source.value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let counted = sources.iter().find(|source| source.assurance == crate::facts::Assurance::Measured).and_then(number);
    let Some(counted) = counted else { return };
    for source in sources.iter_mut().filter(|source| source.speaker.is_maker()) {
        let Some(stated) = number(source) else { continue };
        if !same(stated, counted) && further.explains(stated, counted) {
            source.set_aside = Some(why(counted, stated, further));
        }
    }
}

/// Whether two numbers of parameters say the same.
fn same(a: f64, b: f64) -> bool {
    Value::Number(a).agrees(&Value::Number(b))
}

fn why(counted: f64, stated: f64, further: Further) -> Says {
    let without = |part: u64| counted - part as f64;
    if same(stated, without(further.all)) {
        let (all, rest) = (further.all, without(further.all));
        return says(
            format!(
                "다음 토큰들을 더 예측하는 층({all}개)을 뺀 수다. 파일에서 센 {counted:.0}개에서 빼면 {rest:.0}개다"
            ),
            format!(
                "it counts the model without the layers that predict further tokens ({all}): the files hold \
                 {counted:.0}, which leaves {rest:.0}"
            ),
        );
    }
    let (tables, rest) = (further.tables, without(further.tables));
    says(
        format!(
            "다음 토큰들을 더 예측하는 층에 다시 담긴 표({tables}개)를 뺀 수다. 파일에서 센 {counted:.0}개에서 빼면 \
             {rest:.0}개다"
        ),
        format!(
            "it leaves out the tables that the layers predicting further tokens hold once more ({tables}): the files \
             hold {counted:.0}, which leaves {rest:.0}"
        ),
    )
}
