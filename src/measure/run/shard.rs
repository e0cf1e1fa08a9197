//! Parts of a run, for machines side by side, and their merging: `n` parts merged are the bytes of one run.

use crate::evidence::{EvidenceFile, Shard};
use crate::measure::search::budget::LEVEL;
use crate::measure::verdict::borne::is_borne;
use crate::text::{Says, says};

/// One part of a run: the references whose number leaves the rest `part - 1` when divided by `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    part: usize,
    of: usize,
}

/// Most parts of a run.
const MOST_PARTS: usize = 1_000_000;

impl Part {
    /// From `2/8`: the second of eight.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, of) = text.split_once('/')?;
        let (part, of): (usize, usize) = (part.parse().ok()?, of.parse().ok()?);
        (1 <= part && part <= of && of <= MOST_PARTS).then_some(Self { part, of })
    }

    /// Whether the reference of a number, counted from 0, belongs to it.
    pub(in crate::measure) fn has(self, at: usize) -> bool {
        at % self.of == self.part - 1
    }

    pub(in crate::measure) fn named(self, references: usize, run: String) -> Shard {
        Shard { part: self.part as u64, of: self.of as u64, references: references as u64, run }
    }

    /// As it is written.
    pub(in crate::measure) fn text(self) -> String {
        format!("{}/{}", self.part, self.of)
    }
}

/// Why parts cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShardFault {
    /// A file is no part.
    Whole(String),
    /// Two files are parts of different runs.
    OtherRun(String, String),
    /// Two files are the same part.
    Twice(String, String, u64),
    /// Parts are missing.
    Missing(Vec<u64>, u64),
    /// A file has not the links that its part must have.
    Links(String),
    /// A file says what no part of a measurement says.
    More(String),
    /// The conclusions of a file are not those that its figures bear.
    Figures(String),
}

impl ShardFault {
    /// What is wrong, in both languages.
    pub fn says(&self) -> Says {
        match self {
            Self::Whole(file) => says(
                format!("`{file}`: 나눈 측정의 한 부분이 아니다"),
                format!("`{file}` is no part of a run that was divided"),
            ),
            Self::OtherRun(first, other) => says(
                format!("`{first}`와 `{other}`: 후보나 대조 모델이나 옵션이 다른 측정의 부분이다"),
                format!(
                    "`{first}` and `{other}` are parts of runs with another candidate, other references or other \
                    options"
                ),
            ),
            Self::Twice(first, other, part) => says(
                format!("`{first}`와 `{other}`: 둘 다 {part}번째 부분이다"),
                format!("`{first}` and `{other}` are both part {part}"),
            ),
            Self::Missing(parts, of) => {
                let list = parts.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                says(format!("{of}개 가운데 빠진 부분: {list}"), format!("of {of} parts these are missing: {list}"))
            }
            Self::More(file) => says(
                format!("`{file}`: 나눈 측정이 적지 않는 것이 들어 있다"),
                format!("`{file}` says what no part of a measurement says"),
            ),
            Self::Figures(file) => says(
                format!("`{file}`: 판정이 그 수치와 맞지 않는다"),
                format!("`{file}` concludes what its own figures do not bear"),
            ),
            Self::Links(file) => says(
                format!("`{file}`: 이 부분에 있어야 할 수만큼의 관계가 없다"),
                format!("`{file}` has not as many links as its part must have"),
            ),
        }
    }
}

/// Merges the parts of a run, given by name in any order. All that can be wrong is told at once.
pub fn merge(parts: Vec<(String, EvidenceFile)>) -> Result<EvidenceFile, Vec<ShardFault>> {
    let mut faults = Vec::new();
    let mut known: Vec<(String, Shard, EvidenceFile)> = Vec::new();
    for (name, file) in parts {
        let Some(shard) = file.shard.clone() else {
            faults.push(ShardFault::Whole(name));
            continue;
        };
        let stated = file.documented.len() + file.attested.len() + file.mixtures.len();
        if stated > 0 || file.links.iter().any(|link| link.source.is_some()) {
            faults.push(ShardFault::More(name));
            continue;
        }
        let level = file.level.as_ref().map_or(LEVEL.ln(), |level| (LEVEL / level.looks.max(1) as f64).ln());
        if !file.links.iter().all(|link| is_borne(link, level)) {
            faults.push(ShardFault::Figures(name));
            continue;
        }
        let first = known.first();
        if let Some((other, _, _)) = first.filter(|(_, one, whole)| {
            (&one.run, one.of, one.references) != (&shard.run, shard.of, shard.references)
                || whole.subject != file.subject
                || whole.limits != file.limits
                || whole.level != file.level
                || whole.trail != file.trail
        }) {
            faults.push(ShardFault::OtherRun(other.clone(), name));
        } else if let Some((other, _, _)) = known.iter().find(|(_, one, _)| one.part == shard.part) {
            faults.push(ShardFault::Twice(other.clone(), name, shard.part));
        } else {
            known.push((name, shard, file));
        }
    }
    known.sort_by_key(|(_, shard, _)| shard.part);
    if let Some(shard) = known.first().map(|(_, shard, _)| shard.clone()) {
        let missing: Vec<u64> = (1..=shard.of.min(MOST_PARTS as u64))
            .filter(|part| known.iter().all(|(_, one, _)| one.part != *part))
            .collect();
        if !missing.is_empty() {
            faults.push(ShardFault::Missing(missing, shard.of));
        }
        let due = |shard: &Shard| (shard.references + shard.of).saturating_sub(shard.part) / shard.of.max(1);
        faults.extend(
            known
                .iter()
                .filter(|(_, shard, file)| due(shard) != file.links.len() as u64)
                .map(|(name, _, _)| ShardFault::Links(name.clone())),
        );
    }
    if !faults.is_empty() || known.is_empty() {
        return Err(faults);
    }
    let mut whole = known[0].2.clone();
    let rounds = known.iter().map(|(_, _, file)| file.links.len()).max().unwrap_or(0);
    whole.links = (0..rounds)
        .flat_map(|round| known.iter().filter_map(move |(_, _, file)| file.links.get(round).cloned()))
        .collect();
    whole.shard = None;
    if let Some(limit) = mixtures_left(&whole) {
        whole.limits.push(limit.into());
    }
    Ok(whole)
}

/// A mixture shows only where all of its references are read together.
fn mixtures_left(whole: &EvidenceFile) -> Option<Says> {
    let related: Vec<&str> =
        whole.links.iter().filter(|link| link.share.is_some()).map(|link| link.reference.id.as_str()).collect();
    (related.len() >= 2).then(|| {
        let list = related.join(", ");
        says(
            format!("나누어 잰 것이라 여러 모델의 혼합은 살피지 않았다. 다음 모델만 함께 다시 잰다: {list}"),
            format!("measured in parts, so mixtures were not looked for; measure again against these together: {list}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_fractions() {
        assert_eq!(Part::parse("2/8"), Some(Part { part: 2, of: 8 }));
        for wrong in ["", "2", "0/3", "4/3", "1/0", "a/b", "-1/2", "1/2/3"] {
            assert_eq!(Part::parse(wrong), None, "{wrong}");
        }
        let all: Vec<usize> =
            (0..7).filter(|at| (1..=3).filter(|&part| Part { part, of: 3 }.has(*at)).count() == 1).collect();
        assert_eq!(all.len(), 7, "every reference belongs to one part");
    }
}
