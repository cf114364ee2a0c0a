/** What a laboratory's bar code or one of ours may hold; the server takes no other. */
const TUBE_CODE = /^[0-9A-Z][0-9A-Z._/-]{0,39}$/;

/** A tube's code as scanned or typed, full-width signs and small letters put right; null when it can't be one. */
export function readTubeCode(text: string): string | null {
  const code = text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
  return TUBE_CODE.test(code) ? code : null;
}

/** A letter for whose card it is and 26 characters of Crockford's base 32. */
const TOKEN = /^[PHD][0-9A-HJKMNP-TV-Z]{26}$/;
const LOOK_ALIKE: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };

/** The token of a card as scanned or typed; null when it can't be one. The server's rule: `contracts/cases/card-tokens.json`. */
export function readToken(text: string): string | null {
  const bare = text.normalize("NFKC").toUpperCase().replace(/[\s-]+/g, "");
  const token = bare.replace(/[OIL]/g, (letter) => LOOK_ALIKE[letter] ?? letter);
  return TOKEN.test(token) ? token : null;
}

/** The token of a person's card: what may be sampled when nobody can be looked up. */
export function readPersonCard(text: string): string | null {
  const token = readToken(text);
  return token?.startsWith("P") ? token : null;
}
