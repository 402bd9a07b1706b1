"""Roles that learn: held beside a holder of another role, missed by nobody where they are empty."""
