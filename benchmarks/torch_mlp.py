#!/usr/bin/env python3
"""Measures PyTorch on the network of benchmarks/README.md: samples a second on one thread.

The network is 784-512-128-10 with ReLU and softmax cross-entropy, on random data that is already in tensors, with batches of 32 and
256. A step is forward, backward, and update. Prints the fastest round and the median, since machines are shared.

    python3 benchmarks/torch_mlp.py [--rounds 20] [--seconds 0.5]
"""
import argparse
import statistics
import time

import torch

OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.05),
    "rmsprop": lambda parameters: torch.optim.RMSprop(parameters, lr=0.001, alpha=0.9, eps=1e-8),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.001, eps=1e-8),
}


def network():
    return torch.nn.Sequential(
        torch.nn.Linear(784, 512),
        torch.nn.ReLU(),
        torch.nn.Linear(512, 128),
        torch.nn.ReLU(),
        torch.nn.Linear(128, 10),
    )


def rates(batch, optimizer, rounds, seconds):
    """Returns samples a second for each round."""
    torch.manual_seed(1)
    model = network()
    step = OPTIMIZERS[optimizer](model.parameters())
    loss = torch.nn.CrossEntropyLoss()
    samples = [(torch.rand(batch, 784), torch.randint(10, (batch,))) for _ in range(16)]

    def learn(index):
        features, labels = samples[index % len(samples)]
        step.zero_grad()
        loss(model(features), labels).backward()
        step.step()

    for index in range(5):
        learn(index)
    measured = []
    for _ in range(rounds):
        start = time.perf_counter()
        done = 0
        while time.perf_counter() - start < seconds:
            learn(done)
            done += 1
        measured.append(done * batch / (time.perf_counter() - start))
    return measured


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=0.5, help="duration of each round")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    blas = next((line.strip(" -") for line in torch.__config__.show().splitlines() if "Math Kernel Library" in line),
                "BLAS: the library behind libblas.so.3")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread, {torch.backends.cpu.get_cpu_capability()}, {blas}")
    print("| batch | optimizer | samples/s, fastest | median |")
    print("| --- | --- | --- | --- |")
    for batch in (32, 256):
        for optimizer in OPTIMIZERS:
            measured = rates(batch, optimizer, options.rounds, options.seconds)
            print(f"| {batch} | {optimizer} | {max(measured):,.0f} | {statistics.median(measured):,.0f} |", flush=True)


if __name__ == "__main__":
    main()
