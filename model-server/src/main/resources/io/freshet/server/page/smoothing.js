/**
 * Returns the exponential moving average of values, as TensorBoard computes it.
 *
 *   last = last * weight + (1 - weight) * value      starts at 0
 *   smoothed = last / (1 - weight^n)                 n: number of values so far; removes the bias of the start
 *
 * Absent values stay absent. weight is in [0, 1); 0 changes nothing.
 */
export function smooth(values, weight) {
  let last = 0;
  let bias = 1;
  return values.map(value => {
    if (value == null) return value;
    last = last * weight + (1 - weight) * value;
    bias *= weight;
    return last / (1 - bias);
  });
}
