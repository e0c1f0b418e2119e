"""Words for a message, by the channel over which it is sent."""

from collections.abc import Mapping

from crm_eventlog.aggregate import LocalizedText
from crm_events import ConsentChannel

# What a message over a channel is called.
MESSAGES: Mapping[ConsentChannel, LocalizedText] = {
    ConsentChannel.EMAIL: LocalizedText("an e-mail", "电子邮件"),
    ConsentChannel.SMS: LocalizedText("a text message", "短信"),
    ConsentChannel.PHONE: LocalizedText("a telephone call", "电话"),
    ConsentChannel.POST: LocalizedText("a letter", "信函"),
}
