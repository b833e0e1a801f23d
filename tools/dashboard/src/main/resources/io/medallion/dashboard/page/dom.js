// Nodes of the page. Everything from the database is set as text, never as markup.
export const get = (id) => document.getElementById(id);
export const put = (id, text) => { const e = get(id); if (e.textContent !== text) e.textContent = text; };

export function node(name, text, attributes, ...children) {
  const e = document.createElement(name);
  if (text !== undefined && text !== null) e.textContent = text;
  Object.entries(attributes || {}).forEach(([k, v]) => { if (v !== undefined) e.setAttribute(k, v); });
  e.append(...children);
  return e;
}

export function button(text, act, attributes) {
  const e = node('button', text, { type: 'button', ...attributes });
  e.addEventListener('click', act);
  return e;
}

// The first cell heads its row. Rows that stay keep their nodes, and with them focus and selection. A cell is a text, or an
// object with a text and what a press of it does.
export function rows(table, all, none) {
  const e = typeof table === 'string' ? get(table) : table, body = e.tBodies[0];
  if (!all.length) {
    body.replaceChildren(node('tr'));
    body.rows[0].append(node('td', none, { class: 'none', colspan: Math.max(1, e.tHead.rows[0].cells.length) }));
    return [];
  }
  if (body.rows.length !== all.length || [...body.rows].some((r, i) => r.cells.length !== all[i].length)) {
    body.replaceChildren(...all.map((cells) => node('tr', undefined, {}, ...cells.map((c, i) => i ? node('td') : node('th', undefined, { scope: 'row' })))));
  }
  all.forEach((cells, r) => cells.forEach((cell, c) => fill(body.rows[r].cells[c], cell, c === 0)));
  return [...body.rows];
}
function fill(cell, value, heads) {
  const text = typeof value === 'object' ? value.text : value;
  const pressed = typeof value === 'object' && value.act;
  let inner = cell;
  if (pressed) {
    inner = cell.querySelector('button') || cell.appendChild(node('button', undefined, { type: 'button', class: 'link' }));
    if (cell.firstChild !== inner) cell.replaceChildren(inner);
    inner.onclick = value.act;
    if (value.hint && inner.title !== value.hint) inner.title = value.hint;
  }
  if (!pressed && cell.firstElementChild) cell.textContent = '';
  if (inner.textContent !== text) inner.textContent = text;
  const title = (typeof value === 'object' && value.whole) || (heads || text.length > 24 ? text : '');
  if (!value.hint && cell.title !== title) cell.title = title;
  cell.classList.toggle('odd', Boolean(value.odd));
}

// Heads that sort; the order is a column's name, downwards with a minus.
export function sortable(table, columns, order, act) {
  const heads = columns.join('|') + order, at = [...table.tHead.querySelectorAll('.sort')].indexOf(document.activeElement);
  if (table.dataset.heads === heads) return;
  table.dataset.heads = heads;
  table.tHead.replaceChildren(node('tr', undefined, {}, ...columns.map(([name, key]) => {
    const down = order === '-' + key, up = order === key;
    return node('th', undefined, { scope: 'col', 'aria-sort': down ? 'descending' : up ? 'ascending' : 'none' }, button(name, () => act(down ? key : '-' + key), { class: 'sort' }));
  })));
  // Who sorts by the keyboard goes on from there.
  if (at >= 0) table.tHead.querySelectorAll('.sort')[at].focus();
}

// Columns of words begin where the eye looks for them; numbers end below each other.
export function alignWords(table, isWords) {
  [...table.rows].forEach((row) => [...row.cells].forEach((cell, i) => cell.classList.toggle('words', Boolean(isWords[i]))));
}

// What a table shows, as files: where no question to the API has just these rows.
const QUOTED = /[",\r\n]/;
const FILES = {
  csv: (all) => all.map((row) => row.map((text) => QUOTED.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text).join(',') + '\r\n').join(''),
  json: ([heads, ...all]) => JSON.stringify(all.map((row) => Object.fromEntries(row.map((text, i) => [heads[i], text])))),
};
export const copies = (table, name) => node('div', undefined, { class: 'files' }, ...Object.entries(FILES).map(([format, write]) => button(format.toUpperCase(),
  () => download(new Blob([write([...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)))]), name + '.' + format), { class: 'link' })));
export function download(blob, name) {
  const link = node('a', '', { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

export const scrolling = (label, table) => node('div', undefined, {}, node('div', undefined, { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table), copies(table, label));
export const table = (heads, attributes) => node('table', undefined, attributes || {}, node('thead', undefined, {}, node('tr', undefined, {}, ...heads.map((h) => node('th', h, { scope: 'col' })))), node('tbody'));
// Waits until someone has stopped to type.
export function typed(input, act) {
  let later;
  input.addEventListener('input', () => { clearTimeout(later); later = setTimeout(() => act(input.value), 250); });
}
