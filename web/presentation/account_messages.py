"""Messages of `shared.accounts`, which are in English there, for the translation catalogues.

`web.http.problems` translates them when it shows an error.
"""

__all__ = ["MESSAGES"]


def _(message: str) -> str:
    """Mark a message for `web.message_catalogs`."""
    return message


MESSAGES = (
    _("Use 2 to 64 letters, digits, dots, dashes and underscores."),
    _("This is not an e-mail address."),
    _("Use 1 to 100 characters without line breaks."),
    _("Must have at least 8 characters."),
    _("Must have at most 128 characters."),
    _("This password is too common; choose another one."),
    _("The password must not be a name of yours or of the service."),
    _("This is not the current password."),
    _("Choose one or more of read, submit, manage."),
    _("Must be more than 0 and at most ten years."),
    _("Must be one of viewer, designer, administrator."),
    _("Must be one of en, zh."),
    _("The name or the password is wrong."),
    _("This account is disabled; ask an administrator."),
    _("This account is deleted; for ten minutes it can be restored."),
    _("This link was already used or has expired; ask for another one."),
    _("Too many attempts failed; wait before the next one."),
    _("Too many people are signing in; try again in a moment."),
    _("The account is a member of other workspaces; ask who runs the installation."),
    _("You are signed in there, but have no account here; ask for an invitation."),
    _("This identity signs in to another account already."),
    _("The account has no password; ask an administrator for a link to set one first."),
    _("The sign-in service did not answer in time."),
    _("The sign-in service cannot be reached."),
    _("The sign-in service answered with an error."),
    _("The sign-in service sent a token that is not valid."),
    _("The sign-in service refused the exchange."),
    _("The sign-in service sent what cannot be read."),
    _("The sign-in service has addresses that are not encrypted."),
    _("The sign-in service answered for another person."),
)
