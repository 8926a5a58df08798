/* Passkeys: a form with data-passkey asks the browser for a key before it is sent. What is asked stands in data-options;
   what the key answers goes with the form, and the server judges it. */
addEventListener('DOMContentLoaded', () => {
  'use strict';
  document.querySelectorAll('form[data-passkey]').forEach(form => {
    form.querySelector('[data-no-script]')?.remove();
    form.addEventListener('submit', async event => {
      /* The confirmation carries the fields of another form, which may have a field called credential too. */
      const answer = form.elements[form.dataset.answer || 'credential'];
      if (answer.value) return;
      event.preventDefault();
      const asked = JSON.parse(form.dataset.options);
      const refused = form.querySelector('[data-refused]');
      refused.hidden = true;
      try {
        const key = form.dataset.passkey === 'create'
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
        answer.value = JSON.stringify(key.toJSON());
        form.submit();
      } catch {
        /* Turned down, taken back, too slow, or a key that is there already: the browser does not say which. */
        refused.hidden = false;
        /* Later than the disabling of a form that is sent, which also waits its turn. */
        setTimeout(() => { form.querySelector('button').disabled = false; });
      }
    });
  });
});
