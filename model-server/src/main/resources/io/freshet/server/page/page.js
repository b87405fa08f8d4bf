import { Connection } from "/ui/connection.js";
import { say } from "/ui/dom.js";
import { count } from "/ui/format.js";
import { severity } from "/ui/health.js";
import { OverviewCharts } from "/ui/overview-charts.js";
import { Selection } from "/ui/selection.js";
import { offerSignOut } from "/ui/session.js";
import { listen } from "/ui/stream.js";
import { ModelsTable } from "/ui/table.js";

const element = id => document.getElementById(id);
/** A longer query would exceed what servers accept. The server then sends all curves, in parts. */
const LONGEST_QUERY = 4000;
const selection = new Selection(() => {
  table.mark();
  charts.draw();
  follow();
});
const table = new ModelsTable(element("models"), selection);
const charts = new OverviewCharts(element("charts"), selection);
const connection = new Connection();
let models = [];
let close = null;
/** The models whose curves the page has. */
let followed = new Set();

function receive(event) {
  connection.received(event.at);
  if (event.flink) {
    element("flink").href = event.flink;
    element("flink").hidden = false;
  }
  element("notice").hidden = event.notice == null;
  say(element("notice"), event.notice ?? "");
  element("undecodable").hidden = event.undecodable == null;
  element("undecodable").dataset.level = event.undecodable?.level ?? "quiet";
  say(element("undecodable"), event.undecodable?.text ?? "");
  models = event.models;
  const names = new Set(models.map(model => model.name));
  // Of more models than the table has, those that are missing may come back.
  if (models.length === (event.total ?? models.length)) selection.retain(names);
  followed = new Set([...followed].filter(name => names.has(name)));
  // Models with curves first: there is nothing to see of others.
  selection.offer(table.order.sort(models).sort((a, b) => Number(a.loss == null) - Number(b.loss == null)).map(model => model.name));
  table.update(models, event.metrics, event.at);
  summarize(event.total ?? models.length);
  search();
  charts.add(event);
  if (charts.tooLong) connect();
  else follow();
}

/** Shows how many models there are, and how many of those in the table are not well. */
function summarize(total) {
  const [warnings, bad] = [1, 2].map(rank => models.filter(model => severity(model) === rank).length);
  const shown = total > models.length ? `${count(models.length)} of ${count(total)}` : count(total);
  const parts = [`${shown} ${total === 1 ? "model" : "models"}`];
  if (bad > 0) parts.push(`${count(bad)} bad`);
  if (warnings > 0) parts.push(`${count(warnings)} with warnings`);
  if (bad + warnings === 0) parts.push("no problems");
  say(element("summary"), models.length === 0 ? "" : parts.join(", "));
  element("summary").dataset.level = bad > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  element("empty").hidden = models.length > 0;
}

/** Shows the models that match the filter. */
function search() {
  const shown = table.filter(element("filter").value);
  say(element("matches"), element("filter").value.trim() === "" ? "" : `${count(shown)} of ${count(models.length)}`);
}

/** Opens a new connection, whose first event contains the whole curves of the models that are drawn. */
function connect() {
  close?.();
  followed = new Set(selection.drawn);
  const names = followed.size === 0 ? [""] : [...followed];
  const query = `?${names.map(name => `curves=${encodeURIComponent(name)}`).join("&")}`;
  close = listen(receive, () => connection.lost(), query.length <= LONGEST_QUERY ? query : "");
}

/** Connects again if the page lacks the curve of a model that is drawn. */
function follow() {
  if (models.some(({ name }) => selection.has(name) && !followed.has(name))) connect();
}

element("filter").addEventListener("input", search);
element("filter").addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  element("filter").value = "";
  search();
});
document.addEventListener("keydown", event => {
  const typing = event.target.matches("input:not([type=checkbox], [type=radio], [type=range])");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  event.preventDefault();
  element("filter").focus();
});
connect();
offerSignOut();
