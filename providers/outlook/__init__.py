"""Outlook and Microsoft 365 (Microsoft Graph v1.0): the calendars of an account, read through its calendar view."""

from providers.outlook.product import PRODUCT

__all__ = ["PRODUCT"]
