/* What is written is not lost: drafts are kept as somebody types, leaving a form that keeps none is asked about, and who
   has been idle is told five minutes before the session ends. Forms say where their draft is kept:
   <form method="post" data-draft="/utkast/spara/…">; an element inside with data-draft-said tells when it was kept. */
(() => {
  'use strict';
  const AFTER_TYPING = 1000, WARN_SECONDS = 5 * 60;
  const texts = JSON.parse(document.getElementById('cf-words').textContent);
  const words = (name, values = {}) => texts[name].replace(/{(\w+)}/g, (_, key) => values[key]);
  const clockTime = when => when.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
  const post = (url, form, more) => fetch(url, { method: 'POST', body: new FormData(form), headers: { 'HX-Request': 'true' }, redirect: 'error', ...more });

  /* Forms with something written that nobody has kept; for those with a draft, the timer that will keep it and the request
     that does. */
  const unsaved = new Set(), waiting = new Map(), sending = new Map();

  const stop = form => { clearTimeout(waiting.get(form)); waiting.delete(form); sending.get(form)?.abort(); sending.delete(form); };
  const keep = async (form, more) => {
    stop(form);
    const request = new AbortController();
    sending.set(form, request);
    let kept = false;
    try { kept = (await post(form.dataset.draft, form, { signal: request.signal, ...more })).ok; } catch { /* no network: said below */ }
    if (request.signal.aborted) return;
    sending.delete(form);
    if (kept && !waiting.has(form)) unsaved.delete(form);
    const said = form.querySelector('[data-draft-said]');
    if (said) said.textContent = kept ? words('draft_kept', { time: clockTime(new Date()) }) : words('draft_failed');
  };
  addEventListener('input', event => {
    const form = event.target.form;
    if (!form || form.method !== 'post' || form.closest('[role="search"]')) return;
    unsaved.add(form);
    if (!form.dataset.draft) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(keep, AFTER_TYPING, form));
  });
  /* A draft that came after its form would be offered again although it is registered. */
  const forget = form => { stop(form); unsaved.delete(form); };
  addEventListener('submit', event => forget(event.target));
  addEventListener('reset', event => forget(event.target));
  /* The last second before somebody leaves: sent even when the page is gone. */
  addEventListener('visibilitychange', () => { if (document.hidden) [...waiting.keys()].forEach(form => keep(form, { keepalive: true })); });
  addEventListener('beforeunload', event => {
    [...waiting.keys()].forEach(form => { keep(form, { keepalive: true }); unsaved.delete(form); });
    if ([...unsaved].some(form => form.isConnected)) event.preventDefault();
  });

  /* The end of the session. The server is asked, as another window may have kept it alive. */
  const dialog = document.getElementById('cf-session');
  if (!dialog) return;
  let timer;
  const ask = seconds => { clearTimeout(timer); timer = setTimeout(look, 1000 * Math.max(1, seconds)); };
  const look = async () => {
    let left = 0;
    try {
      const answer = await fetch(dialog.dataset.left, { headers: { 'HX-Request': 'true' } });
      if (answer.status === 200) left = (await answer.json()).seconds;
    } catch { ask(30); return; }
    if (left > WARN_SECONDS) { if (dialog.open) dialog.close(); ask(left - WARN_SECONDS); return; }
    const ended = left <= 0;
    dialog.querySelector('[data-when]').textContent = ended ? words('session_ended') : words('session_ends', { time: clockTime(new Date(Date.now() + 1000 * left)) });
    dialog.querySelector('form').hidden = ended;
    dialog.querySelector('[data-ended]').hidden = !ended;
    if (!dialog.open) dialog.showModal();
    if (!ended) ask(Math.min(left, 60));
  };
  dialog.addEventListener('submit', async event => {
    event.preventDefault();
    event.stopPropagation();
    try { await post(event.target.action, event.target); } catch { /* `look` tells */ }
    dialog.close();
    look();
  });
  ask(Number(dialog.dataset.seconds) - WARN_SECONDS);
  addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
})();
