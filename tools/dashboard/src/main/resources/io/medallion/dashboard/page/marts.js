// Any mart or view, a user's own too: what it is, a chart of its numbers, and its rows.
import { ask, offer, only, question } from './api.js';
import { colorOf, draw, erase } from './charts.js';
import { alignWords, get, node, put, rows, sortable } from './dom.js';
import { cell, explain } from './explain.js';
import { named, number } from './format.js';
import { change, held, known, notHeld, timeOf, view } from './view.js';

const LINES = 8, POINTS = 400, ROWS = 50;
const NUMBERS = /^(smallint|integer|bigint|numeric|real|double precision|boolean)$/;
const TEXTS = /^(text|boolean|character varying|integer|smallint|date)$/;
const EVERY = [['1m', 60], ['5m', 300], ['1h', 3600], ['6h', 21600], ['1d', 86400], ['7d', 604800]];
const FUNCTIONS = { sum: 'Sum', max: 'Greatest', min: 'Least', avg: 'Average' };

function choose(id, options, chosen) {
  const list = get(id);
  const text = options.map((o) => o.join()).join('\n');
  if (list.dataset.options !== text) { list.replaceChildren(...options.map(([value, name]) => new Option(name, value))); list.dataset.options = text; }
  list.value = chosen;
}

export async function showMarts(n) {
  const names = Object.keys(known());
  if (!names.length) return;
  const name = known()[view('mart')] ? view('mart') : names.includes('page_views') ? 'page_views' : names[0], mart = known()[name];
  choose('mart', names.map((m) => [m, m]), name);
  put('martkind', mart.kind === 'view' ? 'a view over marts' : 'kept exact while events come');
  put('martsays', mart.description || 'It has no description.');
  rows('martcolumns', mart.columns.map((c) => [c.name + (c.key ? ' (key)' : ''), c.type, c.description || '–']), '');
  const { parameters, without } = held(name, n.first, n.last), at = timeOf(name);
  put('martnote', [at ? '' : 'It has no time: the range does not apply.', notHeld(without, name)].join(' ').trim());
  await Promise.all([chart(mart, at, parameters, n), rowsOf(mart, parameters)]);
}

async function chart(mart, at, parameters, n) {
  const values = mart.columns.filter((c) => NUMBERS.test(c.type) && !c.key), texts = mart.columns.filter((c) => TEXTS.test(c.type) && c !== at && !(values.includes(c) && c.type !== 'boolean'));
  const value = (values.find((c) => c.name === view('value')) || values[0] || {}).name, by = texts.some((c) => c.name === view('split')) ? view('split') : '';
  const how = FUNCTIONS[view('as')] ? view('as') : 'sum';
  get('martchartcard').hidden = !at;
  if (!at) { erase(get('martchart')); return; }
  choose('value', [...values.map((c) => [c.name, c.name]), ['', 'rows']], value === undefined || view('value') === '' ? '' : value);
  choose('as', Object.entries(FUNCTIONS), how);
  choose('split', [['', 'nothing'], ...texts.map((c) => [c.name, c.name])], by);
  const of = get('value').value, measure = of ? how + '(' + of + ')' : 'count';
  get('as').disabled = !of;
  const least = at.type === 'date' ? 86400 : 60;
  const [every, width] = EVERY.find(([, w]) => w >= least && (n.last - n.first) / w <= POINTS) || EVERY[EVERY.length - 1];
  const groups = by ? (await ask(question(mart.name, { ...parameters, group: by, measures: measure, order: '-' + measure + ',' + by, limit: LINES }))) : undefined;
  const lines = groups ? groups.rows.map((r) => r[0]) : [undefined];
  const answers = await Promise.all(lines.map((line) => ask(question(mart.name, { ...only(parameters, by, line), group: at.name, every, measures: measure, order: at.name, limit: 2000 }))));
  const found = answers.map((a) => new Map(a.rows.map(([t, v]) => [Date.parse(t.length === 10 ? t + 'T00:00Z' : t) / 1000, v === null ? null : Number(v)])));
  const times = [...new Set(found.flatMap((m) => [...m.keys()]))].sort((a, b) => a - b);
  const kinds = by ? lines.map(() => 'line') : ['bars'];
  // A line is not drawn through where there is nothing; a sum of nothing is none.
  const gap = how === 'sum' || !of ? 0 : null;
  draw(get('martchart'), { kinds, width, data: times.length ? [times, ...found.map((m) => times.map((t) => m.has(t) ? m.get(t) : gap))] : [[0], ...kinds.map(() => [0])], readout: 'martreadout',
    press: (t) => explain({ title: mart.name + ': ' + measure, mart: mart.name, measure, order: of ? '-' + of : '-' + at.name, first: Math.max(t, n.first), last: t + width }) });
  put('martmeasure', (of ? FUNCTIONS[how] + ' of ' + of : 'Rows') + ' by ' + every);
  get('lines').replaceChildren(...(by ? lines.map((line, i) => { const e = node('li', named(line)); e.style.setProperty('--c', 'var(' + colorOf(i) + ')'); return e; }) : []));
  const rest = groups ? groups.totals.groups - lines.length : 0;
  put('linesnote', rest > 0 ? 'and ' + number.format(rest) + ' more, which are not drawn' : '');
  get('lines').hidden = !by;
}

async function rowsOf(mart, parameters) {
  const sorted = view('sort.rows'), columns = mart.columns.map((c) => c.name);
  const order = sorted && columns.includes(sorted.replace('-', '')) ? sorted : timeOf(mart.name) ? '-' + timeOf(mart.name).name : columns[0];
  const asked = { ...parameters, order };
  const answer = await ask(question(mart.name, { ...asked, limit: ROWS }));
  sortable(get('martrows'), columns.map((c) => [c, c]), order, (key) => change({ 'sort.rows': key }));
  rows('martrows', answer.rows.map((row) => row.map((v, i) => cell(v, answer.columns[i]))), 'Nothing in this range');
  alignWords(get('martrows'), answer.columns.map((c) => !NUMBERS.test(c.type) || c.type === 'boolean'));
  put('rowsnote', answer.truncated ? 'The first ' + ROWS + '; the files have up to 10,000.' : '');
  offer(get('martfiles'), mart.name, asked);
}

get('mart').addEventListener('change', () => change({ mart: get('mart').value, value: undefined, split: undefined, as: undefined, 'sort.rows': undefined }));
['value', 'as', 'split'].forEach((id) => get(id).addEventListener('change', () => change({ [id]: get(id).value })));
