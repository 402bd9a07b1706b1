"""What members are told about shifts: kinds of messages, when each may be sent, and their texts."""
