//! Definitions that go in a circle, found on the text before anything is unfolded.

use super::compile::{Named, Names};
use crate::text::{Code, Diagnostic, Diagnostics, Node, NodeKind, Span, says};

/// One use of a name: where it stands and what it leads to.
#[derive(Debug, Clone, Copy)]
struct Use {
    span: Span,
    to: usize,
}

/// Reports every circle once, at the use that closes it, with the whole way round.
pub(super) fn report_cycles(names: &Names, problems: &mut Diagnostics) {
    let pieces: Vec<&(String, Named)> = names.terms.iter().chain(&names.criteria).collect();
    let uses: Vec<Vec<Use>> = pieces.iter().map(|(_, named)| uses(&named.test, names)).collect();
    let mut state = vec![Visit::New; pieces.len()];
    for start in 0..pieces.len() {
        if state[start] != Visit::New {
            continue;
        }
        // A walk in depth with a stack of its own: a chain of terms must not use up the program's.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = Visit::Open;
        while let Some((piece, next)) = way.last_mut() {
            let Some(&Use { span, to }) = uses[*piece].get(*next) else {
                state[*piece] = Visit::Done;
                way.pop();
                continue;
            };
            *next += 1;
            let piece = *piece;
            match state[to] {
                Visit::New => {
                    state[to] = Visit::Open;
                    way.push((to, 0));
                }
                Visit::Open => {
                    let from = way.iter().position(|(at, _)| *at == to).unwrap_or(0);
                    let mut round: Vec<&str> = way[from..].iter().map(|(at, _)| pieces[*at].0.as_str()).collect();
                    round.push(&pieces[to].0);
                    let file = &names.files[usize::from(pieces[piece].1.file)];
                    let (id, round) = (&pieces[to].0, round.join(" → "));
                    let message = says(
                        format!("정의가 제자리로 돌아온다: {round}"),
                        format!("`{id}` comes back to itself: {round}"),
                    );
                    let help = says(
                        "이 고리의 어느 한 곳에서 다른 것을 부르지 않게 한다",
                        "let one of them stand without the next",
                    );
                    problems.push(Diagnostic::error(Code::Cycle, file, span, message).help(help));
                }
                Visit::Done => {}
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// The terms and criteria that a test names. Criteria are numbered after the terms.
fn uses(test: &Node, names: &Names) -> Vec<Use> {
    let mut found = Vec::new();
    let mut left = vec![test];
    while let Some(node) = left.pop() {
        match &node.kind {
            NodeKind::Scalar { .. } => {}
            NodeKind::List(items) => left.extend(items.iter().rev()),
            NodeKind::Map(entries) => {
                for (key, value) in entries {
                    let target = match (key.text(), value.text()) {
                        (Some("term"), Some(id)) => names.term(id),
                        (Some("criterion"), Some(id)) => names.criterion(id).map(|at| at + names.terms.len()),
                        _ => None,
                    };
                    match target {
                        Some(to) => found.push(Use { span: value.span, to }),
                        None => left.push(value),
                    }
                }
            }
        }
    }
    found
}
