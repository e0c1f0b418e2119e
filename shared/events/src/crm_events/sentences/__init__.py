"""Sentences of events, in Chinese and in English: a clause for each, without when, where and by whom."""

from crm_events.sentences.clause import Choice, Clause, Sentence, Subject, choose, it, the_customer, the_staff

__all__ = ["Choice", "Clause", "Sentence", "Subject", "choose", "it", "the_customer", "the_staff"]
