"""Ways in which a customer and the company meet."""

from crm_kernel.text import Labelled


class Channel(Labelled):
    """A touchpoint: where a customer and the company met."""

    STORE = "store", "in store", "门店"
    WEB = "web", "on the website", "网站"
    CALL_CENTRE = "call_centre", "on the hotline", "热线"
    SERVICE_CENTRE = "service_centre", "at the service centre", "服务中心"
    MAIL = "mail", "by mail", "邮件"
    VIP_CLUB = "vip_club", "at the VIP club", "VIP 俱乐部"
    FIELD = "field", "on a field visit", "上门"


class ConsentChannel(Labelled):
    """A way to write to or call a customer, for which consent is asked separately."""

    EMAIL = "email", "e-mail", "电子邮件"
    SMS = "sms", "text message", "短信"
    PHONE = "phone", "telephone", "电话"
    POST = "post", "post", "信函"
