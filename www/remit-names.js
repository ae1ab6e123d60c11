// Finds the name that a misspelt one stands for.

/** Longer names are not compared: no known name is this long. */
const LONGEST = 40;
/** The spelling without case and punctuation. */
const plain = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** The number of letters to insert, delete, replace or swap with the next one, so that one name becomes the other. */
const distance = (a, b) => {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? rows[i - 2][j - 2] + 1 : replaced;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced, swapped);
    }
  }
  return rows[a.length][b.length];
};

/** The known name that is most like another name; `undefined` if none is like it. */
export const nearest = (name, known) => {
  if (name.length > LONGEST) return undefined;
  let found;
  let least = Infinity;
  for (const one of known) {
    const changes = distance(plain(name), plain(one));
    if (changes < least && changes <= Math.ceil(one.length / 3)) [found, least] = [one, changes];
  }
  return found;
};

/** The nearest name, or all names: what to write instead of an unknown name. */
export const instead = (name, known) => nearest(name, known) ?? known.join(", ");
