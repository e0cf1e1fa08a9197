//! One reference: every component compared and judged, as a link of the evidence file.

use crate::evidence::{
    ComponentEvidence, LinkEvidence, PartEvidence, Power, ReferenceModel, ReuseKind, TestResult, Verdict,
};
use crate::measure::families::beside::{self, BesideFinding};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::gains::{self, Gains};
use crate::measure::families::tables::{self, Paired, TableFinding};
use crate::measure::model::plan::Sample;
use crate::measure::model::shape::{Model, Tower};
use crate::measure::model::stacks::kind_of;
use crate::measure::search::compare::{TowerFinding, enough, towers};
use crate::measure::search::pairs::{Pair, most_telling, pairs};
use crate::measure::search::wide::Wide;
use crate::measure::special::token_rows;
use crate::measure::stats::budget::Budget;
use crate::measure::stats::matrix::{Matrix, centred_correlation};
use crate::measure::stats::power::{least_of_two, least_share};
use crate::measure::stats::tail::SignSum;
use crate::measure::verdict::controls;
use crate::measure::verdict::judge::{self, Backbone, Judgement};
use crate::measure::verdict::kinds::{self, Equal};
use crate::measure::whole::figures::Alignment;
use crate::text::{Says, says};
use crate::weights::{ComponentKind, NormKind};

/// So many tensors that were not compared are named.
const MOST_NAMED: usize = 8;

/// A component's entry with the weight of its parameters.
struct Entry {
    evidence: ComponentEvidence,
    parameters: u64,
    /// Of these, those that a family could have spoken about.
    compared: u64,
}

/// Compares the candidate with one reference, and tells how the two lie beside each other. `wide` reads more of the candidate where a sample of it is held.
pub(in crate::measure) fn link(
    reference: &Model,
    candidate: &Model,
    budget: Budget,
    wide: Option<&Wide<'_>>,
) -> (LinkEvidence, Alignment) {
    let rows = tables::rows(reference, candidate).unwrap_or_default();
    // Some channels of streams of different widths are not the same channels.
    let rows = if same_channels(reference, candidate) { rows } else { Vec::new() };
    let embedding = tables::paired(reference.embedding.as_ref(), candidate.embedding.as_ref(), &rows);
    let head = tables::paired(reference.head.as_ref(), candidate.head.as_ref(), &rows);
    let mut out = LinkEvidence {
        reference: ReferenceModel { id: reference.id.clone(), ..ReferenceModel::default() },
        ..LinkEvidence::default()
    };
    let (mut entries, mut found) = (Vec::new(), Vec::new());
    let (mut least, mut share, mut backbone): (Option<f64>, Option<f64>, Option<Backbone>) = (None, None, None);
    let mut alignment = Alignment::default();
    let number = |model: &Model, at: usize| model.rows.numbers.get(at).copied();
    if rows.iter().any(|&(there, here)| number(reference, there) != number(candidate, here))
        || reference.vocabulary != candidate.vocabulary
    {
        alignment.without = vec![ComponentKind::Embedding, ComponentKind::Head];
    }
    for pairs in pairs(reference, candidate) {
        let nothing = Matrix::default();
        let stacked = stacked(embedding.as_ref(), head.as_ref());
        let found_of = |pair: Pair<'_>| {
            let (a, b) = (pair.reference, pair.candidate);
            let (tables, tokens) = match (b.kind, &stacked, &embedding) {
                (ComponentKind::Text, Some((x, y)), Some(pair)) => ((x, y), Some((&pair.reference, &pair.candidate))),
                (ComponentKind::Text, ..) => ((&nothing, &nothing), None),
                _ => ((&a.table, &b.table), None),
            };
            towers(a, b, tables, tokens, budget, wide)
        };
        let all = pairs.into_iter().map(|pair| (pair, found_of(pair)));
        let Some((pair, finding)) = most_telling(all) else { continue };
        let Pair { reference: a, candidate: b } = pair;
        let (kind, controls) = (b.kind, controls::run(a, b));
        let named = finding.layers.iter().filter(|found| found.basis == "as-named");
        alignment.add(pair, named.map(|found| (found.layer, found.from)));
        out.controls.extend(controls);
        least = least.or_else(|| least_of_two(finding.reach.iter(), budget));
        if candidate.sample != Sample::WHOLE {
            share = share.or_else(|| least_share(finding.reach.iter(), b.layers.len(), budget));
        }
        let entry = tower_entry((reference, candidate), (a, b), &finding, budget);
        found.push((entry.evidence.verdict, kinds::mean_correlation(&finding)));
        let told = |known: &Backbone| matches!(known.verdict, Verdict::Derived | Verdict::SameInit);
        if kind == ComponentKind::Text && !backbone.as_ref().is_some_and(told) {
            let moved = !finding.layers.is_empty() && finding.layers.iter().all(|found| found.basis != "as-named");
            backbone = Some(Backbone {
                verdict: entry.evidence.verdict,
                correlation: kinds::mean_correlation(&finding),
                moved,
            });
        }
        entries.push(entry);
    }
    for (kind, pair, other) in [(ComponentKind::Embedding, &embedding, &head), (ComponentKind::Head, &head, &embedding)]
    {
        if let Some(pair) = pair {
            let text = (reference.tower(ComponentKind::Text), candidate.tower(ComponentKind::Text));
            let entry = table_entry((reference, candidate), text, kind, (pair, other.as_ref()), backbone, budget);
            // A head goes with an embedding that was copied by itself.
            let alone =
                backbone.is_none_or(|backbone| !matches!(backbone.verdict, Verdict::Derived | Verdict::SameInit));
            if alone && entry.evidence.verdict == Verdict::Derived {
                let correlation = centred_correlation(&pair.reference, &pair.candidate);
                backbone = Some(Backbone { verdict: Verdict::Derived, correlation, moved: false });
            }
            entries.push(entry);
        }
    }
    for (kind, parts) in [
        (ComponentKind::Projector, (&reference.projector, &candidate.projector)),
        (ComponentKind::Head, (&reference.head_layers, &candidate.head_layers)),
    ] {
        if reference.beside_shapes.values().eq(candidate.beside_shapes.values())
            && let Some(finding) = beside::compare(parts.0, parts.1)
        {
            entries.push(beside_entry((reference, candidate), kind, &finding, &found));
        }
    }
    finish(&mut out, entries, (reference, candidate), (least, share));
    out.tables = token_rows::look(reference, candidate, &out.components);
    (out, alignment)
}

/// Whether a table's columns stand for the same channels on both sides: all of them, or some of equally many.
pub(in crate::measure) fn same_channels(reference: &Model, candidate: &Model) -> bool {
    let some = |model: &Model| model.embedding.as_ref().is_some_and(|table| table.columns < model.table_width);
    reference.table_width == candidate.table_width || !(some(reference) || some(candidate))
}

/// Embedding and head on top of each other: both tell of the channels, and no family but F1 uses them.
fn stacked(embedding: Option<&Paired>, head: Option<&Paired>) -> Option<(Matrix, Matrix)> {
    let embedding = embedding?;
    match head {
        Some(head)
            if head.reference.columns == embedding.reference.columns
                && head.candidate.columns == embedding.candidate.columns =>
        {
            Some((
                embedding.reference.clone().stacked(&head.reference),
                embedding.candidate.clone().stacked(&head.candidate),
            ))
        }
        _ => Some((embedding.reference.clone(), embedding.candidate.clone())),
    }
}

fn finish(
    out: &mut LinkEvidence,
    entries: Vec<Entry>,
    (reference, candidate): (&Model, &Model),
    (least, share): (Option<f64>, Option<f64>),
) {
    out.verdict = judge::over_all(entries.iter().map(|entry| &entry.evidence.verdict));
    if out.controls.iter().any(|control| !control.passed) && out.verdict != Verdict::Inconclusive {
        out.verdict = Verdict::Inconclusive;
        out.limits.push(
            says(
                "답을 미리 아는 대조가 어긋났으므로 이 측정은 아무것도 판단하지 않는다",
                "a control rang, so the run decides nothing",
            )
            .into(),
        );
    }
    let whole: u64 = candidate.inventory.parameters;
    let reused: f64 = entries.iter().map(|entry| entry.evidence.share.unwrap_or(0.0) * entry.parameters as f64).sum();
    if out.verdict == Verdict::Derived || out.verdict == Verdict::SameInit {
        out.share = Some((reused / whole.max(1) as f64).min(1.0));
    }
    let own = |entry: &Entry| entry.evidence.verdict == Verdict::Independent && kind_of(&entry.evidence.id).is_some();
    let foreign = |entry: &Entry| entry.evidence.verdict == Verdict::Derived && kind_of(&entry.evidence.id).is_some();
    let part_of_model = candidate.towers.len() > 1
        && entries.iter().any(foreign)
        && entries.iter().filter(|entry| foreign(entry)).count() < candidate.towers.len();
    let transplanted = out.verdict == Verdict::Derived
        && (entries.iter().any(own) || part_of_model || out.share.is_some_and(|share| share < 0.9));
    for entry in &entries {
        for kind in &entry.evidence.kinds {
            if entry.evidence.verdict == Verdict::Derived && !out.kinds.contains(kind) {
                out.kinds.push(*kind);
            }
        }
    }
    if transplanted {
        out.kinds.push(ReuseKind::Transplanted);
    }
    out.kinds.sort();
    let left_out = candidate.left_out.iter().take(MOST_NAMED);
    out.not_compared.extend(left_out.map(|what| what.clone().into()));
    if candidate.left_out.len() > MOST_NAMED {
        let more = candidate.left_out.len() - MOST_NAMED;
        out.not_compared.push(says(format!("그 밖에 {more}개"), format!("{more} more")).into());
    }
    out.not_compared.extend(without_counterpart(&entries, reference, candidate).map(Into::into));
    let decided = entries.iter().filter(|entry| entry.evidence.verdict != Verdict::Inconclusive);
    let decided: u64 = decided.map(|entry| entry.compared).sum();
    out.coverage = Some((decided as f64 / whole.max(1) as f64).min(1.0));
    out.limits.push(
        says(
            "출력만 보고 배운 것(증류)은 가중치에 흔적을 남기지 않으므로 배제하지 못한다. 누가 먼저인지도 가중치로는 알 수 없다",
            "teaching by outputs (distillation) leaves no trace in weights and is not excluded; who came first is not told by weights",
        )
        .into(),
    );
    out.power = Some(Power {
        least_share: share,
        least_correlation: least,
        statement: least.map(|rho| {
            says(
                format!("한 부분을 통째로 가져와 맞추어 본 상관이 {rho:.3} 이상 남았다면 찾았을 것이다"),
                format!("reuse of a whole part with an aligned correlation of {rho:.3} or more would have been found"),
            )
            .into()
        }),
    });
    out.components = entries
        .into_iter()
        .map(|entry| ComponentEvidence { parameters: Some(entry.parameters), ..entry.evidence })
        .collect();
}

/// Components of the candidate that were compared with nothing.
fn without_counterpart(entries: &[Entry], reference: &Model, candidate: &Model) -> impl Iterator<Item = Says> {
    let none = candidate.without_counterpart(reference);
    let without = none.iter().map(|part| {
        let (id, count) = (&part.id, part.parameters);
        says(
            format!("{id}: 대조 모델에는 없다 (수 {count}개)"),
            format!("{id}: the reference has none ({count} numbers)"),
        )
    });
    let named = |kind: ComponentKind, id: &str| id == kind.id() || kind_of(id) == Some(kind);
    let own = candidate.inventory.components.iter().filter(|(_, part)| part.parameters > 0).map(|(kind, _)| *kind);
    let left = own.filter(|kind| {
        let met = entries.iter().any(|entry| named(*kind, &entry.evidence.id));
        !met && !none.iter().any(|part| named(*kind, &part.id))
    });
    let unlike = left.map(|kind| {
        let id = kind.id();
        says(
            format!("{id}: 양쪽에 다 있지만 모양이 달라 견줄 수 없다"),
            format!("{id}: both have one, but their shapes cannot be compared"),
        )
    });
    let all: Vec<Says> = unlike.chain(without).collect();
    all.into_iter()
}

/// The parts of layers that were found, each by its name in the files.
fn parts_of(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Vec<PartEvidence> {
    let each = finding.layers.iter().flat_map(|found| {
        let parts = [("attention", found.attention, 1), ("feed-forward", found.feed_forward, 0)];
        parts.into_iter().filter(|(_, held, _)| *held).map(move |(role, _, at)| PartEvidence {
            role: role.to_owned(),
            layer: candidate.layers[found.layer].number,
            from: reference.layers[found.from].number,
            correlation: (found.basis != "none").then_some(found.correlation[at]),
            basis: found.basis.to_owned(),
            matched: found.arrangement == Arrangement::Matched,
        })
    });
    each.collect()
}

fn tower_entry(models: (&Model, &Model), sides: (&Tower, &Tower), finding: &TowerFinding, budget: Budget) -> Entry {
    let (reference, candidate) = sides;
    let gains = constant_start(reference, candidate, finding);
    let Judgement { verdict, notes } = judge::tower(finding, gains, sides, budget);
    let related = matches!(verdict, Verdict::Derived | Verdict::SameInit);
    let parameters = candidate.parameters();
    let mut tests: Vec<TestResult> = finding
        .families
        .values()
        .map(|found| TestResult {
            standard_error: None,
            family: found.family.id().to_owned(),
            statistic: found.share,
            n: Some(found.units as u64),
            z: (found.z != 0.0).then_some(found.z),
            log10_p: Some(found.ln_p / std::f64::consts::LN_10),
            agree: Some(found.agree as u64),
            skipped: None,
        })
        .collect();
    tests.extend(
        finding
            .skipped
            .iter()
            .filter(|(family, _)| !finding.families.contains_key(family))
            .map(|(family, why)| skipped(family.id(), why)),
    );
    if related {
        let equal = kinds::equal_numbers(reference, candidate, finding);
        if equal.of > 0 {
            tests.push(effect("identity", equal.share(), equal.of));
        }
        tests.push(TestResult {
            standard_error: kinds::error_of_mean_correlation(finding),
            ..effect("centred-correlation", kinds::mean_correlation(finding), finding.layers.len() as u64)
        });
    }
    if let Some(gains) = gains {
        if gains.vectors > 0 {
            tests.push(effect("constant-start-correlation", gains.correlation, gains.numbers as u64));
        }
        if gains.compared > 0 {
            tests.push(effect("raw-cosine-norm-gains", gains.raw_cosine, gains.compared as u64));
        }
    }
    let layers: Vec<u32> = if related {
        finding.layers.iter().map(|found| candidate.layers[found.layer].number).collect()
    } else {
        Vec::new()
    };
    let evidence = ComponentEvidence {
        id: candidate.id.clone(),
        verdict,
        kinds: if related {
            kinds::of_tower(models, sides, finding, gains.is_some_and(|gains| gains.rescaled))
        } else {
            Vec::new()
        },
        share: related.then(|| share_of(candidate, finding, parameters)),
        layers,
        layer_count: u32::try_from(candidate.layers.len()).ok(),
        parts: if related { parts_of(reference, candidate, finding) } else { Vec::new() },
        tests,
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    Entry { evidence, parameters, compared: candidate.compared() }
}

/// Constant-start tensors over the layers found as named; over layers in place if none was.
fn constant_start(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Option<Gains> {
    if reference.width != candidate.width {
        return None;
    }
    let mut map = vec![None; candidate.layers.len()];
    for found in finding.layers.iter().filter(|found| found.basis == "as-named") {
        map[found.layer] = Some((found.from, 1.0));
    }
    if map.iter().all(Option::is_none) && reference.layers.len() == candidate.layers.len() {
        map = (0..candidate.layers.len()).map(|at| Some((at, 1.0))).collect();
    }
    Some(gains::compare(reference, candidate, &map))
}

/// Share of a tower's numbers in the parts of layers that were found; what no layer holds counts with a tower that was found whole.
fn share_of(candidate: &Tower, finding: &TowerFinding, parameters: u64) -> f64 {
    let mut reused: u64 = 0;
    for found in &finding.layers {
        let layer = &candidate.layers[found.layer];
        reused += match (found.feed_forward, found.attention) {
            (true, false) if layer.attention.is_some() => layer.feed_forward_parameters,
            (true, _) => layer.parameters,
            (false, _) => layer.parameters - layer.feed_forward_parameters,
        };
    }
    if finding.layers.len() == candidate.layers.len() {
        reused += candidate.outside;
    }
    reused as f64 / parameters.max(1) as f64
}

/// Whether the architecture is one without a head, such as a sentence encoder: then only tokens that were met move their rows.
fn has_no_head(model: &Model) -> bool {
    let named = model.config.value().pointer("/architectures/0").and_then(serde_json::Value::as_str);
    model.head.is_none() && named.is_some_and(|name| name.ends_with("Model"))
}

fn table_entry(
    models: (&Model, &Model),
    text: (Option<&Tower>, Option<&Tower>),
    kind: ComponentKind,
    (pair, other): (&Paired, Option<&Paired>),
    backbone: Option<Backbone>,
    budget: Budget,
) -> Entry {
    let traits = |tower: Option<&Tower>| tower.map(|tower| tower.traits);
    let rms = [text.0, text.1]
        .into_iter()
        .all(|tower| traits(tower).is_some_and(|traits| traits.norm == Some(NormKind::Rms)));
    let fixed = [text.0, text.1].into_iter().any(|tower| traits(tower).is_some_and(|traits| traits.fixed_positions));
    let ids_tell = models.0.tokens.is_some() && models.1.tokens.is_some();
    let tied = models.1.head.is_none() && !has_no_head(models.1);
    let everywhere = kind == ComponentKind::Head || tied || !ids_tell;
    let moved = backbone.is_some_and(|backbone| backbone.moved);
    let finding =
        tables::test(pair, other, moved, if rms { NormKind::Rms } else { NormKind::Layer }, fixed, everywhere);
    let Judgement { verdict, notes } = judge::table(&finding, backbone, budget);
    let related = matches!(verdict, Verdict::Derived | Verdict::SameInit);
    let equal = finding.equal;
    let share = finding.rows as f64 / finding.of.max(1) as f64;
    let parameters = models.1.inventory.parameters_of(kind);
    let evidence = ComponentEvidence {
        id: kind.id().to_owned(),
        verdict,
        kinds: if related {
            kinds::of_table(models, kind, equal, finding.correlation, finding.basis != "as-named")
        } else {
            Vec::new()
        },
        share: related.then_some(share.min(1.0)),
        tests: table_tests(&finding, equal, related),
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    Entry { evidence, parameters, compared: models.1.compared(kind) }
}

fn beside_entry(
    models: (&Model, &Model),
    kind: ComponentKind,
    finding: &BesideFinding,
    towers: &[(Verdict, f64)],
) -> Entry {
    let Judgement { verdict, notes } = judge::beside(finding, towers);
    let related = matches!(verdict, Verdict::Derived | Verdict::SameInit);
    let mut tests = vec![effect("centred-correlation", finding.correlation, finding.numbers)];
    if finding.swaps.units() > 0 {
        tests.push(summed("f2", &finding.swaps));
    }
    let evidence = ComponentEvidence {
        id: kind.id().to_owned(),
        verdict,
        kinds: if related {
            kinds::of_table(models, kind, finding.equal, finding.correlation, false)
        } else {
            Vec::new()
        },
        share: related.then_some(1.0),
        tests,
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    let parameters = models.1.inventory.parameters_of(kind);
    Entry { evidence, parameters, compared: models.1.compared(kind) }
}

fn table_tests(finding: &TableFinding, equal: Equal, related: bool) -> Vec<TestResult> {
    let mut tests = Vec::new();
    if let Some(sum) = &finding.signs {
        tests.push(summed("f1", sum));
    }
    tests.extend(finding.skipped.iter().map(|(family, why)| skipped(family.id(), why)));
    if let Some(places) = finding.places {
        tests.push(TestResult {
            family: "f1-places".to_owned(),
            n: Some(places.asked as u64),
            agree: Some(places.found as u64),
            log10_p: Some(finding.places_ln_p / std::f64::consts::LN_10),
            ..TestResult::default()
        });
    }
    tests.push(TestResult {
        standard_error: finding.error,
        ..effect("centred-correlation", finding.correlation, finding.rows as u64)
    });
    if related {
        tests.push(effect("identity", equal.share(), equal.of));
    }
    tests
}

fn effect(family: &str, statistic: f64, n: u64) -> TestResult {
    TestResult { family: family.to_owned(), statistic: Some(statistic), n: Some(n), ..TestResult::default() }
}

/// A signed sum as a test.
fn summed(family: &str, sum: &SignSum) -> TestResult {
    TestResult {
        family: family.to_owned(),
        n: Some(sum.units() as u64),
        agree: Some(sum.agree() as u64),
        z: Some(sum.z()),
        log10_p: Some(sum.ln_p() / std::f64::consts::LN_10),
        ..TestResult::default()
    }
}

fn skipped(family: &str, why: &Says) -> TestResult {
    TestResult { family: family.to_owned(), skipped: Some(why.clone().into()), ..TestResult::default() }
}

/// Whether two models are related so plainly that a control which was to be independent rings.
pub(in crate::measure) fn rings(reference: &Model, candidate: &Model, budget: Budget, wide: Option<&Wide<'_>>) -> bool {
    pairs(reference, candidate).into_iter().flatten().any(|pair| {
        let nothing = Matrix::default();
        enough(&towers(pair.reference, pair.candidate, (&nothing, &nothing), None, budget, wide), budget)
    })
}
