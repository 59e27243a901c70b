"""Chances for the generator: all of them from one seeded source."""
import random


class Dice:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.chance = self.random.random
        self.pick = self.random.choice
        self.below = self.random.randrange

    def often(self, probability):
        return self.chance() < probability

    def some(self, among, least=1, most=3):
        """A few different ones, in any order."""
        most = min(most, len(among))
        return self.random.sample(among, least + self.below(most - least + 1) if most > least else most)

    def weighted(self, table):
        """One key of a table of weights."""
        return self.random.choices(list(table), weights=list(table.values()))[0]

    def cased(self, word):
        """Mostly as it is, else in another letter case."""
        if self.chance() < 0.85:
            return word
        return self.pick((word.lower(), word.upper(), word.swapcase()))

    def all_cased(self, found):
        return [self.cased(word) for word in found]
