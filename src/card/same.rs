//! Whether a text says all that another said, in the same order, and more.

use crate::text::{Node, NodeKind};

/// Whether `new` holds everything that `old` holds: equal values, and what was added besides.
pub(super) fn extends(old: &Node, new: &Node) -> bool {
    match (&old.kind, &new.kind) {
        (NodeKind::Scalar { .. }, _) if old.is_null() => new.is_null() || new.map().is_some() || new.list().is_some(),
        (NodeKind::Scalar { text: a, plain: p }, NodeKind::Scalar { text: b, plain: q }) => a == b && p == q,
        (NodeKind::List(a), NodeKind::List(b)) => a.len() <= b.len() && a.iter().zip(b).all(|(a, b)| extends(a, b)),
        (NodeKind::Map(a), NodeKind::Map(b)) => {
            let mut left = b.iter();
            a.iter().all(|(key, value)| left.any(|(own, other)| equal(key, own) && extends(value, other)))
        }
        _ => false,
    }
}

/// Whether two trees are equal, wherever they stand.
pub(super) fn equal(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::Scalar { text: a, plain: p }, NodeKind::Scalar { text: b, plain: q }) => a == b && p == q,
        (NodeKind::List(a), NodeKind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (NodeKind::Map(a), NodeKind::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, v), (l, w))| equal(k, l) && equal(v, w))
        }
        _ => false,
    }
}
