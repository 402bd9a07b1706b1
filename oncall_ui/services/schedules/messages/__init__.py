"""The outbox: notes what members are to be told, together with what caused it. `sharing/messages` sends it."""
