/**
 * Returns the exponential moving average of values. With equal distances, it is what TensorBoard computes; one that is near
 * the one before it counts less, so that a line is equally smooth where its points are dense.
 *
 *   w = weight^(d / m)                     d: distance to the value before; m: mean distance of the values
 *   last = last * w + (1 - w) * value      starts at 0
 *   smoothed = last / (1 - product of w)   removes the bias of the start
 *
 * Absent values stay absent. weight is in [0, 1); 0 changes nothing.
 *
 * @param x positions of the values, ascending
 */
export function smooth(x, values, weight) {
  const known = x.filter((_, i) => values[i] != null);
  const mean = (known.at(-1) - known[0]) / (known.length - 1);
  let last = 0;
  let bias = 1;
  let before = null;
  return values.map((value, i) => {
    if (value == null) return value;
    const kept = before == null || !(mean > 0) ? weight : weight ** ((x[i] - before) / mean);
    before = x[i];
    last = last * kept + (1 - kept) * value;
    bias *= kept;
    return last / (1 - bias);
  });
}
