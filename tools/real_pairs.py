#!/usr/bin/env python3
"""Measure pairs of real models whose relation is known, and write what came out into the manual.

    python3 -m pip install numpy safetensors
    python3 tools/real_pairs.py SCRATCH --sovgrade BINARY [--only WORD...] [--again]    # measures, keeps the evidence
    python3 tools/real_pairs.py SCRATCH --write                                         # writes the tables

Models are laid out by `real_models.py` beside this file. Evidence is kept as
SCRATCH/evidence/CANDIDATE__REFERENCE.json, and a pair that has one is not measured again without `--again`. `--write` puts the tables into docs/measure-real.md and
docs/ko/measure-real.md; without it they are printed. Every number and word of an answer is read from the evidence.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

BOTH, ONE_WAY = True, False
# Groups of pairs: title, then candidate, reference, whether both ways were measured, what is known, what it shows.
GROUPS = [
    (
        ("One model, packed twice", "한 모델을 두 번 담은 것"),
        [
            (
                "minilm-l6-int8",
                "minilm-l6",
                BOTH,
                ("an eight-bit copy", "8비트 사본"),
                (
                    "Rounding is told from training by the steps that the numbers stand on.",
                    "수가 선 눈금을 보고 반올림과 학습을 가려낸다.",
                ),
            ),
            (
                "esp32-l3",
                "paraphrase-l3",
                BOTH,
                ("every number the same", "모든 수가 같다"),
                ("Equal to the last digit: no change is told.", "끝자리까지 같으므로 변경을 말하지 않는다."),
            ),
            (
                "whisper-base",
                "whisper-base-other",
                BOTH,
                ("every number the same", "모든 수가 같다"),
                (
                    "Encoder, decoder and the attention between them are compared each by itself.",
                    "인코더와 디코더, 둘 사이의 주의를 저마다 견준다.",
                ),
            ),
            (
                "sudachi-b",
                "sudachi-b-onnx",
                BOTH,
                ("PyTorch and ONNX, every number the same", "PyTorch와 ONNX, 모든 수가 같다"),
                (
                    "A table that is narrower than the layers, and layers that share one set of weights, are read.",
                    "층보다 좁은 표와, 가중치 한 벌을 함께 쓰는 층도 읽는다.",
                ),
            ),
            ("sudachi-c", "sudachi-c-onnx", BOTH, ("PyTorch and ONNX", "PyTorch와 ONNX"), ("As above.", "위와 같다.")),
            ("unidic", "unidic-onnx", BOTH, ("PyTorch and ONNX", "PyTorch와 ONNX"), ("As above.", "위와 같다.")),
        ],
    ),
    (
        ("A part of one is in the other", "한쪽의 일부가 다른 쪽에 있는 것"),
        [
            (
                "paraphrase-l3",
                "minilm-l6",
                BOTH,
                (
                    "the embedding of one model of twelve layers, no layer in common",
                    "열두 층 모델의 임베딩이 같고 겹치는 층은 없다",
                ),
                (
                    'The table alone is shared, and the page says so: not "this model".',
                    '표만 공유한다. "이 모델"이 아니라 그 부분이라고 말한다.',
                ),
            ),
            ("esp32-l3", "minilm-l6", BOTH, ("as above", "위와 같다"), ("As above.", "위와 같다.")),
            (
                "e5-small-enpt",
                "e5-small",
                BOTH,
                (
                    "the vocabulary cut from 250,001 to 47,284 tokens, layers untouched",
                    "어휘를 토큰 250,001개에서 47,284개로 줄이고 층은 그대로 두었다",
                ),
                (
                    "Rows are paired by what their tokens stand for, and counted as far as both samples reach.",
                    "행을 토큰 문자열로 짝짓고 두 표본이 함께 닿는 만큼만 센다.",
                ),
            ),
            (
                "flan-t5-small-titles-encoder",
                "flan-t5-small-titles",
                BOTH,
                ("the encoder alone", "인코더만 있다"),
                (
                    "The whole of a smaller model can be a part of a larger one.",
                    "작은 모델 전체가 큰 모델의 일부일 수 있다.",
                ),
            ),
            (
                "flan-t5-small-titles",
                "flan-t5-small-titles-encoder",
                ONE_WAY,
                ("the decoder is not in the reference", "디코더는 대조 모델에 없다"),
                (
                    "A decoder layer is not counted as one of the encoder's.",
                    "디코더의 층을 인코더의 층으로 세지 않는다.",
                ),
            ),
        ],
    ),
    (
        ("Trained apart", "따로 학습한 것"),
        [
            (
                "sudachi-b",
                "sudachi-c",
                BOTH,
                ("two tasks, one author and design", "저자와 설계가 같고 과제가 다르다"),
                ("One recipe is no shared weight.", "학습법이 같다고 가중치를 공유하는 것은 아니다."),
            ),
            ("sudachi-b", "unidic", BOTH, ("other sizes", "크기가 다르다"), ("As above.", "위와 같다.")),
            (
                "rxnmapper",
                "sudachi-b",
                BOTH,
                ("chemistry, Japanese", "화학과 일본어"),
                (
                    "Small models leave little to see, and the page says so.",
                    "작은 모델은 볼 것이 적고, 글이 그렇게 말한다.",
                ),
            ),
            (
                "bergamot-enpt",
                "bergamot-pten",
                BOTH,
                ("two directions of translation, one design", "설계가 같고 번역 방향이 다르다"),
                (
                    'A recurrent part that no test reads is named and bars "no trace".',
                    '검정이 읽지 못하는 순환 부분을 이름으로 밝히고 "흔적이 없다"고 하지 않는다.',
                ),
            ),
            (
                "antiberty",
                "chinese-l2-h512",
                BOTH,
                ("proteins, Chinese; one width", "단백질과 중국어, 폭이 같다"),
                ("Equal sizes are no shared weight.", "크기가 같다고 가중치를 공유하는 것은 아니다."),
            ),
            ("nanoguard", "antiberty", BOTH, ("one width", "폭이 같다"), ("As above.", "위와 같다.")),
            ("nanoguard", "chinese-l2-h512", BOTH, ("one width", "폭이 같다"), ("As above.", "위와 같다.")),
            (
                "antiberty",
                "whisper-base",
                BOTH,
                ("proteins, speech; one width", "단백질과 음성, 폭이 같다"),
                (
                    "What the reference has no part for is listed, and decides nothing.",
                    "대조 모델에 없는 부분은 적어 두고 아무것도 판단하지 않는다.",
                ),
            ),
            ("chinese-l2-h512", "whisper-base", BOTH, ("one width", "폭이 같다"), ("As above.", "위와 같다.")),
            (
                "chinese-l2-h512",
                "flan-t5-small-titles-encoder",
                BOTH,
                ("one width", "폭이 같다"),
                ("As above.", "위와 같다."),
            ),
            (
                "minilm-l6",
                "e5-small",
                BOTH,
                ("pupils of BERT and of XLM-R; one width", "BERT와 XLM-R의 제자, 폭이 같다"),
                ("Pupils of two teachers share nothing.", "스승이 다른 두 제자는 공유하는 것이 없다."),
            ),
            ("esp32-l3", "e5-small", BOTH, ("as above", "위와 같다"), ("As above.", "위와 같다.")),
            (
                "whisper-tiny-en",
                "whisper-base",
                BOTH,
                ("two sizes of one family", "한 계열의 두 크기"),
                ("One maker's sizes were trained apart.", "한 제작자의 여러 크기는 따로 학습되었다."),
            ),
            (
                "whisper-tiny-en",
                "minilm-l6",
                BOTH,
                ("speech, sentences; one width", "음성과 문장, 폭이 같다"),
                ("As above.", "위와 같다."),
            ),
            (
                "igfold-1",
                "igfold-2",
                BOTH,
                ("an ensemble, trained four times", "네 번 학습해 묶은 모델"),
                (
                    "Parts that are not known are not compared, and nothing is said of them.",
                    "역할을 모르는 부분은 견주지 않고 아무 말도 하지 않는다.",
                ),
            ),
            ("igfold-3", "igfold-5", BOTH, ("as above", "위와 같다"), ("As above.", "위와 같다.")),
        ],
    ),
    (
        ("Made for this page of the models above", "위의 모델로 이 쪽을 위해 만든 것"),
        [
            (
                "enpt-with-attention-of-pten",
                "bergamot-pten",
                ONE_WAY,
                (
                    "all attention is the reference's, trained further (0.99)",
                    "주의가 모두 대조 모델의 것이고 더 학습했다(0.99)",
                ),
                ("Parts of layers are found by themselves.", "층의 일부만 공유해도 찾는다."),
            ),
            (
                "enpt-with-table-of-pten",
                "bergamot-pten",
                ONE_WAY,
                ("the table is the reference's, trained further (0.99)", "표가 대조 모델의 것이고 더 학습했다(0.99)"),
                (
                    "A table beside layers that share nothing is not called shared on the strength of its likeness alone, and "
                    'the likeness bars "no trace".',
                    '아무것도 공유하지 않는 층 옆의 표는 닮았다는 것만으로 공유한다고 하지 않으며, 그 닮음 때문에 "흔적이 없다"고도 하지 않는다.',
                ),
            ),
            (
                "whisper-attention-kept",
                "whisper-base",
                ONE_WAY,
                (
                    "all attention is the reference's (0.99), the rest shuffled",
                    "주의는 대조 모델의 것(0.99), 나머지는 섞었다",
                ),
                ("As for the attention above.", "위의 주의와 같다."),
            ),
            (
                "flan-t5-small-fresh-decoder",
                "flan-t5-small-titles",
                ONE_WAY,
                ("the decoder is new", "디코더가 새것이다"),
                ("The share counts the encoder and the tables.", "공유한 몫은 인코더와 표만 센다."),
            ),
            (
                "flan-t5-small-decoder-kept",
                "flan-t5-small-titles",
                ONE_WAY,
                (
                    "the decoder is the reference's (0.95), all else is new",
                    "디코더는 대조 모델의 것(0.95), 나머지는 새것이다",
                ),
                ("One of two towers is enough to be found.", "두 탑 가운데 하나만 공유해도 찾는다."),
            ),
            (
                "whisper-tower-in-an-omni-model",
                "whisper-base",
                ONE_WAY,
                (
                    "the audio tower is the reference's, trained further (0.9)",
                    "오디오 탑이 대조 모델의 것이고 더 학습했다(0.9)",
                ),
                (
                    "A public encoder inside another model: the part is named.",
                    "공개 인코더를 품은 모델. 어느 부분인지 말한다.",
                ),
            ),
            (
                "antiberty-with-chinese-layers",
                "chinese-l2-h512",
                ONE_WAY,
                ("layers 2 and 3 are the reference's 0 and 1 (0.9)", "2, 3층이 대조 모델의 0, 1층이다(0.9)"),
                ("Two layers of eight are found, at other places.", "여덟 층 가운데 두 층을 다른 자리에서 찾는다."),
            ),
        ],
    ),
]
HEADS = {
    "en": "| candidate | reference | what is known | answer | the other way | what it shows |\n|---|---|---|---|---|---|",
    "ko": "| 후보 | 대조 모델 | 알려진 것 | 답 | 거꾸로 재면 | 보이는 것 |\n|---|---|---|---|---|---|",
}
WORDS = {
    "ko": {
        "shared": "공유",
        "no-trace": "흔적 없음",
        "undecided": "판단 못 함",
        "no-counterpart": "상대 없음",
        "beside": "딸린 것",
        "text": "텍스트",
        "audio": "오디오",
        "embedding": "임베딩",
        "head": "헤드",
        "projector": "연결부",
        "decoder": "디코더",
        "encoder": "인코더",
        "cross": "교차 주의",
        "trained-further": "더 학습함",
        "quantised": "양자화함",
        "cast": "수 형식을 바꿈",
        "units-reordered": "단위 순서를 바꿈",
        "units-cut": "단위를 줄임",
        "units-added": "단위를 늘림",
        "layers-cut": "층을 뺌",
        "layers-added": "층을 더함",
        "layers-reordered": "층 순서를 바꿈",
        "channels-reordered": "채널 순서를 바꿈",
        "channels-cut": "채널을 줄임",
        "channels-added": "채널을 늘림",
        "channels-rotated": "채널을 돌림",
        "signs-flipped": "부호를 뒤집음",
        "rescaled": "크기를 다시 맞춤",
        "vocabulary-replaced": "어휘를 바꿈",
        "merged": "병합함",
    },
    "en": {"no-trace": "no trace", "undecided": "not decided", "no-counterpart": "no counterpart"},
}


def word(name: str, lang: str) -> str:
    return WORDS[lang].get(name, name.replace("-", " "))


def component(name: str, lang: str) -> str:
    """`text-decoder/cross` in words."""
    return " ".join(word(part, lang) for part in name.replace("/", "-").split("-"))


def answer(link: dict, lang: str) -> str:
    """What the evidence says of one link."""
    relation = link["relation"]
    parts: dict = {}
    for part in link["components"]:
        layers = len(part.get("layers", []))
        told = component(part["id"], lang)
        if part["relation"] == "shared" and layers:
            told += f" ({layers}층)" if lang == "ko" else f" ({layers} layer{'s' if layers > 1 else ''})"
        known = parts.setdefault(part["relation"], [])
        known += [] if told in known else [told]  # a head may be a table and layers before it
    first = f"**{word(relation, lang)}**"
    if relation == "shared":
        first += f" {100 * link['share']:.0f} %"
    elif link.get("coverage") is not None:
        first += f", {'견준 몫' if lang == 'ko' else 'compared'} {100 * link['coverage']:.0f} %"
    said = [first]
    order = [kind for kind in ("shared", "no-trace", "undecided", "no-counterpart") if kind in parts]
    if order != [relation] or relation == "shared":
        said += [f"{word(kind, lang)}: {', '.join(parts[kind])}" for kind in order]
    if relation == "shared":
        changes = sorted({change for part in link["components"] for change in part.get("changes", [])})
        if changes:
            title = "바뀐 것" if lang == "ko" else "changed"
            said.append(f"{title}: {', '.join(word(change, lang) for change in changes)}")
        start = link["explanations"]["common-start"]["state"]
        excluded = {"ko": "같은 무작위 출발점은 부정됨", "en": "a common random start is excluded"}
        left = {"ko": "같은 무작위 출발점일 수 있음", "en": "a common random start is left open"}
        said.append((excluded if start == "excluded" else left)[lang])
    return "<br>".join(said)


def link_of(evidence: pathlib.Path, candidate: str, reference: str):
    file = evidence / f"{candidate}__{reference}.json"
    return json.loads(file.read_text(encoding="utf-8"))["links"][0] if file.is_file() else None


def tables(evidence: pathlib.Path, lang: str) -> str:
    """The tables of all groups, and a count below."""
    at = 0 if lang == "en" else 1
    lines, counts, missing = [], {}, 0
    for title, pairs in GROUPS:
        lines += ["", f"### {title[at]}", "", *HEADS[lang].split("\n")]
        for candidate, reference, both, known, shows in pairs:
            there, back = link_of(evidence, candidate, reference), link_of(evidence, reference, candidate)
            cells = ["-", "-"]
            if there:
                counts[there["relation"]] = counts.get(there["relation"], 0) + 1
                cells[0] = answer(there, lang)
            missing += there is None
            if both and back:
                share = f" {100 * back['share']:.0f} %" if back["relation"] == "shared" else ""
                cells[1] = f"{word(back['relation'], lang)}{share}"
            lines.append(f"| `{candidate}` | `{reference}` | {known[at]} | {cells[0]} | {cells[1]} | {shows[at]} |")
    total = ", ".join(
        f"{word(kind, lang)} {counts[kind]}" for kind in ("shared", "no-trace", "undecided") if kind in counts
    )
    sums = {"en": f"Answers in the first direction: {total}.", "ko": f"첫 방향의 답: {total}."}
    if missing:
        print(f"{missing} pairs have no evidence", file=sys.stderr)
    return "\n".join([*lines[1:], "", sums[lang]])


def measure(scratch: pathlib.Path, binary: str, only, again: bool) -> None:
    """Measures what has no evidence yet."""
    import real_models  # needs numpy, which writing does not

    evidence = scratch / "evidence"
    evidence.mkdir(parents=True, exist_ok=True)
    for _, pairs in GROUPS:
        for first, second, both, *_ in pairs:
            if only and not any(part in name for part in only for name in (first, second)):
                continue
            for candidate, reference in ((first, second), (second, first))[: 2 if both else 1]:
                file = evidence / f"{candidate}__{reference}.json"
                if file.is_file() and not again:
                    continue
                places = [str(real_models.ready(scratch, name)) for name in (candidate, reference)]
                begun = time.monotonic()
                command = [binary, "measure", places[0], "--against", places[1], "--no-digest", "-o", str(file)]
                done = subprocess.run(command, capture_output=True, text=True)
                link = link_of(evidence, candidate, reference)
                said = link["relation"] if link else " ".join(done.stderr.split())[:200]
                print(f"{candidate} / {reference}: {said}, {time.monotonic() - begun:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--sovgrade", help="the binary; without it nothing is measured")
    parser.add_argument("--only", nargs="*", help="pairs with one of these words in a name")
    parser.add_argument("--again", action="store_true", help="measure what has evidence already")
    parser.add_argument("--write", action="store_true", help="write the tables into the manual")
    options = parser.parse_args()
    if options.sovgrade:
        measure(options.scratch, options.sovgrade, options.only, options.again)
    docs = pathlib.Path(__file__).resolve().parent.parent / "docs"
    for lang, page in (("en", docs / "measure-real.md"), ("ko", docs / "ko" / "measure-real.md")):
        made = tables(options.scratch / "evidence", lang)
        if options.write:
            text = page.read_text(encoding="utf-8")
            before, after = text.split("<!-- pairs: begin -->")[0], text.split("<!-- pairs: end -->")[1]
            page.write_text(f"{before}<!-- pairs: begin -->\n{made}\n<!-- pairs: end -->{after}", encoding="utf-8")
        elif lang == "en":
            print(made)


if __name__ == "__main__":
    main()
