"""nginx, two web and two worker processes on one PostgreSQL, of which one is killed each minute."""
