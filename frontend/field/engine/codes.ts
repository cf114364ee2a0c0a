/** What a laboratory's bar code or one of ours may hold; the server takes no other. */
const TUBE_CODE = /^[0-9A-Z][0-9A-Z._/-]{0,39}$/;

/** A tube's code as scanned or typed, full-width signs and small letters put right; null when it can't be one. */
export function readTubeCode(text: string): string | null {
  const code = text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
  return TUBE_CODE.test(code) ? code : null;
}

/** A person's card: the letter P and a random token of at least 128 bits. */
const PERSON_CARD = /^P[0-9A-Za-z_.:-]{20,127}$/;

/** The token of a person's card if the text is one: what may be sampled when nobody can be looked up. */
export function readCard(text: string): string | null {
  const token = text.trim();
  return PERSON_CARD.test(token) ? token : null;
}
