//! Reading what the evidence file says beyond verdicts.

use super::details::{
    Adapter, Coefficient, Mixture, MixtureKind, MixturePart, TableRows, Trail, TrailCheck, TrailQuestion,
};
use super::file::Document;
use super::scalar::{each, number, present, share, text, whole};
use super::seen::Relation;
use super::stated::unattested;
use crate::text::{Decode, Fields, Node, Reader};

fn required_number(fields: &mut Fields<'_>, key: &'static str, reader: &mut Reader) -> Option<f64> {
    fields.must(key).and_then(|node| number(Some(node), reader))
}

fn required_whole(fields: &mut Fields<'_>, key: &'static str, reader: &mut Reader) -> Option<u64> {
    fields.must(key).and_then(|node| whole(node, reader))
}

fn numbers(node: Option<&Node>, reader: &mut Reader) -> Vec<f64> {
    each(node, reader).iter().filter_map(|node| number(Some(node), reader)).collect()
}

fn small(node: &Node, reader: &mut Reader) -> Option<u32> {
    whole(node, reader).and_then(|number| u32::try_from(number).ok())
}

impl Decode for Mixture {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (component, kind) = (fields.required("component", reader), fields.required("kind", reader));
        let read = Self {
            component: String::new(),
            kind: MixtureKind::NotIdentified,
            coefficients: fields.optional("coefficients", reader).unwrap_or_default(),
            r2: share(fields.node("r2"), reader),
            residual_ulp: number(fields.node("residual-ulp"), reader),
            parts: fields.optional("parts", reader).unwrap_or_default(),
            tests: fields.optional("tests", reader).unwrap_or_default(),
        };
        fields.done(reader);
        Some(Self { component: component?, kind: kind?, ..read })
    }
}

impl Decode for MixtureKind {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.word(node, &Self::ALL.map(Self::word)).map(|at| Self::ALL[at])
    }
}

impl Decode for Coefficient {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let id = fields.required("id", reader);
        let value = required_number(&mut fields, "value", reader);
        let se = required_number(&mut fields, "se", reader);
        fields.done(reader);
        Some(Self { id: id?, value: value?, se: se? })
    }
}

impl Decode for MixturePart {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let part = fields.required("part", reader);
        let first = fields.must("first").and_then(|node| small(node, reader));
        let last = fields.must("last").and_then(|node| small(node, reader));
        let (from, to) = (numbers(fields.node("from"), reader), numbers(fields.node("to"), reader));
        fields.done(reader);
        Some(Self { part: part?, first: first?, last: last?, from, to })
    }
}

impl Decode for Adapter {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let rank = fields.must("rank").and_then(|node| small(node, reader));
        let roles = fields.optional("roles", reader).unwrap_or_default();
        let layers = each(fields.node("layers"), reader).iter().filter_map(|node| small(node, reader)).collect();
        let changed = required_whole(&mut fields, "changed", reader);
        let untouched = required_whole(&mut fields, "untouched", reader);
        let explained = fields.must("explained").and_then(|node| share(Some(node), reader));
        let merged = present(fields.node("merged")).and_then(|node| reader.flag(node)).unwrap_or(true);
        fields.done(reader);
        Some(Self {
            rank: rank?,
            roles,
            layers,
            changed: changed?,
            untouched: untouched?,
            explained: explained?,
            merged,
        })
    }
}

impl Decode for TableRows {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let table = fields.required("table", reader);
        let counts = ["rows", "shared", "copied", "identical", "new", "composed", "from-means"]
            .map(|key| required_whole(&mut fields, key, reader));
        let least_cosine = required_number(&mut fields, "least-cosine", reader);
        fields.done(reader);
        let [rows, shared, copied, identical, new, composed, from_means] = counts;
        Some(Self {
            table: table?,
            rows: rows?,
            shared: shared?,
            copied: copied?,
            identical: identical?,
            new: new?,
            composed: composed?,
            from_means: from_means?,
            least_cosine: least_cosine?,
        })
    }
}

impl Decode for Trail {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let passed = fields.required("passed", reader);
        let checkpoints = fields.required("checkpoints", reader);
        let checks = fields.required("checks", reader);
        let components = fields.optional("components", reader).unwrap_or_default();
        let attested: Option<Document> = present(fields.node("attested")).and_then(|node| Decode::decode(node, reader));
        let named =
            |document: &Document| document.publisher.is_some() && document.date.is_some() && document.record.is_some();
        if let (Some(false), Some(at)) = (attested.as_ref().map(named), node.get("attested")) {
            let problem = unattested(&reader.file, at.span);
            reader.report(problem);
        }
        fields.done(reader);
        Some(Self { passed: passed?, checkpoints: checkpoints?, checks: checks?, components, attested })
    }
}

impl Decode for TrailCheck {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        let mut fields = Fields::of(node, reader)?;
        let (check, at) = (fields.required("check", reader), fields.required("at", reader));
        let passed = fields.required("passed", reader);
        let read = Self {
            check: TrailQuestion::Step,
            at: String::new(),
            against: text(fields.node("against"), reader),
            passed: false,
            relation: present(fields.node("relation"))
                .and_then(|node| super::decode::relation(node, reader, Relation::OF_LINKS)),
            failures: fields.optional("failures", reader).unwrap_or_default(),
            tests: fields.optional("tests", reader).unwrap_or_default(),
        };
        fields.done(reader);
        Some(Self { check: check?, at: at?, passed: passed?, ..read })
    }
}

impl Decode for TrailQuestion {
    fn decode(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.word(node, &Self::ALL.map(Self::word)).map(|at| Self::ALL[at])
    }
}
