import { get } from "/ui/api.js";
import { Classes } from "/ui/classes.js";
import { create, fill, say } from "/ui/dom.js";
import { count, number } from "/ui/format.js";
import { Inspection } from "/ui/inspection.js";
import { KeyPicker } from "/ui/keys.js";
import { showLineage } from "/ui/lineage.js";
import { ModelCharts } from "/ui/model-charts.js";
import { Status } from "/ui/status.js";
import { offerSignOut } from "/ui/session.js";
import { Specification } from "/ui/specification.js";
import { listen } from "/ui/stream.js";
import { TryForm } from "/ui/try.js";
import { Versions } from "/ui/versions.js";

const PERIOD_MILLIS = 5000;
const element = id => document.getElementById(id);
const name = decodeURIComponent(location.pathname.split("/").at(-1));
const key = new URLSearchParams(location.search).get("key");
const query = key == null ? "" : `?key=${encodeURIComponent(key)}`;
const status = new Status();
const charts = new ModelCharts(name, element("charts"));
const versions = new Versions(name, key, query);
const inspection = new Inspection(name, query);
const specification = new Specification(name);
const classes = new Classes(name, query);
let form = null;
let served = null;
/** When the metadata and the versions were fetched; labels may change without a new version. */
let fetchedAt = -Infinity;
let close = null;

async function receive(event) {
  const model = event.models.find(each => each.name === name);
  status.show(model, event.at);
  showMetrics(model, event.metrics);
  charts.add(event, model);
  versions.tick(event.at);
  inspection.refresh(!element("moved").hidden);
  classes.refresh();
  if (charts.tooLong) connect();
  if (model?.version == null) return;
  const changed = model.version !== served || performance.now() - fetchedAt >= PERIOD_MILLIS;
  if (!changed) return;
  served = model.version;
  fetchedAt = performance.now();
  try {
    await describe();
    if (!element("versions").hidden) await versions.refresh();
  } catch (error) {
    served = null;
    say(element("versions-error"), error.message);
  }
}

/** Shows the inputs and the lineage and, of a model with keys, asks for one. */
async function describe() {
  const metadata = await get(`/v2/models/${encodeURIComponent(name)}${query}`);
  const keyField = metadata.properties.key_field;
  if (form == null) {
    element("versions").hidden = keyField != null && key == null;
    element("moved").hidden = element("versions").hidden;
    element("trial").hidden = false;
    element("all-keys").hidden = keyField == null;
    if (keyField != null) new KeyPicker(name, keyField, key);
    form = new TryForm(name, metadata, key, query);
  }
  showLineage(metadata.properties);
  specification.refresh(metadata.properties.spec_hash);
}

function showMetrics(model, metrics) {
  say(element("rejected-samples"), count(model?.rejected));
  const known = Object.entries(metrics).filter(([metric]) => model?.[metric] != null);
  element("scores").hidden = known.length === 0;
  fill(element("metrics"), known.map(([metric, { label, about }]) => create("tr", {},
    create("th", { scope: "row" }, label), create("td", { class: "number" }, number(model[metric])), create("td", {}, about))));
}

/** Opens a new connection, whose first event contains the whole curves. */
function connect() {
  close?.();
  close = listen(receive, () => status.lost(), `?model=${encodeURIComponent(name)}`);
}

element("name").textContent = name;
document.title = `${name} – Freshet`;
connect();
offerSignOut();
