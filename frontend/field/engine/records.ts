/** What the phone records, by kind; the server's `records.py` of each room holds the other half of this list. */
export interface RecordData {
  "tube.open": { round: string; station: string; tube: string; pool: number };
  /** `retest`: the single re-test of one whose pool was positive. */
  sample: { round: string; station: string; tube: string; retest?: true } & Subject;
  "tube.close": { round: string; tube: string; count: number; reason: ShortReason | null };
  outcome: { round: string; person: string; outcome: DoorOutcome; reason: DoorReason; note: string };
  excuse: { round: string; person: string; reason: ExcuseReason; until: string };
  void: { record: string; reason: VoidReason };
}

/** A person who was found, or the card of one who could not be looked up. */
export type Subject = { person: string } | { card: string };

export const SHORT_REASONS = ["no_more_people", "end_of_session", "household_tube", "damaged", "single"] as const;
export type ShortReason = (typeof SHORT_REASONS)[number];

export type DoorOutcome = "unreachable" | "refused";
export const UNREACHABLE_REASONS = ["nobody_home", "phone_off", "moved", "away_unconfirmed"] as const;
export const REFUSED_REASONS = ["refused_no_reason", "refused_ill", "refused_other"] as const;
export type DoorReason = (typeof UNREACHABLE_REASONS)[number] | (typeof REFUSED_REASONS)[number];

export const EXCUSE_REASONS = ["away", "left", "isolated", "vaccinated", "ill", "infant", "died", "other"] as const;
export type ExcuseReason = (typeof EXCUSE_REASONS)[number];

export const VOID_REASONS = ["undo", "wrong_person", "wrong_tube", "entered_twice", "other"] as const;
export type VoidReason = (typeof VOID_REASONS)[number];

export type Kind = keyof RecordData;

/**
 * Where a record stands on this phone.
 *
 * waiting: only here, can be taken back · claimed: has its number and may have reached the server; sent again until
 * answered · the rest are the server's answers. `held` is stored there and waits for the record it names.
 */
export type RecordState = "waiting" | "claimed" | "accepted" | "duplicate" | "held" | "quarantined";

/** The server's answer to one record. */
export interface Outcome {
  id: string;
  outcome: "accepted" | "duplicate" | "held" | "quarantined";
  /** Empty when there is nothing to say. */
  code: string;
  words: string;
  flags: string[];
}

export interface StoredRecord<K extends Kind = Kind> {
  /** The order of creation on this phone. */
  order: number;
  id: string;
  /** The number on the wire, without holes: given when the record is first put into a batch. */
  seq: number | null;
  kind: K;
  village: string;
  /** The phone's clock, RFC 3339. */
  at: string;
  data: RecordData[K];
  state: RecordState;
  /** Not sent before this, Unix ms, so that a slip can be taken back; null: at once. */
  holdUntil: number | null;
  /** The id of the record that voids this one. */
  voidedBy: string | null;
  code: string;
  words: string;
  flags: string[];
  /** When the answer came, Unix ms. */
  settledAt: number | null;
  /** The worker has read what the office must know of: a quarantined or flagged record. */
  seen: boolean;
}

/** A stored record whose kind tells its data. */
export type AnyRecord = { [K in Kind]: StoredRecord<K> }[Kind];
