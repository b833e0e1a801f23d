// Lists of what sessions and page views are of: ten rows and the others, to search, sort and filter by.
import { ask, offer, only, question } from './api.js';
import { node, rows, sortable, table, typed } from './dom.js';
import { amount, isPlain, named, number, share, short } from './format.js';
import { explain } from './explain.js';
import { change, filter, filters, held, known, notHeld, view } from './view.js';

const TEN = 10;
const COUNT = 'count', ORDERS = 'sum(purchases)', RATE = 'avg(converted)', CONVERTED = 'count(converted)', REVENUE = 'sum(revenue)', LEAST = 'min(currency)', MOST = 'max(currency)';
const OF_SESSIONS = [['Sessions', COUNT], ['Orders', ORDERS], ['Conversion', RATE], ['Revenue', REVENUE]];
const SESSION_MEASURES = [COUNT, ORDERS, RATE, REVENUE, CONVERTED, LEAST, MOST];
const LISTS = [
  { id: 'pages', title: 'Pages', column: 'page', mart: 'page_views', shown: [['Views', 'sum(views)']], measures: ['sum(views)'] },
  { id: 'campaigns', title: 'Campaigns', column: 'utm_campaign' },
  { id: 'channels', title: 'Channels', column: 'channel' },
  { id: 'countries', title: 'Countries', column: 'country' },
  { id: 'entries', title: 'Entry pages', column: 'entry_page' },
  { id: 'exits', title: 'Exit pages', column: 'exit_page' },
  { id: 'devices', title: 'Devices', column: 'device_class' },
].map((l) => ({ mart: 'sessions', shown: OF_SESSIONS, measures: SESSION_MEASURES, ...l }));

export function makeLists(into) {
  LISTS.forEach((l) => {
    l.table = table([], { id: l.id, class: 'ranked' });
    l.search = node('input', undefined, { type: 'search', placeholder: 'Search', 'aria-label': 'Search ' + l.title.toLowerCase() });
    l.note = node('p', '', { class: 'note' });
    l.files = node('div');
    into.append(node('section', undefined, { class: 'card w6', 'aria-labelledby': l.id + 'head' },
      node('div', undefined, { class: 'head' }, node('h2', l.title, { id: l.id + 'head' }, node('small', l.mart === 'sessions' ? ' of the sessions that began in the range' : ' by views')), l.search),
      node('div', undefined, { class: 'fit' }, l.table), node('div', undefined, { class: 'foot' }, l.note, l.files)));
    typed(l.search, (text) => change({ ['find.' + l.id]: text || undefined }));
  });
}

const orderOf = (l) => { const o = view('sort.' + l.id); return o && l.shown.some(([, m]) => o.replace('-', '') === m) || o && o.replace('-', '') === l.column ? o : '-' + l.shown[0][1]; };

export async function showLists(n) {
  await Promise.all(LISTS.map((l) => show(l, n).catch((e) => { l.note.textContent = e.message + '. ' + (e.detail || ''); })));
}

async function show(l, n) {
  if (!known()[l.mart]) return;
  const find = view('find.' + l.id) || '', order = orderOf(l), own = filters();
  if (document.activeElement !== l.search && l.search.value !== find) l.search.value = find;
  const { parameters, without } = held(l.mart, n.first, n.last);
  const asked = { ...parameters, [l.column + '~']: find, group: l.column, measures: l.measures.join(','), order: order + (order.endsWith(l.column) ? '' : ',' + l.column), limit: TEN };
  const answer = await ask(question(l.mart, asked));
  sortable(l.table, [[FIRST[l.column] || l.title.replace(/s$/, ''), l.column], ...l.shown], order, (key) => change({ ['sort.' + l.id]: key }));
  const all = answer.rows.map(([name, ...m]) => ({ name, m }));
  const others = answer.totals.groups - all.length;
  if (others > 0) all.push({ others, m: rest(l, answer.totals.measures, all) });
  // Bars are as long as what is sorted by.
  const by = Math.max(0, l.shown.findIndex(([, m]) => order.endsWith(m)));
  const most = Math.max(1e-9, ...all.filter((r) => !r.others).map((r) => Number(r.m[by]) || 0));
  rows(l.table, all.map((r) => [first(l, r, own), ...l.shown.map(([, m], i) => measured(l, r, m, i, n))]), 'Nothing in this range').forEach((row, i) => {
    row.style.setProperty('--share', all[i].others ? '0%' : (100 * (Number(all[i].m[by]) || 0) / most).toFixed(1) + '%');
    row.classList.toggle('others', Boolean(all[i].others));
  });
  l.note.textContent = notHeld(without, l.mart);
  offer(l.files, l.mart, asked);
}
const FIRST = { country: 'Country', entry_page: 'Page', exit_page: 'Page' };

function first(l, r, own) {
  if (r.others) return number.format(r.others) + (r.others === 1 ? ' other' : ' others');
  const name = r.name === '(none)' && l.column === 'country' ? 'not located' : named(r.name);
  const on = l.column in own && own[l.column] === r.name;
  return { text: name, whole: name, odd: r.name === null || !isPlain(r.name), hint: on ? 'Take the filter away' : 'Show only this', act: () => filter(l.column, on ? undefined : r.name) };
}
// What is behind the ten: all, less them. Ratios are made anew.
function rest(l, totals, shown) {
  const less = (i) => Number(totals[i]) - shown.reduce((sum, r) => sum + (Number(r.m[i]) || 0), 0);
  return l.measures.map((m, i) => m === RATE ? less(l.measures.indexOf(CONVERTED)) / less(l.measures.indexOf(COUNT)) : m === LEAST || m === MOST ? totals[i] : less(i));
}
function measured(l, r, measure, i, n) {
  const value = Number(r.m[i]);
  if (measure === RATE) return share.format(value || 0);
  if (measure === REVENUE) {
    const [least, most] = [r.m[l.measures.indexOf(LEAST)], r.m[l.measures.indexOf(MOST)]];
    // There is no rate at which currencies would add up.
    return !value ? '–' : least === most && least !== '(mixed)' ? amount(String(value)) + (least === '(none)' ? '' : ' ' + least) : { text: 'mixed', whole: 'In several currencies, which do not add up' };
  }
  if (r.others || !value) return { text: short(value), whole: number.format(value) };
  return { text: short(value), whole: number.format(value), hint: 'Explain ' + number.format(value),
    act: () => explain({ title: named(r.name) + ': ' + l.shown[i][0].toLowerCase(), mart: l.mart, measure, order: measure === COUNT ? '-session_start' : '-' + measure.replace(/.*\(|\)/g, ''), first: n.first, last: n.last, where: only({}, l.column, r.name) }) };
}
