/** Share of the visible range that a key press moves or hides. */
const STEP = 0.2;

/**
 * Returns uPlot's cursor options: dragging selects a range, dragging with Shift moves it, and a double-click shows
 * everything.
 *
 * @param zoom receives the range of the x-axis to show, or null for everything
 */
export function pointer(zoom) {
  return {
    y: false,
    drag: { x: true, y: false, setScale: false },
    bind: {
      dblclick: () => () => zoom(null),
      mousedown: (plot, _, select) => event => event.shiftKey ? pan(plot, event, zoom) : select(event),
    },
  };
}

/** Shows the range that was selected by dragging. */
export function selected(plot, zoom) {
  const { left, width } = plot.select;
  if (width === 0) return;
  const range = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  zoom(range);
}

function pan(plot, start, zoom) {
  const { min, max } = plot.scales.x;
  const perPixel = (max - min) / plot.over.clientWidth;
  const move = event => {
    const by = (start.clientX - event.clientX) * perPixel;
    zoom([min + by, max + by]);
  };
  const end = new AbortController();
  addEventListener("mousemove", move, { signal: end.signal });
  addEventListener("mouseup", () => end.abort(), { once: true });
}

/** Zooms and pans with + - 0 and the arrow keys; returns whether the key is one of these. */
export function press(plot, key, zoom) {
  const { min, max } = plot.scales.x;
  const step = (max - min) * STEP;
  const ranges = {
    "+": [min + step, max - step],
    "=": [min + step, max - step],
    "-": [min - step, max + step],
    "ArrowLeft": [min - step, max - step],
    "ArrowRight": [min + step, max + step],
    "0": null,
  };
  if (!(key in ranges)) return false;
  zoom(ranges[key]);
  return true;
}
