"""Starting values for the embeddings of a new vocabulary in an encoder trained with another one.

Two steps, minutes on a CPU. Subword vectors are learned from co-occurrence in the new language (positive pointwise mutual
information, then a truncated singular value decomposition: Levy & Goldberg 2014, "Neural word embedding as implicit matrix
factorization"). They are then rotated into the old embedding space (orthogonal Procrustes: Schönemann 1966) so that the
tokens which both vocabularies share (names, numbers, loan words, punctuation) land as near as possible to where the encoder knows them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

Floats = NDArray[np.float32]


def cooccurrence(rows: NDArray[np.uint16], vocab_size: int, window: int = 4) -> sparse.csr_matrix:
    """Symmetric co-occurrence counts within `window` subwords, nearer pairs weighing more (1/distance)."""
    counts = sparse.csr_matrix((vocab_size, vocab_size), dtype=np.float64)
    for chunk in np.array_split(rows, max(1, rows.size // 4_000_000)):
        for distance in range(1, window + 1):
            left, right = chunk[:, :-distance].ravel(), chunk[:, distance:].ravel()
            weight = np.full(len(left), 1.0 / distance)
            counts += sparse.coo_matrix((weight, (left, right)), shape=counts.shape).tocsr()
    return (counts + counts.T).tocsr()


def ppmi_vectors(counts: sparse.csr_matrix, dimensions: int, seed: int = 0) -> Floats:
    """Subword vectors of shape (vocabulary, dimensions), mean 0 over the vocabulary and unit length.

    Context probabilities are smoothed with exponent 0.75 (Levy, Goldberg & Dagan 2015, section 3.2).
    """
    total = counts.sum()
    word = np.asarray(counts.sum(axis=1)).ravel()
    context = word**0.75
    cells = counts.tocoo()
    pmi = np.log(cells.data / total) - np.log(word[cells.row] / total) - np.log(context[cells.col] / context.sum())
    keep = pmi > 0
    ppmi = sparse.coo_matrix((pmi[keep], (cells.row[keep], cells.col[keep])), shape=counts.shape).tocsr()
    left, strength, _ = randomized_svd(ppmi, n_components=dimensions, n_iter=3, random_state=seed)
    vectors = (left * np.sqrt(strength)).astype(np.float32)
    vectors -= vectors.mean(axis=0)
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit


def align(vectors: Floats, old: Floats, shared: list[tuple[int, int]]) -> Floats:
    """Rotate new vectors into an old embedding space and give them its usual length.

    Args:
        vectors: New vectors, shape (new vocabulary, dimensions), unit length.
        old: Old embeddings, shape (old vocabulary, dimensions).
        shared: Pairs (new id, old id) of tokens that both vocabularies hold.

    Returns:
        Array of shape (new vocabulary, dimensions). Shared tokens are halfway between their old embedding and the rotated vector.
    """
    new_ids, old_ids = (np.asarray(ids) for ids in zip(*shared, strict=True))
    centre = old.mean(axis=0)
    target = old[old_ids] - centre
    u, _, vt = np.linalg.svd(vectors[new_ids].T @ target)
    length = np.linalg.norm(old - centre, axis=1).mean()
    placed = (vectors @ (u @ vt)) * length
    placed[new_ids] = (placed[new_ids] + target) / 2
    result: Floats = (placed + centre).astype(np.float32)
    return result
