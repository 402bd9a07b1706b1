"""What one component says: VEVENT and VFREEBUSY (RFC 5545 sections 3.6.1 and 3.6.4)."""
