"""The books of a queue's clients, and the judgement of them beside the rows of the database."""

import bisect
import collections
import dataclasses


@dataclasses.dataclass(slots=True)
class Delivery:
    """One answer to a pop: transaction ids of one partition in their order. Times are on the monotonic clock."""

    asked: float
    came: float
    partition: str
    transactions: list
    # Whether they counted as done with their delivery.
    is_final: bool


@dataclasses.dataclass(slots=True)
class Acknowledgement:
    """One status of one message. `answered` is None when no answer came."""

    sent: float
    transaction: str
    partition: str
    status: str
    answered: float | None = None
    success: bool = False
    dead: bool = False

    @property
    def moved(self):
        """Whether the cursor is at the message or behind it for certain."""
        return self.success and (self.status == "completed" or self.dead)


class Ledger:
    """What was pushed, handed out and acknowledged."""

    def __init__(self):
        # By transaction id: (partition, producer, position), all that was ever sent.
        self.sent = {}
        # By transaction id: the message id of the answer, None when it had none (buffered).
        self.acknowledged = {}
        self.statuses = collections.Counter()
        self.deliveries = collections.defaultdict(list)
        self.acknowledgements = collections.defaultdict(list)

    def note_push(self, items, answers):
        """An answered push."""
        for item, answer in zip(items, answers):
            self.statuses[answer["status"]] += 1
            if answer["status"] in ("queued", "duplicate", "buffered"):
                self.acknowledged[item["transactionId"]] = answer.get("message_id")


class Verdict:
    """The ledger beside the database. `rows` are (partition, sequence, transaction id, message id), in that order."""

    def __init__(self, ledger, rows, retry_limit):
        self._ledger, self._limit = ledger, retry_limit
        self._rows = [(partition, int(sequence), *rest) for partition, sequence, *rest in rows]
        self._place = {transaction: (partition, sequence) for partition, sequence, transaction, _ in self._rows}

    # Pushes

    def lost(self):
        """Acknowledged pushes that are not stored."""
        return sorted(self._ledger.acknowledged.keys() - self._place.keys())

    def strangers(self):
        """Stored messages that nobody pushed, or in another partition."""
        return [f"{transaction} in {partition}" for partition, _, transaction, _ in self._rows
                if self._ledger.sent.get(transaction, (None,))[0] != partition]

    def other_ids(self):
        """Acknowledged pushes whose message has another id than the answer said."""
        stored = {transaction: number for _, _, transaction, number in self._rows}
        return [transaction for transaction, number in self._ledger.acknowledged.items()
                if number and transaction in stored and stored[transaction] != number]

    def misplaced(self):
        """Messages that stand behind a later one of the same producer in their partition."""
        last, found = {}, []
        for partition, _, transaction, _ in self._rows:
            _, producer, position = self._ledger.sent.get(transaction, (partition, None, 0))
            if position <= last.get((partition, producer), -1):
                found.append(f"{transaction} in {partition} after position {last[partition, producer]}")
            last[partition, producer] = position
        return found

    def gaps(self):
        """Partitions whose numbers do not run from 1 without a gap."""
        counts, highest = collections.Counter(), {}
        for partition, sequence, _, _ in self._rows:
            counts[partition] += 1
            highest[partition] = sequence
        return [f"{partition}: {counts[partition]} messages up to number {highest[partition]}"
                for partition in counts if counts[partition] != highest[partition]]

    # Deliveries

    def never_delivered(self, group):
        """Stored messages that the group never got."""
        got = {transaction for delivery in self._ledger.deliveries[group] for transaction in delivery.transactions}
        return sorted(self._place.keys() - got)

    def delivered_twice(self, group):
        """Messages that the group got more than once."""
        counts = collections.Counter(
            transaction for delivery in self._ledger.deliveries[group] for transaction in delivery.transactions)
        return [transaction for transaction, count in counts.items() if count > 1]

    def redelivered(self, group):
        """How many deliveries of single messages were not the first."""
        every = [transaction for delivery in self._ledger.deliveries[group] for transaction in delivery.transactions]
        return len(every) - len(set(every))

    def disorder(self, group):
        """Deliveries that do not begin at the group's cursor, or do not run on from there.

        What was acknowledged before the pop was asked is behind the cursor for certain; what was sent before its answer
        came may be. Between the two the delivery has to begin. Messages that were taken with their delivery may be lost
        with an answer: there it only has to begin behind all that came before.
        """
        found, by_partition = [], collections.defaultdict(list)
        for delivery in self._ledger.deliveries[group]:
            by_partition[delivery.partition].append(delivery)
        moves = collections.defaultdict(list)
        for acknowledgement in self._ledger.acknowledgements[group]:
            moves[acknowledgement.partition].append(acknowledgement)
        for partition, deliveries in by_partition.items():
            certain = _Rising((a.answered, self._sequence(a.transaction)) for a in moves[partition] if a.moved)
            possible = _Rising((a.sent, self._sequence(a.transaction)) for a in moves[partition]
                               if a.moved or a.answered is None)
            taken = 0
            for delivery in sorted(deliveries, key=lambda delivery: delivery.came):
                numbers = [self._sequence(transaction) for transaction in delivery.transactions]
                if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                    found.append(f"{group} {partition}: not one after the other: {numbers[:8]}…")
                if delivery.is_final:
                    least, most = taken + 1, numbers[0]
                    taken = max(taken, numbers[-1])
                else:
                    least, most = certain.until(delivery.asked) + 1, possible.until(delivery.came) + 1
                if not least <= numbers[0] <= most:
                    found.append(f"{group} {partition}: begins at {numbers[0]}, allowed are {least}…{most}")
        return found

    def _sequence(self, transaction):
        return self._place.get(transaction, (None, -1))[1]

    # Dead letters

    def failures(self, group):
        """By transaction id: how often `failed` was sent for it."""
        return collections.Counter(
            a.transaction for a in self._ledger.acknowledgements[group] if a.status == "failed")

    def unfounded_dead(self, group, dead):
        """Dead letters, as transaction ids, of messages that had not failed often enough."""
        failures = self.failures(group)
        return [f"{transaction}: failed {failures[transaction]} times" for transaction in dead
                if failures[transaction] <= self._limit]

    def unburied(self, group, dead):
        """Messages that were set aside as the answers say, or never done, and are no dead letters."""
        told = {a.transaction for a in self._ledger.acknowledgements[group] if a.dead}
        done = {a.transaction for a in self._ledger.acknowledgements[group] if a.status == "completed"}
        passed = {transaction for transaction in self.failures(group) if transaction not in done}
        return sorted((told | passed) - set(dead))


class _Rising:
    """The highest number that events had until a moment, asked for moments in any order."""

    def __init__(self, events):
        self._times, self._highest, highest = [], [], 0
        for moment, number in sorted(events):
            highest = max(highest, number)
            self._times.append(moment)
            self._highest.append(highest)

    def until(self, moment):
        at = bisect.bisect_left(self._times, moment)
        return self._highest[at - 1] if at else 0
