//! One reference: every component compared and judged, as a link of the evidence file.

use std::collections::BTreeMap;

use crate::evidence::{
    ComponentEvidence, ExplanationState, Explanations, LinkEvidence, PartEvidence, ReferenceModel, Relation, TestResult,
};
use crate::measure::families::basis::BasisKind;
use crate::measure::families::beside::{self, BesideFinding};
use crate::measure::families::correspond::Arrangement;
use crate::measure::families::gains::{self, Gains};
use crate::measure::families::pooler;
use crate::measure::families::tables::{self, Paired};
use crate::measure::model::shape::{Model, Tower};
use crate::measure::model::stacks::kind_of;
use crate::measure::search::budget::Budget;
use crate::measure::search::compare::{Tables, TowerFinding, enough, towers};
use crate::measure::search::looks::{By, Look, Rows, Silence};
use crate::measure::search::pairs::{most_telling, pairs};
use crate::measure::search::sentences;
use crate::measure::search::wide::Wide;
use crate::measure::stats::matrix::{Matrix, centred_correlation};
use crate::measure::stats::pair::Pair;
use crate::measure::verdict::alignment::Alignment;
use crate::measure::verdict::controls;
use crate::measure::verdict::entry::{Entry, effect, skipped, summed};
use crate::measure::verdict::judge::{self, Backbone, Judgement};
use crate::measure::verdict::thresholds::LEAST_COUNTED;
use crate::measure::verdict::token_rows;
use crate::measure::verdict::{changes, coverage, explain, table};
use crate::text::{Says, says};
use crate::weights::ComponentKind;

/// Fewer corresponding rows than this are no table.
const LEAST_ROWS: usize = 8;
/// What is said of a part of a kind that the reference has not, in Korean and English.
const HAS_NONE: (&str, &str) = ("대조 모델에는 없다", "the reference has none");
/// So many tensors that were not compared are named.
const MOST_NAMED: usize = 8;

/// Compares the candidate with one reference, and tells how the two lie beside each other. `wide` reads more of the
/// candidate where a sample of it is held.
pub(in crate::measure) fn link(
    reference: &Model,
    candidate: &Model,
    budget: Budget,
    files: Option<Pair<&Wide<'_>>>,
) -> (LinkEvidence, Alignment) {
    let models = Pair { reference, candidate };
    let rows = tables::rows(reference, candidate).unwrap_or_default();
    // Some channels of streams of different widths are not the same channels.
    let rows = if same_channels(reference, candidate) { rows } else { Vec::new() };
    // Strings can be renamed: where hardly any is common, rows are put against rows of the same number.
    let by_number = rows.len() < LEAST_ROWS;
    let rows = if by_number { tables::rows_by_number(reference, candidate) } else { rows };
    let reached = reference.rows.reached(reference.vocabulary, &candidate.rows).filter(|_| !by_number);
    let paired = |a: Option<&Matrix>, b: Option<&Matrix>| {
        let pair = tables::paired(a, b, &rows)?;
        Some(Paired { of: reached.map_or(pair.of, |reached| reached.min(pair.of)), ..pair })
    };
    let embedding = paired(reference.embedding.as_ref(), candidate.embedding.as_ref());
    let head = paired(reference.head.as_ref(), candidate.head.as_ref());
    // A head beside one that is tied may have been the table of both.
    let head_or_tied = if head.is_none() { paired(reference.head_table(), candidate.head.as_ref()) } else { None };
    let mut out = LinkEvidence {
        reference: ReferenceModel { id: reference.id.clone(), ..ReferenceModel::default() },
        ..LinkEvidence::default()
    };
    let (mut entries, mut found) = (Vec::new(), Vec::new());
    let mut backbone: Option<Backbone> = None;
    let mut alignment = Alignment::default();
    let number = |model: &Model, at: usize| model.rows.numbers.get(at).copied();
    if rows.iter().any(|&(there, here)| number(reference, there) != number(candidate, here))
        || reference.vocabulary != candidate.vocabulary
    {
        alignment.without = vec![ComponentKind::Embedding, ComponentKind::Head];
    }
    let token_tables = TokenTables {
        stacked: stacked(embedding.as_ref(), head.as_ref()),
        embedding: embedding.as_ref(),
        head: head.as_ref(),
        files,
    };
    for pairs in pairs(reference, candidate) {
        let all = pairs
            .into_iter()
            .map(|pair| (pair, towers(pair.reference, pair.candidate, token_tables.beside(models, pair), budget)));
        let Some((pair, finding)) = most_telling(all) else { continue };
        let Pair { reference: a, candidate: b } = pair;
        let (kind, controls) = (b.kind, controls::run(a, b));
        let named = finding.layers.iter().filter(|found| found.basis == BasisKind::AsNamed);
        alignment.add(pair, named.map(|found| (found.layer, found.from)));
        out.controls.extend(controls);
        let entry = tower_entry(models, (pair, token_tables.beside(models, pair)), &finding, budget);
        found.push((entry.evidence.relation, changes::mean_correlation(&finding)));
        let told = |known: &Backbone| known.relation == Relation::Shared;
        if kind == ComponentKind::Text && !backbone.as_ref().is_some_and(told) {
            let moved =
                !finding.layers.is_empty() && finding.layers.iter().all(|found| found.basis != BasisKind::AsNamed);
            backbone = Some(Backbone {
                relation: entry.evidence.relation,
                correlation: changes::mean_correlation(&finding),
                moved,
            });
        }
        entries.push(entry);
    }
    let text =
        Pair { reference: reference.tower(ComponentKind::Text), candidate: candidate.tower(ComponentKind::Text) };
    let of_head = if head.is_some() { &head } else { &head_or_tied };
    for (kind, pair, other) in
        [(ComponentKind::Embedding, &embedding, &head), (ComponentKind::Head, of_head, &embedding)]
    {
        let (there, here) = match kind {
            ComponentKind::Embedding => (reference.embedding.as_ref(), candidate.embedding.as_ref()),
            _ => (reference.head_table(), candidate.head.as_ref()),
        };
        let (Some(all_there), Some(all_here)) = (there, here) else { continue };
        let Some(pair) = pair else {
            entries.push(table::without_rows(models.candidate, kind));
            continue;
        };
        let all = Pair { reference: all_there, candidate: all_here };
        let asked = table::Asked { kind, pair, other: other.as_ref(), backbone, all, in_place: &rows };
        let entry = table::entry(models, text, &asked, budget);
        // A head goes with an embedding that was copied by itself.
        let alone = backbone.is_none_or(|backbone| backbone.relation != Relation::Shared);
        if alone && entry.evidence.relation == Relation::Shared {
            let correlation = centred_correlation(&pair.reference, &pair.candidate);
            backbone = Some(Backbone { relation: Relation::Shared, correlation, moved: false });
        }
        entries.push(entry);
    }
    for (kind, parts) in [
        (ComponentKind::Projector, (&reference.projector, &candidate.projector)),
        (ComponentKind::Head, (&reference.head_layers, &candidate.head_layers)),
    ] {
        if reference.beside_shapes.values().eq(candidate.beside_shapes.values())
            && let Some(finding) = beside::compare(parts.0, parts.1)
        {
            entries.push(beside_entry(models, (kind, parts), &finding, &found));
        }
    }
    finish(&mut out, entries, models);
    out.tables = token_rows::look(reference, candidate, &out.components);
    (out, alignment)
}

/// Whether a table's columns stand for the same channels on both sides: all of them, or some of equally many.
pub(in crate::measure) fn same_channels(reference: &Model, candidate: &Model) -> bool {
    let some = |model: &Model| model.embedding.as_ref().is_some_and(|table| table.columns < model.table_width);
    reference.table_width == candidate.table_width || !(some(reference) || some(candidate))
}

/// The tables of tokens, reduced to corresponding rows.
struct TokenTables<'a> {
    stacked: Option<(Matrix, Matrix)>,
    embedding: Option<&'a Paired>,
    head: Option<&'a Paired>,
    files: Option<Pair<&'a Wide<'a>>>,
}

impl TokenTables<'_> {
    /// What tells of the channels of two towers: tokens of text, pixels and positions of pictures.
    fn beside<'t>(&'t self, models: Pair<&Model>, pair: Pair<&'t Tower>) -> Tables<'t> {
        let (kind, files) = (pair.candidate.kind, self.files);
        let formats = [models.reference, models.candidate].map(|model| model.inventory.format_of(kind));
        match (pair.candidate.kind, &self.stacked) {
            (ComponentKind::Text, Some((x, y))) => Tables {
                all: Some(Rows { reference: x, candidate: y }),
                embedding: self.embedding.map(rows_of),
                head: self.head.map(rows_of),
                formats,
                files,
            },
            (ComponentKind::Text, None) => Tables { formats, files, ..Tables::default() },
            _ => {
                let all = Rows { reference: &pair.reference.table, candidate: &pair.candidate.table };
                Tables { all: Some(all), formats, files, ..Tables::default() }
            }
        }
    }
}

fn rows_of(pair: &Paired) -> Rows<'_> {
    Rows { reference: &pair.reference, candidate: &pair.candidate }
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

fn finish(out: &mut LinkEvidence, mut entries: Vec<Entry>, models: Pair<&Model>) {
    let Pair { reference, candidate } = models;
    let whole: u64 = candidate.inventory.parameters;
    entries.extend(without_counterpart(&entries, reference, candidate));
    for entry in &mut entries {
        let small = (entry.parameters as f64) < LEAST_COUNTED * whole as f64;
        if small && entry.evidence.relation != Relation::NoCounterpart && !is_needed(&entry.evidence.id) {
            entry.evidence.relation = Relation::Beside;
            entry.evidence.explanations = None;
        }
    }
    out.relation = judge::over_all(entries.iter().map(|entry| &entry.evidence.relation));
    if out.controls.iter().any(|control| !control.passed) && out.relation == Relation::NoTrace {
        out.relation = Relation::Undecided;
        out.limits.push(
            says(
                "답을 미리 아는 대조가 어긋났으므로 이 측정은 흔적이 없다고 말하지 않는다",
                "a control rang, so the run does not say that there is no trace",
            )
            .into(),
        );
    }
    let reused: f64 = entries.iter().map(|entry| entry.evidence.share.unwrap_or(0.0) * entry.parameters as f64).sum();
    if out.relation == Relation::Shared {
        out.share = Some((reused / whole.max(1) as f64).min(1.0));
        out.explanations = Some(explanations_of_all(&entries));
        let shared = entries.iter().filter(|entry| entry.evidence.relation == Relation::Shared);
        out.changes = shared.flat_map(|entry| entry.evidence.changes.iter().copied()).collect();
        out.changes.sort();
        out.changes.dedup();
    }
    if !candidate.left_out.is_empty() {
        let named = |pick: fn(&Says) -> &str| {
            candidate.left_out.iter().take(MOST_NAMED).map(pick).collect::<Vec<_>>().join("; ")
        };
        let (ko, en) = (named(|what| &what.ko), named(|what| &what.en));
        out.limits.push(says(format!("견주지 않은 것: {ko}"), format!("not compared: {en}")).into());
    }
    let left_out = candidate.left_out.iter().take(MOST_NAMED);
    out.not_compared.extend(left_out.map(|what| what.clone().into()));
    if candidate.left_out.len() > MOST_NAMED {
        let more = candidate.left_out.len() - MOST_NAMED;
        out.not_compared.push(says(format!("그 밖에 {more}개"), format!("{more} more")).into());
    }
    let compared: u64 = entries.iter().map(|entry| entry.compared).sum();
    out.coverage = Some((compared as f64 / whole.max(1) as f64).min(1.0));
    out.limits.push(
        says(
            "출력만 보고 배운 것(증류)은 가중치에 흔적을 남기지 않으므로 배제하지 못한다. 누가 먼저인지도 가중치로는 알 수 없다",
            "teaching by outputs (distillation) leaves no trace in weights and is not excluded; who came first is not \
            told by weights",
        )
        .into(),
    );
    out.components = entries
        .into_iter()
        .map(|entry| ComponentEvidence { parameters: Some(entry.parameters), ..entry.evidence })
        .collect();
}

/// Stacks and tables count however small they are: the model is made of them.
fn is_needed(id: &str) -> bool {
    let stem = id.split(['-', '/']).next().unwrap_or(id);
    matches!(stem, "text" | "vision" | "audio" | "embedding" | "head")
}

/// What can explain the whole: open what is open for any shared component. A common start is excluded once trained
/// change is shown to be shared in one of them.
fn explanations_of_all(entries: &[Entry]) -> Explanations {
    let shared = entries.iter().filter_map(|entry| entry.evidence.explanations.as_ref());
    let mut out = Explanations::default();
    for one in shared {
        if one.common_start.state == ExplanationState::Excluded && out.common_start.state == ExplanationState::Open {
            out.common_start = one.common_start.clone();
        }
    }
    out
}

/// Components of the candidate that were compared with nothing: without counterpart where the reference has none,
/// undecided where shapes cannot be compared.
fn without_counterpart(entries: &[Entry], reference: &Model, candidate: &Model) -> Vec<Entry> {
    let named = |kind: ComponentKind, id: &str| id == kind.id() || kind_of(id) == Some(kind);
    let alone = |id: &str, parameters: u64, relation: Relation, note: Says| Entry {
        evidence: ComponentEvidence {
            id: id.to_owned(),
            relation,
            coverage: Some(0.0),
            notes: vec![note.into()],
            ..ComponentEvidence::default()
        },
        parameters,
        compared: 0,
    };
    let mut none = candidate.without_counterpart(reference);
    // A tower of another kind than the reference has was looked at beside all of its towers.
    none.retain(|part| !entries.iter().any(|entry| entry.evidence.id == part.id));
    let left = candidate.inventory.components.iter().filter(|(kind, part)| {
        let met = entries.iter().any(|entry| named(**kind, &entry.evidence.id));
        part.parameters > 0 && !met && !none.iter().any(|part| named(**kind, &part.id))
    });
    let unlike = left.map(|(kind, part)| {
        let why =
            says("양쪽에 다 있지만 모양이 달라 견줄 수 없다", "both have one, but their shapes cannot be compared");
        alone(kind.id(), part.parameters, Relation::Undecided, why)
    });
    let without =
        none.iter().map(|part| alone(&part.id, part.parameters, Relation::NoCounterpart, says(HAS_NONE.0, HAS_NONE.1)));
    unlike.chain(without).collect()
}

/// The parts of layers that were found, each by its name in the files.
fn parts_of(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Vec<PartEvidence> {
    let each = finding.layers.iter().flat_map(|found| {
        let parts = [("attention", found.attention, 1), ("feed-forward", found.feed_forward, 0)];
        parts.into_iter().filter(|(_, held, _)| *held).map(move |(role, _, at)| PartEvidence {
            role: role.to_owned(),
            layer: candidate.layers[found.layer].number,
            from: reference.layers[found.from].number,
            correlation: (found.basis != BasisKind::Untold).then_some(found.correlation[at]),
            basis: found.basis.word().to_owned(),
            matched: found.arrangement == Arrangement::Matched,
        })
    });
    each.collect()
}

fn tower_entry(
    models: Pair<&Model>,
    (sides, tables): (Pair<&Tower>, Tables<'_>),
    finding: &TowerFinding,
    budget: Budget,
) -> Entry {
    let Pair { reference, candidate } = sides;
    let gains = constant_start(reference, candidate, finding);
    let looks = finding.looks.as_ref();
    // What was not compared may have come from anywhere.
    let pooler = pooler::look(reference, candidate, budget.ln_level());
    let spared = spared(sides, pooler);
    let able = is_compared(models, candidate, spared) && !models.candidate.too_many_towers;
    let unrelated = looks.filter(|_| able && !judge::is_related(finding, budget));
    let coverage = unrelated.map(|looks| coverage::of_tower(&tables.inputs(reference, candidate), looks, budget));
    let judgement = judge::tower(finding, coverage.as_ref(), budget);
    let Judgement { mut relation, mut notes } = judge::beside_a_pooler(judgement, pooler);
    if reference.kind != candidate.kind && relation != Relation::Shared {
        // The kinds are read off names, so that a finding counts; that an eye is no text model shows nothing.
        (relation, notes) = (Relation::NoCounterpart, vec![says(HAS_NONE.0, HAS_NONE.1)]);
    }
    let related = relation == Relation::Shared;
    let parameters = candidate.parameters();
    let mut tests: Vec<TestResult> = finding
        .families
        .values()
        .map(|found| TestResult {
            kind: None,
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
    tests.extend(looks.into_iter().flat_map(|looks| looks.looks.iter().filter_map(look_result)));
    if related {
        let equal = changes::equal_numbers(reference, candidate, finding);
        if equal.of > 0 {
            tests.push(effect("identity", equal.share(), equal.of));
        }
        tests.push(TestResult {
            standard_error: changes::error_of_mean_correlation(finding),
            ..effect("centred-correlation", changes::mean_correlation(finding), finding.layers.len() as u64)
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
        relation,
        changes: if related {
            changes::of_tower(models, sides, finding, gains.is_some_and(|gains| gains.rescaled))
        } else {
            Vec::new()
        },
        share: related.then(|| share_of(candidate, finding, parameters)),
        coverage: Some(if finding.families.is_empty() { 0.0 } else { 1.0 }),
        explanations: looks.filter(|_| related).map(|looks| explain::of_tower(sides, finding, looks)),
        looked_for: coverage.as_ref().map(|all| all.looked_for.clone()).unwrap_or_default(),
        not_looked_for: coverage.map(|all| all.not_looked_for).unwrap_or_default(),
        layers,
        layer_count: u32::try_from(candidate.layers.len()).ok(),
        parts: if related { parts_of(reference, candidate, finding) } else { Vec::new() },
        tests,
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    Entry { evidence, parameters, compared: candidate.compared() + spared }
}

/// Trained numbers of the candidate's pooler where it was looked at, and what was planted in it was found; or where the
/// reference has no matrix outside its layers that it could have come from.
fn spared(sides: Pair<&Tower>, pooler: Option<pooler::Seen>) -> u64 {
    let nothing_there = sides.reference.passive.parameters == 0;
    let told = pooler.map_or(nothing_there, |seen| seen.covered);
    if told { sides.candidate.passive.of_pooler } else { 0 }
}

/// Whether all that counts could have been spoken about: of the layers by their share of the tower, and of what stands
/// outside them by its share of the model, since parts below a hundredth of it are beside (method 1.5).
fn is_compared(models: Pair<&Model>, tower: &Tower, spared: u64) -> bool {
    let small = |numbers: u64, of: u64| numbers as f64 <= LEAST_COUNTED * of as f64;
    let inside = tower.not_compared.saturating_sub(tower.passive.parameters);
    let outside = tower.passive.parameters.saturating_sub(spared);
    small(inside, tower.parameters()) && small(outside, models.candidate.inventory.parameters)
}

/// What one look says, as a test; what had nothing to look at says nothing.
fn look_result(look: &Look) -> Option<TestResult> {
    let result = TestResult {
        family: look.family.id().to_owned(),
        kind: Some(match look.by {
            By::Map => format!("{}-by-map", coverage::word(look.kind)),
            By::Place | By::LoudestCell => coverage::word(look.kind).to_owned(),
        }),
        ..TestResult::default()
    };
    match &look.silent {
        Some(why @ (Silence::Patterns(_) | Silence::OwnLayers)) => {
            Some(TestResult { skipped: Some(sentences::silence(why).into()), ..result })
        }
        Some(_) => None,
        None => Some(TestResult {
            n: Some(look.units as u64),
            z: Some(look.z),
            log10_p: Some(look.ln_p / std::f64::consts::LN_10),
            ..result
        }),
    }
}

/// Constant-start tensors over the layers found as named; over layers in place if none was.
fn constant_start(reference: &Tower, candidate: &Tower, finding: &TowerFinding) -> Option<Gains> {
    if reference.width != candidate.width {
        return None;
    }
    let mut map = vec![None; candidate.layers.len()];
    for found in finding.layers.iter().filter(|found| found.basis == BasisKind::AsNamed) {
        map[found.layer] = Some((found.from, 1.0));
    }
    if map.iter().all(Option::is_none) && reference.layers.len() == candidate.layers.len() {
        map = (0..candidate.layers.len()).map(|at| Some((at, 1.0))).collect();
    }
    Some(gains::compare(reference, candidate, &map))
}

/// Share of a tower's numbers in the parts of layers that were found; what no layer holds counts with a tower that was
/// found whole.
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

/// The matrices of a part beside the layers, by name: the reference's and the candidate's.
type Sides<'m> = (&'m BTreeMap<String, Matrix>, &'m BTreeMap<String, Matrix>);

fn beside_entry(
    models: Pair<&Model>,
    (kind, parts): (ComponentKind, Sides<'_>),
    finding: &BesideFinding,
    towers: &[(Relation, f64)],
) -> Entry {
    let sides: Vec<(&Matrix, &Matrix)> = parts.0.values().zip(parts.1.values()).collect();
    let Judgement { relation, notes } = judge::beside(finding, towers);
    let related = relation == Relation::Shared;
    let mut tests = vec![effect("centred-correlation", finding.correlation, finding.numbers)];
    if finding.swaps.units() > 0 {
        tests.push(summed("f2", &finding.swaps));
    }
    let evidence = ComponentEvidence {
        id: kind.id().to_owned(),
        relation,
        changes: if related {
            changes::of_matrices(models, kind, finding.equal, &sides).into_iter().collect()
        } else {
            Vec::new()
        },
        share: related.then_some(1.0),
        coverage: Some(1.0),
        explanations: related.then(Explanations::default),
        tests,
        notes: notes.into_iter().map(Into::into).collect(),
        ..ComponentEvidence::default()
    };
    let parameters = models.candidate.inventory.parameters_of(kind);
    Entry { evidence, parameters, compared: models.candidate.compared(kind) }
}

/// Whether two models are related so plainly that a control which was to be independent rings.
pub(in crate::measure) fn rings(
    reference: &Model,
    candidate: &Model,
    budget: Budget,
    files: Option<Pair<&Wide<'_>>>,
) -> bool {
    let tables = Tables { files, ..Tables::default() };
    pairs(reference, candidate)
        .into_iter()
        .flatten()
        .any(|pair| enough(&towers(pair.reference, pair.candidate, tables, budget), budget))
}
