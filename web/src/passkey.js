// Passkeys: a form with data-passkey asks the browser to make one (create) or to show one (get), and is then sent with what
// the browser said, in its field data-answer. What the browser needs stands in data-given, or comes from data-options.

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const decode = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const credentials = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

/** As browsers do that read this JSON themselves. */
function parsed(kind, json) {
  const reads = kind === 'create' ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
  if (PublicKeyCredential[reads]) return PublicKeyCredential[reads](json);
  const options = { ...json, challenge: decode(json.challenge) };
  if (kind === 'create') {
    options.user = { ...json.user, id: decode(json.user.id) };
    options.excludeCredentials = credentials(json.excludeCredentials);
  } else {
    options.allowCredentials = credentials(json.allowCredentials);
  }
  return options;
}

async function options(form) {
  if (form.dataset.given) return JSON.parse(form.dataset.given);
  const answer = await fetch(form.dataset.options, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(new FormData(form)),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail ? `${said.detail}.` : 'The server did not answer. Load the page again.');
  return said;
}

async function ceremony(form) {
  const kind = form.dataset.passkey;
  const publicKey = parsed(kind, await options(form));
  const { rawId, response } = await navigator.credentials[kind]({ publicKey });
  if (kind === 'create') {
    return {
      client_data: encode(response.clientDataJSON),
      attestation: encode(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    };
  }
  const shown = {
    id: encode(rawId),
    client_data: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
  };
  if (response.userHandle?.byteLength) shown.user_handle = encode(response.userHandle);
  return shown;
}

/** What browsers say, in words; they tell on purpose not what it was that failed. */
function words(error, kind) {
  switch (error.name) {
    case 'NotAllowedError':
      return kind === 'create'
        ? 'No passkey was made: it was cancelled, or took too long. Try again.'
        : 'No passkey was shown: it was cancelled, took too long, or there is none of yours for this place here. Try again, or go another way.';
    case 'InvalidStateError':
      return 'This device holds a passkey of yours for this place already.';
    case 'SecurityError':
      return 'The address in your browser is not the one that passkeys of this server are for, or the connection is not safe.';
    case 'NotSupportedError':
    case 'ConstraintError':
      return 'This device cannot make passkeys of the kind that is needed: one that makes sure it is you. Try another device or a security key.';
    case 'AbortError':
      return 'It was broken off. Try again.';
    default:
      return error.message || 'It did not work. Load the page again.';
  }
}

document.addEventListener(
  'submit',
  async (event) => {
    const form = event.target;
    const kind = form.dataset.passkey;
    if (!kind) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    const problem = form.querySelector('[data-problem]');
    problem.hidden = true;
    form.dataset.busy = '1';
    form.setAttribute('aria-busy', 'true');
    try {
      form.querySelector('[data-answer]').value = JSON.stringify(await ceremony(form));
      form.submit();
    } catch (error) {
      problem.textContent = words(error, kind);
      problem.hidden = false;
      delete form.dataset.busy;
      form.removeAttribute('aria-busy');
    }
  },
  true,
);

// a page that comes back from the browser's memory may be sent again, with a new answer
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.busy, form.removeAttribute('aria-busy');
});

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) form.hidden = false;
  for (const note of document.querySelectorAll('[data-passkey-less]')) note.hidden = true;
}
