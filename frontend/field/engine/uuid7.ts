/** Source of randomness: `crypto.getRandomValues`, which pages on plain http have too. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => void;

const fillRandom: FillRandom = (bytes) => {
  crypto.getRandomValues(bytes);
};

/** A clock that went back by more than this is believed; less is taken for jitter and the last time is kept. */
const JITTER_MS = 10_000;

/**
 * Makes version 7 UUIDs (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then a counter of 12 bits
 * (method 1 of section 6.2) so that ids made within a millisecond sort by creation, then 62 random bits.
 */
export function uuid7Maker(now: () => number, random: FillRandom = fillRandom): () => string {
  let last = 0;
  let counter = 0;
  return () => {
    const bytes = new Uint8Array(16);
    random(bytes);
    const time = now();
    if (time > last || last - time > JITTER_MS) {
      last = time;
      // The upper bit stays free, so that the counter has room to grow.
      counter = (((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)) & 0x7ff;
    } else if (++counter > 0xfff) {
      last += 1;
      counter = 0;
    }
    for (let place = 0; place < 6; place += 1) {
      bytes[place] = Math.floor(last / 2 ** (8 * (5 - place))) & 0xff;
    }
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
}
