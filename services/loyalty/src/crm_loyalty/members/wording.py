"""Names of levels, in Chinese and in English."""

from crm_kernel import Language
from crm_loyalty.vocabulary import Level


def level_name(level: str, language: Language) -> str:
    """Return the words for members of this level; a level that newer code published is shown as it is."""
    try:
        return Level(level).label.in_language(language)
    except ValueError:
        return level
