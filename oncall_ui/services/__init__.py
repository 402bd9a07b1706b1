"""What a member or a job can do. One public function, one thing done, one transaction.

Functions that are not `async` block on the database: pages and jobs call them in a thread.
"""
