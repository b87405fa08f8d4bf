import { create } from "/ui/dom.js";

const ROW_HEIGHT = 17;
/** Lines that a chart under the pointer names. */
const LARGEST = 20;
const DISTANCE = 12;

/** The names and values of the lines at the cursor of a chart. */
export class Tooltip {
  constructor(figure) {
    this.figure = figure;
    this.element = create("div", { "class": "tooltip", "aria-hidden": "true", "hidden": true });
    figure.append(this.element);
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * Shows lines beside a position. Only a leading chart, under the pointer or with the focus, covers what is below it.
   *
   * @param lines with name, style (a class), color, and value; the most important ones first
   * @param over the element of the plot
   * @param left pixels from its left
   * @param title of the position, or null unless the chart leads
   */
  show(lines, over, left, title) {
    const room = title == null ? Math.max(1, Math.floor(over.clientHeight / ROW_HEIGHT) - 1) : LARGEST;
    const shown = lines.length <= room ? lines : lines.slice(0, Math.max(1, room - 1));
    this.element.replaceChildren(
      ...title == null ? [] : [create("p", {}, title)],
      ...shown.map(({ name, style, color, value }) => {
        const marker = create("i", { class: style });
        marker.style.setProperty("--color", color);
        return create("p", {}, marker, create("span", {}, name), create("b", {}, value));
      }),
      ...shown.length < lines.length ? [create("p", {}, `and ${lines.length - shown.length} more`)] : []);
    this.element.classList.toggle("leading", title != null);
    this.element.hidden = false;
    const outer = this.figure.getBoundingClientRect();
    const inner = over.getBoundingClientRect();
    const x = inner.left - outer.left + left;
    const width = this.element.offsetWidth;
    const right = x + DISTANCE + width <= outer.width ? x + DISTANCE : x - DISTANCE - width;
    this.element.style.left = `${Math.max(2, Math.min(right, outer.width - width - 2))}px`;
    this.element.style.top = `${inner.top - outer.top + 2}px`;
  }
}
