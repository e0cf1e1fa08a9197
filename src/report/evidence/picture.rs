//! A small picture of layers by role: how alike each part of each layer is, and which were not found.

use super::super::canvas::{Canvas, padded, width_of};
use super::sentence::say;
use crate::evidence::ComponentEvidence;
use crate::text::Lang;

/// Shades from the faintest to the plainest likeness: least correlation, sign, sign in ASCII.
const SHADES: [(f64, char, char); 4] = [(0.0, '░', '-'), (0.2, '▒', '+'), (0.6, '▓', '*'), (0.98, '█', '#')];
/// A layer that was not found, and one whose numbers cannot be paired so that it has no figure.
const NOT_FOUND: (char, char) = ('·', '.');
const NO_FIGURE: (char, char) = ('?', '?');
/// So many layers have two columns each; more have one, and beyond the width several share one.
const ROOMY: usize = 24;
/// Columns for the picture itself, beside its labels.
const COLUMNS: usize = 60;

/// A part of a layer, or tensors of one role in it: its word in evidence, Korean, English.
type Name = (&'static str, &'static str, &'static str);

/// The parts of a layer, each with the roles of its tensors.
const PARTS: [(Name, &[Name]); 2] = [
    (
        ("attention", "어텐션", "attention"),
        &[
            ("query-key-value", "질의·키·값", "query, key, value"),
            ("query", "질의", "query"),
            ("query-down", "질의 축소", "query down"),
            ("query-up", "질의 확대", "query up"),
            ("key", "키", "key"),
            ("value", "값", "value"),
            ("key-value-down", "키·값 축소", "key, value down"),
            ("key-value-up", "키·값 확대", "key, value up"),
            ("output", "출력", "output"),
        ],
    ),
    (
        ("feed-forward", "피드포워드", "feed-forward"),
        &[
            ("gate-up", "게이트·업", "gate, up"),
            ("gate", "게이트", "gate"),
            ("up", "업", "up"),
            ("down", "다운", "down"),
            ("router", "라우터", "router"),
        ],
    ),
];

/// What one column of one row shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    NotFound,
    NoFigure,
    Alike(f64),
}

impl Cell {
    fn sign(self, plain: bool) -> char {
        let (drawn, ascii) = match self {
            Self::NotFound => NOT_FOUND,
            Self::NoFigure => NO_FIGURE,
            Self::Alike(value) => {
                let shade = SHADES.iter().rev().find(|(least, ..)| value.abs() >= *least).unwrap_or(&SHADES[0]);
                (shade.1, shade.2)
            }
        };
        if plain { ascii } else { drawn }
    }
}

/// Draws the layers of a component that was found.
pub(super) fn picture(component: &ComponentEvidence, lang: Lang, canvas: &mut Canvas) {
    let layers = component.layer_count.map_or(0, |count| count as usize);
    if component.parts.is_empty() || layers < 2 {
        return;
    }
    let together = layers.div_ceil(COLUMNS);
    let step = if layers <= ROOMY { 2 } else { 1 };
    let rows: Vec<Row> = PARTS.iter().flat_map(|(part, roles)| rows(component, *part, roles)).collect();
    let label = rows.iter().map(|row| width_of(say(lang, row.name.1, row.name.2))).max().unwrap_or(0);
    let plain = canvas.is_plain();
    let gap = if step == 2 { " " } else { "" };
    canvas.line(&format!("    {} {}", padded(say(lang, "층", "layer"), label), ruler(layers, together, step)));
    for row in &rows {
        let signs: Vec<String> =
            cells(component, row, layers, together).iter().map(|cell| cell.sign(plain).to_string()).collect();
        canvas.line(&format!("    {} {}", padded(say(lang, row.name.1, row.name.2), label), signs.join(gap)));
    }
    let legend: Vec<String> = SHADES
        .iter()
        .rev()
        .map(|(least, drawn, ascii)| match (if plain { ascii } else { drawn }, *least > 0.0) {
            (sign, true) => format!("{sign} {least}{}", say(lang, " 이상", " or more")),
            (sign, false) => format!("{sign} {}", say(lang, "그보다 적음", "less")),
        })
        .collect();
    let missing = if plain { NOT_FOUND.1 } else { NOT_FOUND.0 };
    let mut text = format!(
        "{}: {}; {missing} {}",
        say(lang, "상관", "correlation"),
        legend.join(", "),
        say(lang, "찾지 못함", "not found")
    );
    if component.parts.iter().any(|part| part.correlation.is_none()) {
        text.push_str(say(lang, ", ? 짝지을 수가 없어 상관을 모름", ", ? found, without a figure"));
    }
    if together > 1 {
        text.push_str(&match lang {
            Lang::Ko => format!(". 한 칸이 층 {together}개이다"),
            Lang::En => format!(". One column is {together} layers"),
        });
    }
    canvas.paragraph(4, "", &text);
}

/// One row of the picture.
#[derive(Debug, Clone, Copy)]
struct Row {
    name: Name,
    /// The part whose layers were found or not.
    part: &'static str,
    /// The role whose tensors tell how alike they are; none where the part tells.
    role: Option<&'static str>,
}

/// A row for each role of a part where whole tensors were compared as they stand, which says nothing where units were
/// matched or the stream was turned; else one row for the part.
fn rows(component: &ComponentEvidence, name: Name, roles: &[Name]) -> Vec<Row> {
    let part = name.0;
    let of_it = component.parts.iter().filter(|found| found.role == part);
    let as_they_stand = of_it.clone().all(|found| found.basis == "as-named" && !found.matched) && of_it.count() > 0;
    let told = |role: &str| component.tensors.iter().any(|tensor| tensor.layer.is_some() && tensor.role == role);
    let finer: Vec<Row> = roles
        .iter()
        .filter(|role| as_they_stand && told(role.0))
        .map(|&name| Row { name, part, role: Some(name.0) })
        .collect();
    if finer.is_empty() { vec![Row { name, part, role: None }] } else { finer }
}

/// One row: of layers that share a column the mean, where a layer that was not found counts as nothing.
fn cells(component: &ComponentEvidence, row: &Row, layers: usize, together: usize) -> Vec<Cell> {
    let of_tensors = |layer: usize, role: &str| {
        let tensors = component.tensors.iter().filter(|tensor| tensor.role == role);
        tensors
            .filter(|tensor| tensor.layer.is_some_and(|at| at as usize == layer))
            .map(|tensor| tensor.correlation)
            .next()
    };
    let each: Vec<Cell> = (0..layers)
        .map(|layer| {
            let part = component.parts.iter().find(|part| part.role == row.part && part.layer as usize == layer);
            part.map_or(Cell::NotFound, |part| {
                let figure = row.role.map_or(part.correlation, |role| of_tensors(layer, role));
                figure.map_or(Cell::NoFigure, Cell::Alike)
            })
        })
        .collect();
    each.chunks(together)
        .map(|chunk| match chunk {
            [one] => *one,
            _ if chunk.iter().all(|cell| *cell == Cell::NotFound) => Cell::NotFound,
            _ if chunk.iter().all(|cell| !matches!(cell, Cell::Alike(_))) => Cell::NoFigure,
            _ => {
                let sum: f64 = chunk.iter().map(|cell| if let Cell::Alike(value) = cell { *value } else { 0.0 }).sum();
                Cell::Alike(sum / chunk.len() as f64)
            }
        })
        .collect()
}

/// Numbers of layers above their columns, as many as fit.
fn ruler(layers: usize, together: usize, step: usize) -> String {
    let every = if step == 2 && layers <= 10 { 1 } else { 5 };
    let mut line = String::new();
    for column in (0..layers.div_ceil(together)).step_by(every) {
        let at = column * step;
        if line.len() <= at {
            line.push_str(&" ".repeat(at - line.len()));
            line.push_str(&(column * together).to_string());
            line.push(' ');
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{PartEvidence, TensorEvidence};

    fn component(layers: u32, found: impl Iterator<Item = u32>) -> ComponentEvidence {
        let part = |layer| PartEvidence {
            role: "attention".to_owned(),
            layer,
            from: layer,
            correlation: Some(0.7),
            basis: "as-named".to_owned(),
            matched: false,
        };
        ComponentEvidence {
            layer_count: Some(layers),
            parts: found.map(part).collect(),
            ..ComponentEvidence::default()
        }
    }

    fn drawn(component: &ComponentEvidence, lang: Lang) -> Vec<String> {
        let mut canvas = Canvas::new(80, false, false);
        picture(component, lang, &mut canvas);
        canvas.finish().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_few_layers_have_a_column_each() {
        let lines = drawn(&component(5, [1, 3].into_iter()), Lang::En);
        assert_eq!(lines[0], "    layer        0 1 2 3 4");
        assert_eq!(lines[1], "    attention    · ▓ · ▓ ·");
        assert_eq!(lines[2], "    feed-forward · · · · ·");
    }

    #[test]
    fn roles_have_a_row_each_where_tensors_were_compared_as_they_stand() {
        let tensor = |role: &str, layer, correlation| TensorEvidence {
            role: role.to_owned(),
            layer: Some(layer),
            from: None,
            numbers: 10,
            correlation,
            identical: 0.0,
            chance: 0.0,
        };
        let mut found = component(3, [0, 1].into_iter());
        found.tensors = vec![
            tensor("query", 0, 0.99),
            tensor("output", 0, 0.7),
            tensor("query", 1, 0.3),
            tensor("output", 1, 0.1),
            tensor("up", 1, 0.0),
        ];
        let lines = drawn(&found, Lang::En);
        assert_eq!(lines[1], "    query        █ ▒ ·");
        assert_eq!(lines[2], "    output       ▓ ░ ·");
        assert_eq!(lines[3], "    feed-forward · · ·");
        found.parts[0].matched = true;
        assert_eq!(drawn(&found, Lang::En)[1], "    attention    ▓ ▓ ·");
    }

    #[test]
    fn a_hundred_layers_fit_into_eighty_columns() {
        for layers in [48, 80, 126, 400] {
            for lang in Lang::ALL {
                let lines = drawn(&component(layers, 0..layers / 2), lang);
                assert!(lines.iter().all(|line| width_of(line) <= 80), "{lines:?}");
                let row = &lines[1];
                assert!(row.contains('▓') && row.contains('·'), "{row}");
                let text = lines.iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>().join(" ");
                let shared = text.contains(say(lang, "한 칸이", "One column is"));
                assert_eq!(shared, layers > 60);
            }
        }
    }
}
