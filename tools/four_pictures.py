#!/usr/bin/env python3
"""Draws the four pictures of docs/from-scratch.md: what two models can have in common.

    python3 tools/four_pictures.py            writes docs/pictures/from-scratch-*.svg, in English and in Korean

A picture has two rows (two models) and four columns: plan, start, trained weights, answers. Between the rows stands
whether that column is equal. The numbers are drawn with a fixed seed, so the same program gives the same bytes.
The `desc` of a picture is the text beside it on the page; `tests/from_scratch.rs` holds that.
"""
import random
from pathlib import Path

CELL, COLUMNS, ROWS = 13, 8, 5
LEFT, TOP, WIDE, HIGH = 96, 44, 140, 92

WORDS = {
    "en": {"plan": "plan (class)", "start": "start", "weights": "trained weights", "answers": "answers",
           "first": "model A", "second": "model B"},
    "ko": {"plan": "설계(클래스)", "start": "출발점", "weights": "학습된 가중치", "answers": "답",
           "first": "모델 A", "second": "모델 B"},
}

# name, signs between the rows, title and text in both languages
PICTURES = [
    ("plan", ["=", "≠", "≠", "≠"],
     {"en": "Same plan", "ko": "같은 설계"},
     {"en": "Both models have the same plan. They start from different random numbers, so their trained weights and "
            "their answers differ.",
      "ko": "두 모델의 설계가 같다. 서로 다른 무작위 수에서 출발했으므로 학습된 가중치와 답은 다르다."}),
    ("start", ["=", "=", "≠", "≠"],
     {"en": "Same start", "ko": "같은 출발점"},
     {"en": "Both models have the same plan and began with the same random numbers. They were trained apart, so "
            "nearly all weights differ; one row that training never used is still equal.",
      "ko": "두 모델은 설계가 같고 같은 무작위 수에서 출발했다. 따로 학습했으므로 가중치가 거의 모두 다르지만, 학습에 "
            "쓰이지 않은 한 줄은 그대로 같다."}),
    ("weights", ["=", "≠", "≈", "≈"],
     {"en": "Same weights", "ko": "같은 가중치"},
     {"en": "Model B starts from the trained weights of model A and is trained a little further. Its weights and its "
            "answers stay close to those of A.",
      "ko": "모델 B는 모델 A의 학습된 가중치에서 출발해 조금 더 학습했다. 가중치와 답이 A와 가깝게 남는다."}),
    ("answers", ["≠", "≠", "≠", "≈"],
     {"en": "Same answers", "ko": "같은 답"},
     {"en": "Model B has another plan and another start and learned from the answers of model A. Its answers are "
            "alike, and its weights have nothing in common with those of A.",
      "ko": "모델 B는 설계도 출발점도 다르고, 모델 A의 답을 보고 배웠다. 답은 닮았지만 가중치에는 공통점이 없다."}),
]


def numbers(draw):
    return [[draw.random() for _ in range(COLUMNS)] for _ in range(ROWS)]


def near(draw, values, by):
    return [[min(1.0, max(0.0, v + draw.uniform(-by, by))) for v in row] for row in values]


def grid(x, y, values, marked=None):
    cells, frame = [], []
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            shade = round(235 - 170 * value)
            cells.append(f'<rect x="{x + c * CELL}" y="{y + r * CELL}" width="{CELL - 1}" height="{CELL - 1}" '
                         f'fill="rgb({shade},{shade},{min(255, shade + 20)})"/>')
        if r == marked:
            frame.append(f'<rect x="{x - 2}" y="{y + r * CELL - 2}" width="{COLUMNS * CELL + 3}" '
                         f'height="{CELL + 3}" fill="none" stroke="#b00020" stroke-width="1.5"/>')
    return cells + frame


def blocks(x, y, heights):
    out, at = [], y
    for height in heights:
        out.append(f'<rect x="{x}" y="{at}" width="{COLUMNS * CELL}" height="{height}" fill="#fff" stroke="#333"/>')
        at += height + 4
    return out


def lines(x, y, lengths):
    return [f'<rect x="{x}" y="{y + 4 + i * 12}" width="{round(COLUMNS * CELL * length)}" height="5" rx="2" '
            f'fill="#555"/>' for i, length in enumerate(lengths)]


def picture(name, signs, title, text, lang):
    draw, words = random.Random(f"from scratch: {name}"), WORDS[lang]
    start, trained, says = numbers(draw), numbers(draw), [draw.uniform(0.4, 1.0) for _ in range(5)]
    other_start, other_trained, other_says = numbers(draw), numbers(draw), [draw.uniform(0.4, 1.0) for _ in range(5)]
    plan, other_plan, marked = [18, 10, 18], [18, 10, 18], None
    if name == "start":
        other_start = start
        marked = 3
        trained[marked] = other_trained[marked] = start[marked]
    if name == "weights":
        other_start = trained
        other_trained = near(draw, trained, 0.08)
        other_says = [min(1.0, length + 0.03) for length in says]
    if name == "answers":
        other_plan = [10, 24, 10]
        other_says = [min(1.0, length + 0.03) for length in says]
    x = [LEFT + i * WIDE for i in range(4)]
    below = TOP + HIGH + 22
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 252" role="img" font-family="sans-serif" '
           f'font-size="12" aria-labelledby="t d">',
           f'<title id="t">{title}</title>', f'<desc id="d">{text}</desc>',
           '<rect width="660" height="252" fill="#fff"/>']
    for i, key in enumerate(("plan", "start", "weights", "answers")):
        out.append(f'<text x="{x[i]}" y="{TOP - 14}">{words[key]}</text>')
        out.append(f'<text x="{x[i] + COLUMNS * CELL // 2}" y="{TOP + HIGH - 3}" font-size="22" '
                   f'text-anchor="middle">{signs[i]}</text>')
    for y, who in ((TOP, "first"), (below, "second")):
        out.append(f'<text x="14" y="{y + 38}" font-weight="bold">{words[who]}</text>')
    out += blocks(x[0], TOP, plan) + blocks(x[0], below, other_plan)
    out += grid(x[1], TOP, start, marked) + grid(x[1], below, other_start, marked)
    out += grid(x[2], TOP, trained, marked) + grid(x[2], below, other_trained, marked)
    out += lines(x[3], TOP, says) + lines(x[3], below, other_says)
    if name == "weights":
        out.append(f'<path d="M{x[2] - 6} {TOP + 60} L{x[1] + COLUMNS * CELL + 4} {below + 10}" stroke="#b00020" '
                   'stroke-width="1.5" fill="none" stroke-dasharray="4 3"/>')
    if name == "answers":
        out.append(f'<path d="M{x[3] + 40} {TOP + 66} C{x[3] - 40} {TOP + 96} {x[2] + 140} {below - 14} '
                   f'{x[2] + COLUMNS * CELL + 4} {below + 20}" stroke="#b00020" stroke-width="1.5" fill="none" '
                   'stroke-dasharray="4 3"/>')
    return "\n".join(out + ["</svg>", ""])


def main():
    folder = Path(__file__).resolve().parent.parent / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for name, signs, titles, texts in PICTURES:
        for lang in ("en", "ko"):
            drawn = picture(name, signs, titles[lang], texts[lang], lang)
            (folder / f"from-scratch-{name}.{lang}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
