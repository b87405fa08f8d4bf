import { matches, Order } from "/ui/order.js";
import { ModelRow } from "/ui/row.js";

/** The table of models, which can be searched and sorted. Rows do not move while the pointer or the focus is on them. */
export class ModelsTable {
  /**
   * @param table whose head has a button for each column to sort by
   * @param selection the models whose curves are drawn, and their colors
   */
  constructor(table, selection) {
    this.table = table;
    this.selection = selection;
    this.rows = new Map();
    this.order = new Order();
    this.models = [];
    this.search = "";
    for (const button of table.tHead.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        this.order.by(button.parentElement.dataset.column);
        this.arrange();
      });
    }
    table.addEventListener("pointerleave", () => this.arrangeUnlessUsed());
    this.markColumn();
  }

  update(models, metrics, now) {
    const names = new Set(models.map(model => model.name));
    for (const [name, row] of this.rows) {
      if (names.has(name)) continue;
      row.element.remove();
      this.rows.delete(name);
    }
    this.models = models;
    for (const model of models) {
      if (!this.rows.has(model.name)) {
        const row = new ModelRow(model.name, this.selection);
        this.rows.set(model.name, row);
        this.table.append(row.element);
      }
      this.rows.get(model.name).update(model, metrics, now);
    }
    this.filter(this.search);
    this.arrangeUnlessUsed();
  }

  /** Shows only the models that match a search, and returns how many do. */
  filter(search) {
    this.search = search.trim();
    let shown = 0;
    for (const model of this.models) {
      const matching = matches(model, this.search);
      const { element } = this.rows.get(model.name);
      if (element.hidden === matching) element.hidden = !matching;
      if (matching) shown++;
    }
    return shown;
  }

  /** Shows which models are drawn. */
  mark() {
    for (const row of this.rows.values()) row.mark();
  }

  arrangeUnlessUsed() {
    if (![...this.table.tBodies].some(body => body.matches(":hover, :focus-within"))) this.arrange();
  }

  /** Moves the rows that are not in order. */
  arrange() {
    let next = this.table.tHead.nextElementSibling;
    for (const { name } of this.order.sort(this.models)) {
      const { element } = this.rows.get(name);
      if (element === next) next = next.nextElementSibling;
      else this.table.insertBefore(element, next);
    }
    this.markColumn();
  }

  markColumn() {
    for (const th of this.table.tHead.querySelectorAll("th:has(button)")) {
      const direction = th.dataset.column !== this.order.column ? null : this.order.descending ? "descending" : "ascending";
      if (direction === null) th.removeAttribute("aria-sort");
      else th.setAttribute("aria-sort", direction);
    }
  }
}
