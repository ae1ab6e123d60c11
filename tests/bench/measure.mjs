// How things are timed: turn by turn, so that whatever else the machine does meets everybody alike.

/** Sorted, the value below which a quarter of them lies, the median, and the value below which three quarters lie. */
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
 * Lets everybody have a turn in every round, begun by another each time.
 *
 * @param {{name: string, turn: () => number | Promise<number>}[]} contestants `turn` says what it took.
 * @returns {Promise<Record<string, number[]>>} What each took in each round.
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

/** Each one's quartiles, and those of how many times as long as `first` it took in the same round. */
export function summary(took, first) {
  return Object.entries(took).map(([name, times]) => {
    const others = took[first] && name !== first;
    return { name, quartiles: quartiles(times), ...(others && { ratio: quartiles(times.map((time, round) => time / took[first][round])) }) };
  });
}

/**
 * The processor's time that was spent here, in milliseconds: what else the machine does is not in it. A page is given
 * a function for it by whoever opened it.
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

/** How long something took by the clock, in milliseconds. */
export function clocked(work) {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/**
 * Turns of about `milliseconds` of the same work, after as many of them as it takes to be compiled.
 *
 * @param {(times: number) => unknown} work Does it so many times over.
 * @param {number} pieces How many pieces are in it each time; a turn says how many microseconds each took.
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
