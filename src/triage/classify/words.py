"""How the tokenizers of this project cut a text: word by word, so that a word that comes back need not be cut again.

In bulk work nine words in ten come back, and cutting a text takes an order of magnitude longer than looking its words up.
"""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers

# Nothing here looks further than a blank, neither back nor ahead; so a text is cut as its words are, one by one.
NORMALIZER = normalizers.Sequence(
    [
        normalizers.NFKC(),
        normalizers.Replace(Regex(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff\u00ad]"), ""),
        normalizers.Replace(Regex(r"https?://\S+|www\.\S+"), " http "),
        normalizers.Replace(Regex(r"@[\w.]{2,}"), " @user "),
        normalizers.BertNormalizer(lowercase=True, strip_accents=True, handle_chinese_chars=True),
    ]
)
PRE_TOKENIZER = pre_tokenizers.Sequence(
    [
        pre_tokenizers.BertPreTokenizer(),
        # Emoji stand alone, so that "😂😂😂" is three known tokens and not one unknown word.
        pre_tokenizers.Split(Regex(r"\p{So}|\p{Sk}|\p{Emoji_Presentation}"), behavior="isolated"),
        pre_tokenizers.Digits(individual_digits=False),
    ]
)

MOST = 1 << 16  # words that are remembered, in some 20 MB; then all are forgotten
LONGEST = 32  # characters of a word that is remembered


class Words:
    """Cuts texts into subwords, as their tokenizer does. Safe to share between threads.

    Args:
        tokenizer: Any; of one that does not cut as those of this project do, no word is remembered.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}
        self._apart = _cuts_apart(tokenizer)

    def subwords(self, text: str) -> list[int]:
        """The subwords of a text, without special ones around them."""
        if not self._apart:
            return self._cut(text)
        ids: list[int] = []
        for word in text.split(" "):
            known = self._known.get(word)
            ids += self._learned(word) if known is None else known
        return ids

    def _learned(self, word: str) -> list[int]:
        ids = self._cut(word)
        if len(word) <= LONGEST:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[word] = ids
        return ids

    def _cut(self, text: str) -> list[int]:
        # One by one: a batch would start the tokenizer's own threads, as many as there are cores, and those do not survive a fork.
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def _cuts_apart(tokenizer: Tokenizer) -> bool:
    """Whether it normalises and splits as above, and knows no subword with a blank inside."""
    parts = ((tokenizer.normalizer, NORMALIZER), (tokenizer.pre_tokenizer, PRE_TOKENIZER))
    if not all(part is not None and part.__getstate__() == ours.__getstate__() for part, ours in parts):
        return False
    return not any(" " in token.content for token in tokenizer.get_added_tokens_decoder().values())
