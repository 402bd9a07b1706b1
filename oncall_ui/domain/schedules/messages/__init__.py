"""Messages to members about shifts: their kinds of messages, when each may be sent, and their texts."""
