/* Behaviours of every page. Everything works without this file; it only makes the work quicker.
   Loaded before the page is drawn, so that the chosen theme never flashes. */
(() => {
  'use strict';
  const root = document.documentElement;
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  root.classList.add('js');

  /* The choice is the browser's own and may be forbidden: then the system decides. */
  const stored = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const store = value => { try { value ? localStorage.setItem('theme', value) : localStorage.removeItem('theme'); } catch { /* stays as the system */ } };
  const applyTheme = () => {
    root.dataset.bsTheme = stored() || (systemDark.matches ? 'dark' : 'light');
    document.querySelectorAll('[data-theme]').forEach(b => b.setAttribute('aria-pressed', b.dataset.theme === (stored() || '')));
    dispatchEvent(new Event('themechange'));
  };
  applyTheme();
  systemDark.addEventListener('change', applyTheme);
  matchMedia('print').addEventListener('change', event => {
    if (!event.matches) { applyTheme(); return; }
    root.dataset.bsTheme = 'light';
    dispatchEvent(new Event('themechange'));
  });

  /* Texts in the reader's language stand in the page: templates/macros/words.html. */
  const words = (name, values = {}) => {
    const text = JSON.parse(document.getElementById('cf-words').textContent)[name];
    return text.replace(/{(\w+)}/g, (_, key) => values[key]);
  };
  const announce = text => { const live = document.getElementById('cf-live'); if (live && live.textContent !== text) live.textContent = text; };
  const openMenus = () => document.querySelectorAll('details.cf-menu[open]');

  const onClick = event => {
    openMenus().forEach(menu => { if (!menu.contains(event.target)) menu.open = false; });
    const theme = event.target.closest('[data-theme]');
    if (theme && theme.tagName === 'BUTTON') { store(theme.dataset.theme); applyTheme(); }
    if (event.target.closest('[data-print]')) print();
    const opener = event.target.closest('[data-dialog]');
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) { event.preventDefault(); openMenus().forEach(menu => { menu.open = false; }); dialog.showModal(); }
    const closer = event.target.closest('[data-close]');
    if (closer) { event.preventDefault(); closer.closest('dialog').close(); }
    const peek = event.target.closest('[data-reveal]');
    if (peek) reveal(peek);
  };

  /* Show or hide a password; the button's words say what it will do next. */
  const reveal = button => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.textContent = words(shown ? 'hide' : 'show');
    button.setAttribute('aria-label', words(shown ? 'hide_password' : 'show_password'));
  };

  /* The arrow keys walk from the search field through what it found, and back. */
  const walkHits = event => {
    const find = event.target.closest?.('.cf-find');
    if (!find || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    const stops = [find.querySelector('input[type="search"]'), ...find.querySelectorAll('.cf-find__list a')];
    const next = stops[stops.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  };

  const typing = target => target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
  const onKey = event => {
    if (event.key === 'Escape') {
      openMenus().forEach(menu => { menu.open = false; menu.firstElementChild.focus(); });
      if (event.target.closest?.('.cf-find')) event.target.blur();
    }
    if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key === '?') { document.getElementById('cf-keys')?.showModal(); return; }
    if (!['/', 'n', 'p'].includes(event.key)) return;
    const target = document.querySelector(`[aria-keyshortcuts="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    if (event.key === '/') { target.focus(); target.select(); return; }
    sessionStorage.setItem('focus', 'first');
    target.click();
  };

  /* A form is sent once. The button is disabled after the browser has read its name and value. */
  const onSubmit = event => {
    const form = event.target;
    if (form.method !== 'post' || form.hasAttribute('hx-post')) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => form.querySelectorAll('button:not([type="button"])').forEach(b => { b.disabled = true; }));
  };
  /* Back in the browser's history shows the page as it was left: let it be sent again. */
  const release = () => document.querySelectorAll('form[data-sent]').forEach(form => {
    delete form.dataset.sent;
    form.querySelectorAll('button:disabled').forEach(b => { b.disabled = false; });
  });

  /* Links in an error summary go to a group of choices as well as to a field. */
  const onReady = () => {
    applyTheme();
    document.querySelector('[data-focus]')?.focus();
    if (sessionStorage.getItem('focus')) focusFirst();
    document.querySelectorAll('[data-count]').forEach(countLetters);
    fold(document);
  };
  /* Tables behind a chart stand open for those without scripts. */
  const fold = within => within.querySelectorAll('details[data-fold]').forEach(one => { one.open = false; delete one.dataset.fold; });
  /* A shortcut leads to a form: begin to write at once. */
  const focusFirst = () => {
    sessionStorage.removeItem('focus');
    document.querySelector('main form :is(input:not([type="hidden"]), select, textarea)')?.focus();
  };
  const countLetters = input => {
    const label = document.getElementById(input.dataset.count);
    const write = () => { label.textContent = words('letters', { n: input.value.length, most: input.maxLength }); };
    input.addEventListener('input', write);
    write();
  };

  /* What takes its time says so: links and forms marked data-slow bring up the page's #cf-slow. */
  const wait = shown => { const slow = document.getElementById('cf-slow'); if (slow) slow.hidden = !shown; };
  const onSlow = event => {
    const started = event.target.closest(event.type === 'submit' ? 'form[data-slow]' : 'a[data-slow]');
    if (started && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) setTimeout(() => wait(true), 300);
  };
  addEventListener('click', onSlow);
  addEventListener('submit', onSlow);
  addEventListener('pageshow', event => { if (event.persisted) wait(false); });
  addEventListener('click', onClick);
  addEventListener('keydown', onKey);
  addEventListener('keydown', walkHits);
  addEventListener('submit', onSubmit);
  addEventListener('pageshow', event => { if (event.persisted) release(); });
  addEventListener('DOMContentLoaded', onReady);
  /* Signed out meanwhile: the answer is the sign-in page, which belongs in the window and not in a block. */
  addEventListener('htmx:beforeSwap', event => {
    const { xhr, pathInfo } = event.detail;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname === new URL(pathInfo.requestPath, location.href).pathname) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  addEventListener('htmx:afterSwap', event => {
    fold(document);
    const say = event.detail.target.isConnected ? event.detail.target : document.getElementById(event.detail.target.id);
    const said = say?.closest('[data-announce]') || say?.querySelector('[data-announce]');
    if (said) announce(said.dataset.announce);
  });
})();
