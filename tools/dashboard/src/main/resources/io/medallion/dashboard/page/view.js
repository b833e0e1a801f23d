// What is looked at, all of it in the address: a link holds the whole view.
import { setZone, isoDay } from './format.js';

export const FILTERS = { site: 'Site', page: 'Page', country: 'Country', channel: 'Channel', device_class: 'Device', utm_campaign: 'Campaign', entry_page: 'Entry page', exit_page: 'Exit page' };
export const TABS = ['overview', 'funnel', 'sessions', 'marts', 'health'];
const CALENDAR = {
  today: (d) => [d, d], yesterday: (d) => [plus(d, -1), plus(d, -1)],
  thisweek: (d) => [monday(d), plus(monday(d), 6)], lastweek: (d) => [plus(monday(d), -7), plus(monday(d), -1)],
  thismonth: (d) => [d.slice(0, 8) + '01', lastOf(d)], lastmonth: (d) => { const e = plus(d.slice(0, 8) + '01', -1); return [e.slice(0, 8) + '01', e]; },
};
const date = (d) => new Date(d + 'T00:00:00Z');
const plus = (d, days) => { const e = date(d); e.setUTCDate(e.getUTCDate() + days); return e.toISOString().slice(0, 10); };
const monday = (d) => plus(d, -((date(d).getUTCDay() + 6) % 7));
const lastOf = (d) => { const e = date(d.slice(0, 8) + '01'); e.setUTCMonth(e.getUTCMonth() + 1, 0); return e.toISOString().slice(0, 10); };
const RANGE = /^(15m|1h|1d|7d|30d|all|\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d)$/;
export const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const USUAL = { tab: 'overview', range: '15m' };
// Names: tab, range, zone, compare, the filters, null; and what a tab keeps, each under a name of its own.
let all = {};
const listeners = [];

export const view = (name) => all[name] === undefined ? USUAL[name] : all[name];
export function filters() {
  const found = {};
  Object.keys(FILTERS).forEach((f) => { if (all[f] !== undefined) found[f] = all[f]; });
  (all.null || '').split(',').filter((f) => FILTERS[f]).forEach((f) => { found[f] = null; });
  return found;
}
export function onChange(act) { listeners.push(act); }
// Undefined takes a name out.
export function change(names) {
  const before = all;
  all = Object.fromEntries(Object.entries({ ...all, ...names }).filter(([k, v]) => v !== undefined && v !== USUAL[k]));
  const text = '#' + new URLSearchParams(all);
  if (location.hash !== text) history[names.tab ? 'pushState' : 'replaceState'](null, '', text === '#' ? location.pathname : text);
  listeners.forEach((act) => act(before));
}
export function filter(name, value) {
  const without = (all.null || '').split(',').filter((f) => f && f !== name);
  if (value === null) without.push(name);
  change({ [name]: value === null ? undefined : value, null: without.length ? without.join(',') : undefined });
}
export function read() {
  const before = all;
  all = Object.fromEntries([...new URLSearchParams(location.hash.slice(1))]);
  if (!TABS.includes(view('tab'))) delete all.tab;
  if (!RANGE.test(view('range')) && !CALENDAR[view('range')]) delete all.range;
  try { if (all.zone) new Intl.DateTimeFormat('en', { timeZone: all.zone }); } catch { delete all.zone; }
  listeners.forEach((act) => act(before));
}

// The zone that was chosen; else that of the site, where it is one and is known; else this computer's.
export function useZone(zones) {
  const site = filters().site, known = zones || {};
  setZone(view('zone') || known[site] || here);
}
// Words such as lastweek become days, counted from the present of what there is.
export function days(present) {
  const range = view('range');
  return CALENDAR[range] ? CALENDAR[range](isoDay(present)).join('..') : range;
}
export function streamed(present, zone) {
  const wanted = filters(), names = new URLSearchParams({ range: days(present), zone });
  Object.entries(wanted).forEach(([k, v]) => { if (v !== null) names.set(k, v); });
  const none = Object.keys(wanted).filter((k) => wanted[k] === null);
  if (none.length) names.set('null', none.join(','));
  return '/events?' + names;
}

// The marts and views there are, by name, with their columns.
let marts = {};
export function know(list) { marts = Object.fromEntries(list.map((m) => [m.name, m])); }
export const known = () => marts;
const iso = (seconds) => new Date(seconds * 1000).toISOString();
export const timeOf = (mart) => (marts[mart] ? marts[mart].columns : []).find((c) => /^timestamp|^date$/.test(c.type));
// What of the view a mart can hold: parameters of a question, and the filters for which it has no column.
export function held(mart, first, last) {
  const columns = new Set((marts[mart] ? marts[mart].columns : []).map((c) => c.name));
  const wanted = filters(), parameters = {};
  const at = timeOf(mart);
  if (at && first !== undefined) {
    const isDay = at.type === 'date';
    parameters.from = isDay ? isoDay(first) : iso(first);
    parameters.to = isDay ? plus(isoDay(last - 1), 1) : iso(last);
  }
  const none = [];
  Object.entries(wanted).filter(([k]) => columns.has(k)).forEach(([k, v]) => { if (v === null) none.push(k); else parameters[k] = v; });
  if (none.length) parameters.null = none.join(',');
  return { parameters, without: Object.keys(wanted).filter((k) => !columns.has(k)) };
}
export const notHeld = (without, mart) => without.length ? 'Not by ' + without.map((f) => FILTERS[f].toLowerCase()).join(', ') + ': gold.' + mart + ' does not have it.' : '';
