/** Pixels between two marks of full height, and between two ticks. */
const SPACE = 16;
const TICK = 6;

/**
 * Returns the marks of an x-axis that can be told apart: all of them at full height, or else some of them as ticks.
 *
 * @param positions ascending, in pixels from the left
 * @return positions, and whether they are ticks
 */
export function thin(positions) {
  const kept = [];
  for (const position of positions) {
    if (kept.length === 0 || position - kept.at(-1) >= SPACE) kept.push(position);
  }
  return { positions: kept, ticks: kept.length < positions.length };
}

/**
 * Draws the marks of a chart.
 *
 * @param plot uPlot's
 * @param values positions on its x-axis, ascending
 */
export function drawMarks(plot, values) {
  const { left, top, width, height } = plot.bbox;
  const { min, max } = plot.scales.x;
  const visible = values.filter(at => at >= min && at <= max);
  const { positions, ticks } = thin(visible.map(at => (at - min) / (max - min) * width / devicePixelRatio));
  plot.ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
  for (const position of positions) {
    plot.ctx.fillRect(left + position * devicePixelRatio, top, devicePixelRatio, ticks ? TICK * devicePixelRatio : height);
  }
}

/** Draws a strip along the edge of a chart where a line is beyond its y-axis. */
export function drawClipped(plot, { x: positions, color }, values) {
  const { left, top, width, height } = plot.bbox;
  const { min, max } = plot.scales.x;
  const { min: bottom, max: ceiling } = plot.scales.y;
  const size = 3 * devicePixelRatio;
  plot.ctx.fillStyle = color;
  positions.forEach((x, i) => {
    const y = values[i];
    if (y == null || x < min || x > max || y >= bottom && y <= ceiling) return;
    plot.ctx.fillRect(left + (x - min) / (max - min) * width - size / 2, y > ceiling ? top : top + height - size, size, size);
  });
}
