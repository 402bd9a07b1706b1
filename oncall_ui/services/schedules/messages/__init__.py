"""The outbox: messages to members wait here, written together with what caused them. `sharing/messages` sends it."""
