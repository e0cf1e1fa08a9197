//! How far a run is, told to whoever listens. The library prints nothing.

use std::fmt;
use std::sync::Arc;

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The headers are read: so many references will be compared (controls among them), and so many bytes will be read
    /// for that.
    Begun {
        /// References and controls.
        references: usize,
        /// Bytes that will be read of all models; those that are read twice count twice.
        bytes: u64,
    },
    /// So many bytes more were read.
    Read(u64),
    /// Of the next reference all is told but what takes every number: both models are read from end to end now.
    Whole,
    /// One more reference or control was compared.
    Compared,
}

/// Who listens to the steps of a run; nobody by default. May be called from several threads.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(Step) + Send + Sync>>);

impl Progress {
    /// Calls `listener` with every step. It is called often, and should be quick.
    pub fn to(listener: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(in crate::measure) fn is_heard(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn tell(&self, step: Step) {
        if let Some(listener) = &self.0 {
            listener(step);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(heard)" } else { "Progress(nobody)" })
    }
}
