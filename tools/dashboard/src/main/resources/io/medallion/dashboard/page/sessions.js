// Sessions of the view, and the events of one.
import { ask, offer, question } from './api.js';
import { alignWords, get, put, rows, sortable, typed } from './dom.js';
import { amount, moment, named, number, span } from './format.js';
import { lineage } from './explain.js';
import { change, held, known, notHeld, view } from './view.js';

const PAGE = 50;
const SHOWN = [['Began', 'session_start'], ['Lasted', 'duration'], ['Visitor', 'visitor'], ['Country', 'country'], ['Device', 'device_class'], ['Channel', 'channel'], ['Campaign', 'utm_campaign'],
  ['Entry page', 'entry_page'], ['Exit page', 'exit_page'], ['Events', 'events'], ['Orders', 'purchases'], ['Revenue', 'revenue']];
const ASKED = ['session_start', 'session_end', 'visitor', 'site', 'country', 'device_class', 'channel', 'utm_campaign', 'entry_page', 'exit_page', 'events', 'purchases', 'revenue', 'currency'];

export async function showSessions(n) {
  if (!known().sessions) return;
  const find = view('visitor') || '', sorted = view('sort.sessions') || '-session_start', most = Number(view('most')) || PAGE;
  const order = SHOWN.some(([, c]) => c === sorted.replace('-', '')) ? sorted : '-session_start';
  if (document.activeElement !== get('visitor') && get('visitor').value !== find) get('visitor').value = find;
  const { parameters, without } = held('sessions', n.first, n.last);
  const asked = { ...parameters, 'visitor~': find, order };
  const answer = await ask(question('sessions', { ...asked, columns: ASKED.join(','), limit: Math.min(most, 10000) }));
  sortable(get('sessionlist'), SHOWN, order, (key) => change({ 'sort.sessions': key }));
  rows('sessionlist', answer.rows.map((row) => {
    const s = Object.fromEntries(ASKED.map((c, i) => [c, row[i]])), begun = Date.parse(s.session_start) / 1000;
    return [{ text: moment(Math.floor(begun)), hint: 'Its events in order of time', act: () => lineage('sessions', { site: s.site, visitor: s.visitor, session_start: s.session_start }) },
      span(Date.parse(s.session_end) / 1000 - begun), named(s.visitor), named(s.country), named(s.device_class), named(s.channel), named(s.utm_campaign), named(s.entry_page), named(s.exit_page),
      number.format(s.events), number.format(s.purchases), s.purchases ? amount(String(s.revenue)) + ' ' + named(s.currency) : '–'];
  }), 'No session began in this range');
  alignWords(get('sessionlist'), SHOWN.map(([, c]) => !['duration', 'events', 'purchases', 'revenue'].includes(c)));
  get('more').hidden = !answer.truncated;
  get('more').onclick = () => change({ most: String(most + PAGE) });
  put('sessionsnote', notHeld(without, 'sessions'));
  offer(get('sessionfiles'), 'sessions', asked);
}
typed(get('visitor'), (text) => change({ visitor: text || undefined }));
