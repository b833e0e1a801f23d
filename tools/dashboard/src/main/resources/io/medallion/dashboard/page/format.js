// Numbers, times and names as people read them.
export const number = new Intl.NumberFormat('en');
export const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
export const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
const LONGEST_NUMBER = 11;
export const BARS = { 60: 'minute', 300: 'five minutes', 3600: 'hour', 21600: 'six hours', 86400: 'day', 604800: 'week' };

const clock = { zone: undefined };
// By whose clocks times are shown; a name as in Europe/Berlin.
export function setZone(zone) { clock.zone = zone; }
export const zone = () => clock.zone;
const shown = (seconds, options) => new Intl.DateTimeFormat('en-GB', { timeZone: clock.zone, hourCycle: 'h23', ...options }).format(seconds * 1000);
export const time = (seconds, options) => shown(seconds, { hour: '2-digit', minute: '2-digit', ...options });
export const day = (seconds) => shown(seconds, { year: 'numeric', month: 'short', day: 'numeric' });
export const moment = (seconds) => day(seconds) + ' ' + time(seconds, seconds % 60 ? { second: '2-digit' } : {});
// As the axis of a chart has it, whose bars are so many seconds wide.
export const label = (at, width) => width >= 21600 ? shown(at, { month: 'short', day: 'numeric' })
  : width >= 3600 ? shown(at, { weekday: 'short', hour: '2-digit' }) + ':00' : time(at);
export const isoDay = (seconds) => new Intl.DateTimeFormat('en-CA', { timeZone: clock.zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(seconds * 1000);
export const span = (s) => s < 120 ? Math.round(s) + ' s' : s < 7200 ? Math.floor(s / 60) + ' min' : s < 172800 ? Math.floor(s / 3600) + ' h' : Math.floor(s / 86400) + ' days';
export const words = (code) => code.toLowerCase().replaceAll('_', ' ');
export const plural = (n, one, many) => number.format(n) + ' ' + (n === 1 ? one : many || one + 's');

// Long ones are shortened; the whole is for a tooltip.
export const short = (value) => { const whole = number.format(value); return whole.length > LONGEST_NUMBER ? compact.format(value) : whole; };
// Decimals come as texts with all their digits, and keep them.
export const amount = (value) => { const [whole, rest] = (/\.\d\d$/.test(value) ? value : Number(value).toFixed(2)).split('.'); return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + '.' + rest; };

// A name that would not be seen, or not seen as it is, is written so that it is.
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0]/gu;
const code = (c) => '⟨U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩';
export function named(text) {
  if (text === null || text === undefined) return '(none)';
  if (text === '') return '(empty)';
  const visible = String(text).replace(HIDDEN, code).replace(/^ +| +$/g, (blanks) => code(' ').repeat(blanks.length));
  return String(text).replace(HIDDEN, '').trim() === '' ? '(blank) ' + visible : visible;
}
export const isPlain = (text) => named(text) === text;
