//! SHA-256 of files in the same pass: whoever has read a block waits for its turn and feeds it, so a file is read once.
//!
//! A file whose blocks are not asked for in the order in which they lie (the other model keeps another order) is left
//! to a read of its own.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::evidence::RunningDigest;
use crate::weights::{Blocks, Checkpoint, WeightsError};

/// Bytes that are read at once where nobody else wants them.
const GAP: usize = 1 << 20;

/// A stretch of one file that is read and fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub file: usize,
    pub begin: u64,
    pub bytes: usize,
    /// Where the file must have been fed to before.
    pub after: Option<u64>,
}

/// Gives every stretch its turn. Stretches of a file that are out of order lose their turns, all of them.
pub(super) fn in_turn(stretches: &mut [Stretch], checkpoint: &Checkpoint) {
    let mut fed: Vec<Option<u64>> = vec![Some(0); checkpoint.files.len()];
    for stretch in stretches.iter_mut() {
        stretch.after = fed[stretch.file].filter(|&position| position <= stretch.begin);
        fed[stretch.file] = stretch.after.map(|_| stretch.begin + stretch.bytes as u64);
    }
    for stretch in stretches.iter_mut().filter(|stretch| fed[stretch.file].is_none()) {
        stretch.after = None;
    }
}

struct Line {
    position: u64,
    digest: RunningDigest,
}

/// The running digests of one checkpoint's files.
pub(super) struct Digests {
    lines: Vec<(Mutex<Line>, Condvar)>,
}

impl Digests {
    pub(super) fn of(checkpoint: &Checkpoint) -> Self {
        let line = || (Mutex::new(Line { position: 0, digest: RunningDigest::default() }), Condvar::new());
        Self { lines: checkpoint.files.iter().map(|_| line()).collect() }
    }

    /// Feeds a stretch once everything before it was fed. `given_up` ends the wait when another worker failed.
    pub(super) fn feed(
        &self,
        stretch: Stretch,
        bytes: &[u8],
        blocks: &Blocks<'_>,
        given_up: impl Fn() -> bool,
    ) -> Result<(), WeightsError> {
        let Some(after) = stretch.after else { return Ok(()) };
        let (line, turn) = &self.lines[stretch.file];
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        while line.position != after {
            if given_up() {
                return Ok(());
            }
            let wait = std::time::Duration::from_millis(50);
            line = turn.wait_timeout(line, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        feed_gap(&mut line, stretch.file, stretch.begin, blocks)?;
        line.digest.update(bytes);
        line.position += bytes.len() as u64;
        turn.notify_all();
        Ok(())
    }

    /// Digests of all files: the rest of each is read here, and what had no turn is read whole.
    pub(super) fn finish(self, checkpoint: &Checkpoint, blocks: &Blocks<'_>) -> Result<Vec<String>, WeightsError> {
        let mut out = Vec::with_capacity(self.lines.len());
        for (file, (line, _)) in self.lines.into_iter().enumerate() {
            let mut line = line.into_inner().unwrap_or_else(PoisonError::into_inner);
            feed_gap(&mut line, file, checkpoint.files[file].bytes, blocks)?;
            out.push(line.digest.finish());
        }
        Ok(out)
    }
}

fn feed_gap(line: &mut Line, file: usize, until: u64, blocks: &Blocks<'_>) -> Result<(), WeightsError> {
    let mut buffer = Vec::new();
    while line.position < until {
        let count = usize::try_from(until - line.position).unwrap_or(GAP).min(GAP);
        buffer.resize(count, 0);
        blocks.read(file, line.position, &mut buffer)?;
        line.digest.update(&buffer);
        line.position += count as u64;
    }
    Ok(())
}
