"""Deletion of an account with everything that the person made; undone for ten minutes.

The caller commits. What the person has in common with others stays: workspaces, and what others
made in them. The ledger and the audit log keep the account's id alone.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from shared.accounts.people import get_account
from shared.accounts.workspaces import (
    keep_administrators,
    lock_workspace,
    memberships,
    withdraw_invitations,
)
from shared.db.account_models import Account, Invitation, PasswordReset, ShareLink
from shared.db.deletion_models import Deletion, SearchPicture
from shared.db.library_models import BrandPalette, Collection
from shared.db.models import Batch, Job
from shared.db.quota_models import QuotaEntry
from shared.deletions.ledger import Asker, add_deletion
from shared.errors import AccountNotFound
from shared.jobs.deletion import delete_together, restore_together

__all__ = ["collect_account", "delete_account", "restore_account"]


def delete_account(session: Session, account_id: str, asker: Asker) -> Deletion:
    """Delete an account: nobody can sign in to it or use its keys, and its designs are hidden.

    Its open invitations end, and are not restored with it.

    Raises:
        AccountNotFound: there is none of this id, or it is deleted.
        LastAdministrator: a workspace would have no administrator left.
    """
    get_account(session, account_id)
    places = sorted(workspace.id for workspace, _ in memberships(session, account_id))
    for workspace_id in places:
        lock_workspace(session, workspace_id)
        keep_administrators(session, workspace_id, without=account_id)
    account = session.get_one(Account, account_id, with_for_update=True)
    if account.deleted_at is not None:
        raise AccountNotFound(account_id)
    account.deleted_at = func.clock_timestamp()
    withdraw_invitations(session, account_id, places)
    deletion = add_deletion(session, "account", account_id, asker)
    mine = Job.owner == f"account:{account_id}"
    job_ids = session.scalars(select(Job.id).where(mine, Job.deleted_at.is_(None))).all()
    delete_together(session, deletion, job_ids)
    return deletion


def restore_account(session: Session, account_id: str) -> bool:
    """Restore an account that was deleted lately, with its designs; return whether it was."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.deleted_at is None:
        return False
    deletion = session.scalars(
        select(Deletion)
        .where(
            Deletion.kind == "account",
            Deletion.object_id == account_id,
            Deletion.restored_at.is_(None),
            Deletion.undo_until > func.clock_timestamp(),
        )
        .with_for_update()
    ).one_or_none()
    if deletion is None:
        return False
    account.deleted_at = None
    deletion.restored_at = func.clock_timestamp()
    restore_together(session, [deletion.id])
    session.flush()
    return True


def collect_account(session: Session, account_id: str) -> int:
    """Delete the rows of a deleted account whose jobs are gone; return their number.

    Sessions, keys, memberships and whatever else signs in go with the row of the account.
    """
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.deleted_at is None:
        return 0
    owner = f"account:{account_id}"
    has_jobs = select(Job.id).where(Job.batch_id == Batch.id).exists()
    queries = (
        delete(Batch).where(Batch.owner == owner, ~has_jobs).returning(Batch.id),
        delete(Collection).where(Collection.owner == owner).returning(Collection.id),
        delete(BrandPalette).where(BrandPalette.owner == owner).returning(BrandPalette.id),
        delete(SearchPicture)
        .where(SearchPicture.owner == account_id)
        .returning(SearchPicture.sha256),
        delete(ShareLink).where(ShareLink.created_by == owner).returning(ShareLink.id),
        delete(QuotaEntry).where(QuotaEntry.owner == owner).returning(QuotaEntry.id),
        delete(Invitation).where(Invitation.invited_by == account_id).returning(Invitation.id),
        # With the account goes who made them; links of nobody are those of the command line.
        delete(PasswordReset)
        .where(PasswordReset.made_by == account_id)
        .returning(PasswordReset.account_id),
        delete(Account).where(Account.id == account_id).returning(Account.id),
    )
    return sum(len(session.scalars(query).all()) for query in queries)
