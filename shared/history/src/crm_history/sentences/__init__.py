"""Every event in one sentence: who, what, where and when, in Chinese and in English, written when it is read."""

from crm_history.sentences.narrator import EntryWords, Language, Narrator, sentence, words
from crm_kernel import CHINA

__all__ = ["CHINA", "EntryWords", "Language", "Narrator", "sentence", "words"]
