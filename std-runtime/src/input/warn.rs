//! Where readers say what is odd.

use std::fmt;
use std::sync::Arc;

/// Hears a reader's warnings, in the reader's thread; [`Warn::default`] is nobody.
///
/// ```
/// use ringql_runtime::input::{ReadOptions, Warn};
/// let warn = Warn::new(|what| eprintln!("warning: {what}"));
/// let options = ReadOptions { warn, ..ReadOptions::default() };
/// ```
#[derive(Clone, Default)]
pub struct Warn(Option<Arc<Hear>>);

type Hear = dyn Fn(&str) + Send + Sync;

impl Warn {
    /// Calls `hear` with each warning: one line, without its end.
    #[must_use]
    pub fn new(hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    pub(super) fn say(&self, what: &str) {
        if let Some(hear) = &self.0 {
            hear(what);
        }
    }
}

impl fmt::Debug for Warn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Warn(..)" } else { "Warn(nobody)" })
    }
}
