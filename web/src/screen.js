// A terminal that is shown on a page: what a hostile program may not make it do, and the styles it makes by itself.
import { Terminal } from '@xterm/xterm';

const REPEAT_MAX = 5000;

/** The terminal makes style sheets of its own: they carry the nonce that the page's policy allows. */
export function allowStyles(nonce) {
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = create(name, options);
    if (name.toLowerCase() === 'style') element.nonce = nonce;
    return element;
  };
}

/** Links are not followed; sequences that repeat something with a count beyond all reason would stand still for minutes. */
export function screen(options) {
  const terminal = new Terminal({ scrollback: 5000, linkHandler: { activate() {} }, ...options });
  for (const final of ['L', 'M', 'S', 'T', 'I', 'Z', 'b', '@', 'P', 'X']) {
    terminal.parser.registerCsiHandler({ final }, (parameters) => parameters.flat().some((value) => value > REPEAT_MAX));
  }
  return terminal;
}
