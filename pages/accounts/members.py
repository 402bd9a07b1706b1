"""Members, for administrators: the list of accounts, and the form that adds one."""

from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.members import MemberView, add_member_as, list_members
from oncall_ui.services.accounts.sessions import LoggedIn
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.forms import busy, field, is_busy, refuse_all, zone_field
from pages.widgets.heading import page_header

# One element, however large the team is; Vue escapes what is in braces.
ROW = """
<div class="oc-member" role="listitem">
  <span class="oc-face" aria-hidden="true">{{ props.row.initials }}</span>
  <span class="who">
    <b class="oc-clip">{{ props.row.name }}</b>
    <small class="oc-clip">{{ props.row.email }}</small>
  </span>
  <span class="zone oc-clip">{{ props.row.zone }}</span>
  <span class="role"><span v-if="props.row.is_admin" class="oc-tag">Administrator</span></span>
</div>
"""


def register(app: App) -> None:
    logged_in = login_required(app)

    def everyone(me: Annotated[LoggedIn, Depends(logged_in)]) -> list[MemberView]:
        return list_members(app, me.member.id)

    @page("/members")
    def members_page(
        me: Annotated[LoggedIn, Depends(logged_in)], members: Annotated[list[MemberView], Depends(everyone)]
    ) -> None:
        with frame(app, me, "Members", "/members"):
            page_header("Members", "Everyone connects their own calendars. Nobody sees anyone else’s events.")
            with html.div().classes("oc-split"):
                with html.section().classes("oc-card").props("aria-labelledby=everyone"):
                    with html.div().classes("oc-card-head"):
                        html.h2("Everyone").props("id=everyone")
                    table = _list(members)
                _form(app, me, table)


def _list(members: list[MemberView]) -> ui.table:
    table = ui.table(columns=[], rows=[_row(member) for member in members], row_key="id")
    table.props("grid hide-header hide-pagination role=list aria-labelledby=everyone").classes("oc-list oc-members")
    table.add_slot("item", ROW)
    return table


def _row(member: MemberView) -> dict[str, object]:
    return {
        "id": member.id,
        "initials": member.initials,
        "name": member.name,
        "email": member.email,
        "zone": member.zone,
        "is_admin": member.is_admin,
    }


def _form(app: App, me: LoggedIn, table: ui.table) -> None:
    client = ui.context.client

    async def add() -> None:
        if is_busy(button):
            return
        done.set_text("")
        typed = {key: entry.value or "" for key, entry in fields.items()}
        try:
            with busy(button):
                await run_as(app, me, add_member_as, **typed)
                members = await run_as(app, me, list_members)
        except InvalidInput as error:
            if not client.is_deleted:
                refuse_all(fields.values(), error.sentences)
            return
        if client.is_deleted:
            return
        table.update_rows([_row(member) for member in members])
        for key in ("name", "email", "password"):
            fields[key].set_value("")
        done.set_text(f"{typed['name']} can log in now.")
        fields["name"].run_method("focus")

    with html.form().classes("oc-card oc-form oc-fields").props("novalidate aria-labelledby=add") as form:
        form.on("submit", js_handler="(event) => event.preventDefault()")
        html.h2("Add a member").props("id=add")
        fields = {
            "name": field("Name", autocomplete="off"),
            "email": field("Email", kind="email", autocomplete="off"),
            "password": field(
                "Password",
                hint="At least 12 characters. Share it with them safely.",
                kind="password",
                autocomplete="new-password",
            ),
            "zone": zone_field(me.member.zone),
        }
        done = ui.label().classes("oc-status oc-reading is-ok").props("role=status")
        with html.div().classes("oc-acts wide"):
            button = ui.button("Add member", color=None, on_click=add)
            button.props("unelevated no-caps type=submit").classes("oc-btn main")
