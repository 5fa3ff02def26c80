"""Labels of roles and scopes of accounts."""

from web.http.i18n import translate as _

__all__ = ["account_role_name", "browser_name", "role_meaning", "scope_meaning", "scope_name"]

_BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
_MAX_NAME = 40


def browser_name(user_agent: str) -> str:
    """Return what people call a browser, such as "Firefox, Linux", from its User-Agent."""
    names = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    known = ", ".join(name for name in names if name)
    return known or user_agent[:_MAX_NAME] or _("Unknown browser")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for part, name in names if part in user_agent), "")


def account_role_name(role: str) -> str:
    """Return the label of a role in a workspace."""
    names = {
        "viewer": _("Viewer"),
        "designer": _("Designer"),
        "administrator": _("Administrator"),
    }
    return names.get(role, role)


def role_meaning(role: str) -> str:
    """Return what somebody with a role may do."""
    meanings = {
        "viewer": _("sees everything in the workspace"),
        "designer": _("also makes, changes, deletes and shares designs"),
        "administrator": _("also manages members and webhooks"),
    }
    return meanings.get(role, "")


def scope_name(scope: str) -> str:
    """Return the label of a scope of an API key."""
    names = {"read": _("Read"), "submit": _("Submit"), "manage": _("Manage")}
    return names.get(scope, scope)


def scope_meaning(scope: str) -> str:
    """Return what an API key with a scope may do."""
    meanings = {
        "read": _("see designs and download files"),
        "submit": _("make and change designs"),
        "manage": _("delete, share, and administer if you may"),
    }
    return meanings.get(scope, "")
