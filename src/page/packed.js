// Files of the page in one file: each is compressed by gzip and stored as text in an element of its own.

/** Letters of the digits to the base 125: those of ASCII that a page keeps as they are and that cannot end the element. */
const LETTERS = Array.from({ length: 128 }, (_, code) => code).filter((code) => ![0, 13, 60].includes(code));

const DIGITS = new Map(LETTERS.map((code, digit) => [code, digit]));

/**
 * The file in an element. Each thirteen bytes are fifteen digits.
 * @param {HTMLElement} element
 * @returns {Response}
 */
export const unpack = (element) => {
  const text = element.textContent;
  const digits = (/** @type {number} */ from) => {
    let number = 0;
    for (let place = from; place < from + 5; place += 1) number = number * 125 + DIGITS.get(text.charCodeAt(place));
    return BigInt(number);
  };
  const count = text.length / 15;
  // The second of two writes has three bytes more than the thirteen.
  const view = new DataView(new ArrayBuffer(count * 13 + 3));
  for (let chunk = 0; chunk < count; chunk += 1) {
    const at = chunk * 15;
    const number = (digits(at) * 125n ** 5n + digits(at + 5)) * 125n ** 5n + digits(at + 10);
    view.setBigUint64(chunk * 13, number >> 40n);
    view.setBigUint64(chunk * 13 + 8, BigInt.asUintN(64, number << 24n));
  }
  const packed = new Blob([view.buffer.slice(0, Number(element.dataset.bytes))]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip")));
};
