/** A position on the x-axis that the charts with that axis show together. */
export class SharedCursor {
  constructor() {
    this.charts = new Set();
    this.across = null;
    this.at = null;
    this.leading = null;
    this.frame = null;
    addEventListener("pointerdown", event => {
      if (!event.target.closest?.(".plot")) this.move(null, null);
    });
  }

  join(chart) {
    this.charts.add(chart);
  }

  /**
   * Moves the cursor with the next frame.
   *
   * @param chart that leads, or null to remove the cursor
   * @param at position on the x-axis of the chart, or null to remove the cursor
   */
  move(chart, at) {
    this.leading = chart;
    this.across = chart?.axes.across ?? null;
    this.at = at;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      for (const each of this.charts) each.point();
    });
  }

  /** Returns the position for a chart, or null if it shows none. */
  position(chart) {
    return chart.axes != null && chart.axes.across === this.across ? this.at : null;
  }
}
