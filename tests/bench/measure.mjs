// The measurement method: contestants take turns, so that other load on the machine affects all of them equally.

/** The first quartile, the median and the third quartile. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => {
    const place = (sorted.length - 1) * part;
    const below = sorted[Math.floor(place)];
    return below + (sorted[Math.ceil(place)] - below) * (place % 1);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/**
 * Gives every contestant one turn in each round. Each round starts with another contestant.
 *
 * @param {{name: string, turn: () => number | Promise<number>}[]} contestants `turn` returns its measurement.
 * @returns {Promise<Record<string, number[]>>} The measurements of each contestant, one for each round.
 */
export async function rounds(contestants, count) {
  const took = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < count; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const { name, turn } = contestants[(round + place) % contestants.length];
      took[name].push(await turn());
    }
  }
  return took;
}

/** The quartiles of each contestant, and the quartiles of its ratio to `first` in the same round. */
export function summary(took, first) {
  return Object.entries(took).map(([name, times]) => {
    const others = took[first] && name !== first;
    return { name, quartiles: quartiles(times), ...(others && { ratio: quartiles(times.map((time, round) => time / took[first][round])) }) };
  });
}

/**
 * The processor time of this process or page, in milliseconds, without other load on the machine. In a page, the script that
 * opened it provides the function `processorTime`.
 */
const processor = globalThis.process?.cpuUsage
  ? () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    }
  : () => globalThis.processorTime();

async function spent(work) {
  const before = await processor();
  work();
  return (await processor()) - before;
}

/** The elapsed time of some work, in milliseconds. */
export function clocked(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/**
 * Returns a function that repeats the same work for about `milliseconds`. Before, the work runs for `warmup` milliseconds, so
 * that the engine compiles it.
 *
 * @param {(times: number) => unknown} work Repeats the work this many times.
 * @param {number} pieces The number of pieces in each repetition. A turn returns the microseconds for each piece.
 */
export async function turns(work, pieces, { milliseconds, warmup }) {
  let times = 1;
  for (let total = 0; total < warmup; ) {
    const took = await spent(() => work(times));
    total += took;
    times = took < milliseconds / 2 ? times * 2 : Math.max(1, Math.round((times * milliseconds) / took));
  }
  return async () => ((await spent(() => work(times))) * 1000) / (times * pieces);
}
