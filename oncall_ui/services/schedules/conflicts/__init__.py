"""Published slots that need a change: found within seconds of what caused them, shown, kept anyway, or repaired."""
