"""What everyone is asked of pgbench's table of accounts, and the rows that are right."""

SCALE = 10
ACCOUNTS = SCALE * 100_000


def account_sql(aid):
    """One account by primary key; the SQL of `pgbench -S`. `aid` is a placeholder or a number."""
    return f"SELECT abalance FROM pgbench_accounts WHERE aid = {aid}"


def accounts_sql(count):
    """The first accounts, of about 150 bytes each as JSON. `count` is a placeholder or a number."""
    return f"SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid <= {count} ORDER BY aid"


class Accounts:
    """The rows that are right, as PostgreSQL itself gives them to psql."""

    def __init__(self, postgresql):
        numbers = (1, 17, ACCOUNTS // 2, ACCOUNTS, ACCOUNTS + 1)
        self.by_number = {aid: postgresql.rows(account_sql(aid)) for aid in numbers}
        self.first_thousand = postgresql.rows(accounts_sql(1000))
