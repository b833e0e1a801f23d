// What a number is made of: hours, minutes, rows of a mart, and the events of a row with their offsets in Kafka.
import { ask, offer, question } from './api.js';
import { alignWords, button, get, node, rows, scrolling, table } from './dom.js';
import { amount, moment, named, number, plural } from './format.js';
import { held, known, notHeld, timeOf } from './view.js';

const MOST_ROWS = 100, EVENTS = 200;
const iso = (seconds) => new Date(seconds * 1000).toISOString();
const seconds = (text) => Date.parse(text) / 1000;

function open(title) {
  const dialog = get('explain');
  get('explainhead').textContent = title;
  const body = get('explained');
  body.replaceChildren(node('p', 'Reading …', { class: 'note', role: 'status' }));
  if (!dialog.open) dialog.showModal();
  body.scrollTop = 0;
  return body;
}
const failed = (body, e) => body.replaceChildren(node('p', e.message + '. ' + (e.detail || ''), { class: 'bad', role: 'alert' }));

// A time or number of an answer as a person reads it.
export function cell(value, column) {
  if (value === null || value === undefined) return '–';
  if (/^timestamp/.test(column.type)) return moment(seconds(value));
  if (typeof value === 'number') return number.format(value);
  if (Array.isArray(value)) return value.map(named).join(', ');
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : named(value);
}

// What: the title of the number, its mart, the measure that gives it, the order of its rows, its first and last second, and
// conditions beside those of the view.
export async function explain(what) {
  const body = open(what.title);
  const conditions = held(what.mart, what.first, what.last);
  const parameters = { ...conditions.parameters, ...what.where };
  const none = [conditions.parameters.null, (what.where || {}).null].filter(Boolean);
  if (none.length) parameters.null = none.join(',');
  try {
    const total = await ask(question(what.mart, { ...parameters, measures: what.measure }));
    const value = total.rows[0][0];
    const parts = [node('p', undefined, {}, node('strong', value === null ? 'nothing' : what.money ? amount(String(value)) : number.format(value)),
      document.createTextNode(' is ' + what.measure + ' of gold.' + what.mart + ', as of silver’s version ' + total.as_of.silver_version + '.'))];
    const limits = Object.entries(parameters).map(([k, v]) => (k === 'from' ? 'from ' : k === 'to' ? 'to before ' : k === 'null' ? 'no ' : k.includes('.') ? k.replace('.', ' ') + ' ' : k + ' = ') + (/^(from|to)$/.test(k) && v.length > 10 ? moment(seconds(v)) : named(v)));
    if (limits.length) parts.push(node('p', 'Its rows: ' + limits.join(', ') + '.', { class: 'note' }));
    if (conditions.without.length) parts.push(node('p', notHeld(conditions.without, what.mart), { class: 'note warn' }));
    const split = await pieces(what, parameters);
    if (split) parts.push(split);
    parts.push(await rowsOf(what, parameters), offer(node('p'), what.mart, { ...parameters, order: what.order }));
    body.replaceChildren(...parts);
  } catch (e) { failed(body, e); }
}

// Where it is of more than a minute: by days, hours or minutes, each of which can be explained in turn.
async function pieces(what, parameters) {
  const at = timeOf(what.mart), length = what.last - what.first;
  if (!at || at.type === 'date' || !(length > 60) || what.whole) return undefined;
  const [every, width] = length > 3 * 86400 ? ['1d', 86400] : length > 3600 ? ['1h', 3600] : ['1m', 60];
  const answer = await ask(question(what.mart, { ...parameters, group: at.name, every, measures: what.measure, order: at.name, limit: 400 }));
  const list = table(['From', what.measure]);
  rows(list, answer.rows.map(([time, value]) => [
    { text: moment(seconds(time)), hint: 'Explain these ' + { '1d': '24 hours', '1h': '60 minutes', '1m': '60 seconds' }[every], act: () => explain({ ...what, first: Math.max(what.first, seconds(time)), last: Math.min(what.last, seconds(time) + width), title: what.title.replace(/, from .*/, '') + ', from ' + moment(seconds(time)) }) },
    number.format(value)]), 'Nothing');
  return node('section', undefined, {}, node('h3', { '1d': 'By day (UTC)', '1h': 'By hour', '1m': 'By minute' }[every]), scrolling('Parts', list));
}

async function rowsOf(what, parameters) {
  const mart = known()[what.mart], shown = mart.columns.filter((c) => mart.kind === 'view' || c.key || what.measure.includes(c.name) || c.name === what.order.replace('-', ''));
  const answer = await ask(question(what.mart, { ...parameters, order: what.order, limit: MOST_ROWS }));
  const list = table([...shown.map((c) => c.name), 'made of']);
  const at = (name) => answer.columns.findIndex((c) => c.name === name);
  rows(list, answer.rows.map((row) => [...shown.map((c) => cell(row[at(c.name)], c)),
    mart.kind === 'mart' && shown.some((c) => c.key) ? { text: 'its events', hint: 'Reads the lake, which takes seconds', act: () => lineage(what.mart, keyOf(mart, row, at), what) } : '–']), 'No rows');
  alignWords(list, [...shown.map((c) => !/int|numeric|double|real/.test(c.type)), true]);
  return node('section', undefined, {}, node('h3', answer.truncated ? 'The first ' + MOST_ROWS + ' of its rows' : plural(answer.rows.length, 'row')), scrolling('Rows of gold.' + what.mart, list));
}
const keyOf = (mart, row, at) => Object.fromEntries(mart.columns.filter((c) => c.key).map((c) => [c.name, row[at(c.name)]]));

// One row of a mart down to Kafka; back leads to what it was part of.
export async function lineage(mart, key, back) {
  const body = open('gold.' + mart + ': ' + Object.values(key).map((v) => /^\d{4}-\d\d-\d\dT/.test(v) ? moment(seconds(v)) : named(v)).join(', '));
  body.replaceChildren(node('p', 'Reading the lake; the first time takes some seconds.', { class: 'note', role: 'status' }));
  try {
    const l = await ask('/api/v1/explain/' + encodeURIComponent(mart) + '?' + new URLSearchParams({ ...key, limit: EVENTS }));
    const ranges = table(['Kafka partition', 'Events', 'First offset', 'Last offset', 'Commits of bronze']);
    rows(ranges, l.ranges.map((r) => [r.topic + '-' + r.partition + (r.source_epoch ? ' of epoch ' + r.source_epoch : ''), number.format(r.events), String(r.first_offset), String(r.last_offset), r.first_commit === r.last_commit ? String(r.first_commit) : r.first_commit + ' to ' + r.last_commit]), 'None');
    const events = table(['Time', 'Type', 'Visitor', 'Event', 'Record in Kafka']);
    rows(events, l.first.map((e) => [moment(seconds(e.time)), named(e.type), named(e.visitor), named(e.event_id), e.position]), 'None');
    alignWords(events, [true, true, true, true, true]);
    const columns = table(['Column', 'Value']);
    rows(columns, Object.entries(l.row).map(([k, v]) => [k, named(v)]));
    body.replaceChildren(...(back ? [button('← Back', () => explain(back), { class: 'small' })] : []),
      node('p', 'Made of ' + plural(l.events, 'event') + ' in silver up to version ' + l.silver_version + ', which came from these offsets of Kafka.'),
      scrolling('Offsets', ranges), node('h3', l.events > l.first.length ? 'The first ' + l.first.length + ' events' : 'Its events in order of time'), scrolling('Events', events),
      node('details', undefined, {}, node('summary', 'The row'), scrolling('The row', columns)));
  } catch (e) { failed(body, e); }
}

export function message(title, ...content) { open(title).replaceChildren(...content); }
get('explainclose').addEventListener('click', () => get('explain').close());
get('explain').addEventListener('click', (e) => { if (e.target === get('explain')) get('explain').close(); });
