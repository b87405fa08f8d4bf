"""Six generated streams, each in three forms, for a test of optimizers on data that none of them was chosen on.

    python3 new_streams.py FOLDER [samples]        default 100,000 samples a stream; pure Python 3, fixed seeds

NAME.svm         raw: LIBSVM text, "label index:value ...", indices from 1, zeros dropped
NAME_scaled.svm  the same samples, feature i times 10^u_i, u_i uniform in [-3, 3] (one draw per feature)
NAME_weights.svm the same samples as the raw form, with a weight before the label, "weight label index:value ...":
                 1000 for 1% of the samples, drawn at random, and 1 for the others

Labels are 0/1, but 0..9 for `led`. Every number was chosen before any optimizer ran on the streams, and none was changed after.
The generators are those of the papers. MOA and River have generators of the same names, except `words`; the code here was written
from the definitions, so the numbers of these programs differ.

sea         Street and Kim, A streaming ensemble algorithm (SEA) for large-scale classification, KDD 2001. Three numbers uniform in
            [0, 10]; the label is 1 if the first two sum to at most 8, 9, 7, 9.5 (four blocks of equal length); 10% of labels flipped.
agrawal     Agrawal, Imielinski, Swami, Database mining: a performance perspective, IEEE TKDE 5(6), 1993. Nine attributes of a person,
            label 1 for group A by functions 1, 3, 5, 7, 9 (five blocks); the numbers perturbed by 5% of their range.
            Education, car, and zip code are one-hot; money is in dollars.
hyperplane  Hulten, Spencer, Domingos, Mining time-changing data streams, KDD 2001. Ten numbers uniform in [0, 1]; the label is 1 if
            w x >= sum(w) / 2; five of the ten weights move by 0.0001 a sample and turn around with probability 0.1 every
            1000 samples; 5% of labels flipped.
led         Breiman, Friedman, Olshen, Stone, Classification and Regression Trees, 1984. The seven segments of a digit, each
            inverted with probability 0.1, and 17 binary attributes at random. 10 classes, no drift.
rbf         Random radial basis functions, as in MOA: Bifet, Holmes, Kirkby, Pfahringer, JMLR 11, 2010. 50 centers in the unit cube of 10
            dimensions, with a class of two, a weight, and a deviation each, all uniform; a sample is a center plus a random
            direction times a normal length. Each center moves by 0.0001 a sample and bounces off the cube.
words       A bag of words: Zipf, Human Behavior and the Principle of Least Effort, 1949. Words of rank r of 50,000 have frequency 1/r;
            a document has 5 to 100 words, its features are counts. The logit is the sum of the weights of its words: 2000 of the
            words of rank 20 to 20,000, drawn at random, have a normal weight of deviation 2, the others 0; the label is drawn
            by the logistic function. Every tenth of the stream, 10% of the weighted words get a new weight.
"""
import bisect
import itertools
import math
import random
import sys

SEGMENTS = ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"]


def block(t, samples, blocks):
    return t * blocks // samples


def flip(label, share, r):
    return 1 - label if r.random() < share else label


def sea(samples, r):
    thresholds = [8, 9, 7, 9.5]
    for t in range(samples):
        x = [r.uniform(0, 10) for _ in range(3)]
        label = 1 if x[0] + x[1] <= thresholds[block(t, samples, 4)] else 0
        yield flip(label, 0.1, r), {i + 1: v for i, v in enumerate(x)}


def group_a(function, salary, commission, age, education, loan):
    young, old = age < 40, age >= 60
    third = 0 if young else 2 if old else 1
    if function == 1:
        return young or old
    if function == 3:
        return [education <= 1, 1 <= education <= 3, education >= 2][third]
    if function == 5:
        low, high = [(50e3, 100e3), (75e3, 125e3), (25e3, 75e3)][third]
        within = [(100e3, 300e3), (200e3, 400e3), (300e3, 500e3)]
        other = [(200e3, 400e3), (300e3, 500e3), (100e3, 300e3)]
        a, b = (within if low <= salary <= high else other)[third]
        return a <= loan <= b
    income = 0.67 * (salary + commission)
    if function == 7:
        return income - 0.2 * loan - 20e3 > 0
    return income - 5000 * education - 0.2 * loan - 10e3 > 0


def agrawal(samples, r):
    functions = [1, 3, 5, 7, 9]

    def perturbed(value, low, high):
        return min(high, max(low, value + r.uniform(-0.5, 0.5) * 2 * 0.05 * (high - low)))

    for t in range(samples):
        salary = r.uniform(20e3, 150e3)
        commission = 0 if salary >= 75e3 else r.uniform(10e3, 75e3)
        age = r.randint(20, 80)
        education = r.randint(0, 4)
        car = r.randint(1, 20)
        zip_code = r.randint(0, 8)
        value = (9 - zip_code) * 100e3 * r.uniform(0.5, 1.5)
        years = r.randint(1, 30)
        loan = r.uniform(0, 500e3)
        label = 1 if group_a(functions[block(t, samples, 5)], salary, commission, age, education, loan) else 0
        numbers = [
            perturbed(salary, 20e3, 150e3),
            perturbed(commission, 10e3, 75e3) if commission > 0 else 0,
            round(perturbed(age, 20, 80)),
            perturbed(value, 50e3, 1350e3),
            round(perturbed(years, 1, 30)),
            perturbed(loan, 0, 500e3),
        ]
        x = {i + 1: v for i, v in enumerate(numbers)}
        x[7 + education] = x[11 + car] = x[32 + zip_code] = 1
        yield label, x


def hyperplane(samples, r):
    w = [r.random() for _ in range(10)]
    directions = [r.choice((-1, 1)) for _ in range(5)]
    for t in range(samples):
        x = [r.random() for _ in range(10)]
        label = 1 if sum(a * b for a, b in zip(w, x)) >= sum(w) / 2 else 0
        yield flip(label, 0.05, r), {i + 1: v for i, v in enumerate(x)}
        for i in range(5):
            w[i] += 0.0001 * directions[i]
        if t % 1000 == 999:
            directions = [-d if r.random() < 0.1 else d for d in directions]


def led(samples, r):
    for _ in range(samples):
        digit = r.randrange(10)
        bits = [int(s) ^ (r.random() < 0.1) for s in SEGMENTS[digit]] + [r.randrange(2) for _ in range(17)]
        yield digit, {i + 1: v for i, v in enumerate(bits)}


def direction(dimensions, r):
    v = [r.gauss(0, 1) for _ in range(dimensions)]
    length = math.sqrt(sum(a * a for a in v))
    return [a / length for a in v]


def rbf(samples, r, centers=50, dimensions=10, speed=0.0001):
    at = [[r.random() for _ in range(dimensions)] for _ in range(centers)]
    label = [r.randrange(2) for _ in range(centers)]
    deviation = [r.random() for _ in range(centers)]
    share = list(itertools.accumulate(r.random() for _ in range(centers)))
    way = [direction(dimensions, r) for _ in range(centers)]
    for _ in range(samples):
        for c, d in zip(at, way):
            for i in range(dimensions):
                c[i] += speed * d[i]
                if not 0 <= c[i] <= 1:
                    c[i] = min(1, max(0, c[i]))
                    d[i] = -d[i]
        k = bisect.bisect_left(share, r.random() * share[-1])
        length = r.gauss(0, 1) * deviation[k]
        yield label[k], {i + 1: a + length * b for i, (a, b) in enumerate(zip(at[k], direction(dimensions, r)))}


def words(samples, r, vocabulary=50_000):
    frequency = list(itertools.accumulate(1 / rank for rank in range(1, vocabulary + 1)))
    weight = {word: r.gauss(0, 2) for word in r.sample(range(20, 20_001), 2000)}
    for t in range(samples):
        if t > 0 and block(t, samples, 10) > block(t - 1, samples, 10):
            for word in r.sample(sorted(weight), len(weight) // 10):
                weight[word] = r.gauss(0, 2)
        x = {}
        for _ in range(r.randint(5, 100)):
            word = bisect.bisect_left(frequency, r.random() * frequency[-1]) + 1
            x[word] = x.get(word, 0) + 1
        logit = sum(weight.get(word, 0) * count for word, count in x.items())
        yield (1 if r.random() < 1 / (1 + math.exp(-logit)) else 0), x


STREAMS = {"sea": sea, "agrawal": agrawal, "hyperplane": hyperplane, "led": led, "rbf": rbf, "words": words}


def text(x):
    return " ".join(f"{i}:{v:.6g}" for i, v in sorted(x.items()) if v != 0)


def main(folder, samples=100_000):
    for seed, (name, stream) in enumerate(STREAMS.items(), 2026_11_30):
        r, scales, draws = random.Random(seed), random.Random(-seed - 1), random.Random(seed + 1000)
        factors = [10 ** scales.uniform(-3, 3) for _ in range(50_001)]
        path = f"{folder}/{name}"
        with open(path + ".svm", "w") as raw, open(path + "_scaled.svm", "w") as scaled, open(path + "_weights.svm", "w") as weighted:
            ones = 0
            for label, x in stream(samples, r):
                line = f"{label} {text(x)}\n"
                raw.write(line)
                scaled.write(f"{label} {text({i: v * factors[i] for i, v in x.items()})}\n")
                weighted.write(f"{1000 if draws.random() < 0.01 else 1} {line}")
                ones += label == 1
            print(name, samples, "samples,", ones, "with label 1")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
