// A box that ticks all others of its form with a name, wherever on the page they stand; it is ticked when they all are.

export function tickAll(root) {
  for (const box of root.querySelectorAll('input[data-tick-all]')) {
    const others = [...box.form.elements].filter(({ type, name }) => type === 'checkbox' && name === box.dataset.tickAll);
    const agree = () => (box.checked = others.every((other) => other.checked));
    box.closest('label').hidden = others.length < 2;
    box.onchange = () => others.forEach((other) => (other.checked = box.checked));
    for (const other of others) other.onchange = agree;
    agree();
  }
}
