/* The board is walked with the arrow keys: one card at a time is in the tab order, with its action.
   Without this file every link of the board is. */
addEventListener('DOMContentLoaded', () => {
  'use strict';
  const board = document.querySelector('[data-board]');
  if (!board) return;
  const columns = () => [...board.children].filter(column => column.offsetParent !== null);
  const cards = column => [...column.querySelectorAll('[data-card]')];
  const linksOf = card => card.closest('li').querySelectorAll('a');

  const choose = card => {
    board.querySelectorAll('li a').forEach(link => { link.tabIndex = -1; });
    linksOf(card).forEach(link => { link.tabIndex = 0; });
  };
  const first = cards(board)[0];
  if (first) choose(first);
  board.addEventListener('focusin', event => {
    const card = event.target.closest('li')?.querySelector('[data-card]');
    if (card) choose(card);
  });

  /* The neighbour in the direction of the key; a column without cards is stepped over. */
  const neighbour = (card, key) => {
    const all = columns().filter(column => cards(column).length);
    const at = all.indexOf(card.closest('section'));
    const column = cards(all[at]);
    const row = column.indexOf(card);
    if (key === 'ArrowDown') return column[row + 1];
    if (key === 'ArrowUp') return column[row - 1];
    if (key === 'Home') return column[0];
    if (key === 'End') return column.at(-1);
    const beside = all[at + (key === 'ArrowRight' ? 1 : -1)];
    return beside && (cards(beside)[row] || cards(beside).at(-1));
  };
  board.addEventListener('keydown', event => {
    if (!['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const card = event.target.closest('li')?.querySelector('[data-card]');
    if (!card) return;
    event.preventDefault();
    neighbour(card, event.key)?.focus();
  });
});
