"""The groups of cases, and what is measured in each; by itself it prints them."""

GROUPS = {
    "serving": "a dataset that is held: info, slices, chunks, ranges, lists; beside caterva2, nginx, tiled and hsds",
    "cache": "cold slices through a cache: time, bytes, requests, beside caterva2's peer cache",
    "limits": "processor time of a slice, beside a C program and python-blosc2 without a server",
    "fanout": "one change to 1,000 and 10,000 watchers of a broker, beside nats-server",
    "appearance": "a new file, from its writer's close until the subscriber tells of it",
    "scale": "a million datasets, 100,000 files, a change of one percent, memory of idle programs",
    "micro": "digests, plans, the index, the feed, without servers; their allocations",
    "allocations": "allocations of a subscriber for a request",
    "chunks": "slices that are not held of an array of 100,000 chunks",
    "reading": "slices that are not held: requests, bytes, round trips, memory",
}

if __name__ == "__main__":
    for name, what in GROUPS.items():
        print(f"{name:12} {what}")
    print("or part of the name of a case of the first, as in: Benchmarks/run 'random slice'")
