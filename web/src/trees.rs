//! Answers with a tree of units, made once a scope and change and kept for whoever asks next.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use dispatch::scope::Scope;

use crate::tagged;

/// Trees that are kept; the tree of a province with 24,000 units has two megabytes.
const KEPT: usize = 8;

/// An answer that was made (单位树缓存).
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) tag: String,
    pub(crate) body: Bytes,
}

/// The trees that were asked for last.
#[derive(Debug, Default)]
pub(crate) struct Trees(Mutex<VecDeque<(Scope, i64, Tree)>>);

impl Trees {
    /// The tree of `scope`, if it was made since the last change.
    pub(crate) fn get(&self, scope: &Scope, revision: i64) -> Option<Tree> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, made, _)| of == scope && *made == revision).map(|(.., tree)| tree.clone())
    }

    /// Keeps a tree in the place of the oldest.
    pub(crate) fn keep(&self, scope: &Scope, revision: i64, body: Bytes) -> Tree {
        let tree = Tree { tag: tagged::of_content(&body), body };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, ..)| of != scope);
        kept.push_front((scope.clone(), revision, tree.clone()));
        kept.truncate(KEPT);
        tree
    }
}
