//! Evidence files read and written back.

use super::*;

fn read_text(text: &str) -> Result<ReadEvidence, Diagnostics> {
    read(&SourceFile::new("e.json", text))
}

#[test]
fn a_file_is_read_as_serde_reads_it() {
    let text = r#"{"schema": "sovgrade/evidence/2", "run": {"program": "p", "settings": {"quick": true},
        "screened": 3}, "subject": {"id": "m", "files": [{"name": "a", "bytes": 3}]},
            "links": [{"reference": {"id": "q/w", "same-maker": false}, "relation": "shared",
        "changes": ["trained-further"], "share": 0.5,
              "coverage": 0.9, "not-compared": ["x"],
              "context": {"config": {"fields": 3, "common": ["a: 1"], "different": ["b: 1 / 2"]},
        "vocabulary": {"candidate": 9, "reference": 8, "shared": 7, "same-id": 1,
                "shared-merges": 3, "merge-rank-correlation": 0.5}, "gains": {"raw-cosine": 0.99, "centred": 0.01,
                "layers": [{"tensor": "input_layernorm", "layer": 3, "raw-cosine": 0.9, "centred": 0.0,
        "shuffled": 0.9}]}},
              "explanations": {"from-reference": {"state": "stated", "because": "card"},
        "common-start": {"state": "excluded"}},
              "components": [{"id": "vision", "relation": "shared", "layers": [0, 1], "layer-count": 3,
        "parameters": 99,
                "looked-for": [{"change": "in-place", "least-correlation": 0.1, "planted": "found", "by": "place"}],
                "not-looked-for": [{"change": "distilled", "why": "w"}],
                "parts": [{"role": "attention", "layer": 1, "from": 0, "correlation": 0.5, "basis": "as-named",
        "matched": false}],
                "tests": [{"family": "identity", "statistic": 0.99, "n": 12, "z": 4.5, "log10-p": -30, "agree": 11},
                  {"family": "f2", "skipped": {"ko": "한", "en": "why"}}], "notes": ["plain", {"ko": "말",
        "en": "said"}]}],
              "adapter": {"rank": 4, "roles": ["query"], "layers": [0], "changed": 1, "untouched": 2,
        "explained": 0.99},
              "tables": [{"table": "head", "rows": 9, "shared": 8, "copied": 7, "identical": 6, "new": 1,
        "composed": 1, "from-means": 0, "least-cosine": 0.4}],
              "controls": [{"id": "c", "passed": true, "detail": "d"}]}],
            "mixtures": [{"component": "text", "kind": "slerp", "coefficients": [{"id": "a", "value": 0.6,
        "se": 1e-4}], "r2": 0.99,
              "parts": [{"part": "attention", "first": 0, "last": 3, "from": [0, 1], "to": [1, 0]}]}],
            "trail": {"passed": false, "checkpoints": [{"id": "t0", "files": [{"name": "a", "bytes": 3}]}],
              "components": ["text"], "attested": {"title": "t", "publisher": "p", "date": "2026-01-01",
        "record": "7"},
              "checks": [{"check": "foreign-start", "at": "t0", "against": "q", "passed": false,
        "relation": "shared", "failures": ["x"]}]},
            "documented": [{"fact": "maker.jurisdiction", "value": "KR", "source": {"title": "t",
        "date": "2026-01-01"}}],
            "attested": [], "level": {"run": 1e-6, "looks": 90}}"#;
    let ours = read_text(text).expect("valid");
    let theirs: EvidenceFile = serde_json::from_str(text).expect("valid");
    assert_eq!(ours.file, theirs);
    let line = 1 + text[..text.find(r#"{"reference": {"id": "q/w""#).expect("a link")].matches('\n').count();
    assert_eq!(ours.source.position(ours.links[0].0.start).line as usize, line);
}

#[test]
fn the_format_before_is_read_with_everything_open() {
    let text = r#"{"schema": "sovgrade/evidence/1", "subject": {"id": "m"}, "links": [
            {"reference": {"id": "q"}, "verdict": "derived", "kinds": ["continued", "disguised"],
        "power": {"least-share": 0.1},
             "components": [{"id": "text", "verdict": "same-init", "kinds": [], "power": {},
        "tests": [{"family": "f1"}]}]},
            {"reference": {"id": "r"}, "verdict": "independent"}, {"reference": {"id": "s"},
        "verdict": "inconclusive"}],
            "documented": [{"fact": "link.verdict", "item": "text/q", "value": "independent",
        "source": {"title": "t"}}]}"#;
    let read = read_text(text).expect("valid");
    let [first, second, third] = &read.file.links[..] else { panic!("three links") };
    assert_eq!((first.relation, first.components[0].relation), (Relation::Shared, Relation::Shared));
    assert_eq!(first.changes, [Change::TrainedFurther]);
    assert!(first.explanations.is_none() && read.is_reported());
    assert_eq!((second.relation, third.relation), (Relation::Undecided, Relation::Undecided));
    assert_eq!(read.file.documented[0].fact, "link.relation");
    assert_eq!(read.documented[0].text(), Some("undecided"));
    assert!(read_text(&text.replace("same-init", "same-start")).is_err(), "an unknown verdict is told");
}

#[test]
fn all_mistakes_come_at_once() {
    let text = r#"{"schema": "sovgrade/evidence/2", "subject": {"files": [{"name": "a", "bytes": -1,
        "sha256": "x"}]},
            "links": [{"reference": {"id": "q", "jurisdiction": "usa"}, "relation": "shard", "share": 3,
        "komponents": []}], "documented": 3}"#;
    let problems = read_text(text).expect_err("mistakes");
    assert!(problems.iter().count() >= 8, "{:?}", problems.iter().map(|p| &p.message.en).collect::<Vec<_>>());
}

#[test]
fn hostile_files_are_refused() {
    let deep = "[".repeat(100_000);
    for text in ["", "[]", "null", "{}", "{\"schema\": \"sovgrade/evidence/3\", \"subject\": {\"id\": \"x\"}}", &deep] {
        assert!(read_text(text).is_err(), "{}", &text[..text.len().min(30)]);
    }
}
