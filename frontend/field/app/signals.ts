import type { Settings } from "./settings.ts";

/** ok: done · look: something to read first · stop: not done */
export type Signal = "ok" | "look" | "stop";

interface Note {
  /** Seconds from the start. */
  at: number;
  lasts: number;
  hertz: number;
}

/** Told apart by rhythm as well as by pitch: two quick rising · three even · one long and low. */
const TUNES: Record<Signal, { notes: Note[]; wave: OscillatorType; vibration: number[] }> = {
  ok: {
    wave: "sine",
    notes: [
      { at: 0, lasts: 0.08, hertz: 880 },
      { at: 0.1, lasts: 0.12, hertz: 1320 },
    ],
    vibration: [40],
  },
  look: {
    wave: "triangle",
    notes: [0, 0.24, 0.48].map((at) => ({ at, lasts: 0.13, hertz: 620 })),
    vibration: [80, 80, 80, 80, 80],
  },
  stop: { wave: "square", notes: [{ at: 0, lasts: 0.75, hertz: 175 }], vibration: [500] },
};

const LOUDNESS = 0.35;

/** Sound, vibration and voice, as far as the phone has them and the worker wants them. */
export class Signals {
  private context: AudioContext | null = null;

  constructor(private readonly settings: Settings) {
    // Browsers let a page sound only after it was touched.
    const unlock = (): void => {
      this.context ??= typeof AudioContext === "undefined" ? null : new AudioContext();
      void this.context?.resume();
    };
    addEventListener("pointerdown", unlock, { passive: true });
    addEventListener("keydown", unlock, { passive: true });
  }

  give(signal: Signal): void {
    const { notes, wave, vibration } = TUNES[signal];
    // Never called before the first touch, which browsers would refuse with a warning.
    if (this.settings.vibration && this.context && "vibrate" in navigator) navigator.vibrate(vibration);
    if (!this.settings.sound || this.context?.state !== "running") return;
    for (const note of notes) this.play(this.context, note, wave);
  }

  private play(context: AudioContext, { at, lasts, hertz }: Note, wave: OscillatorType): void {
    const start = context.currentTime + at;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = wave;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
    volume.gain.setValueAtTime(LOUDNESS, start + lasts - 0.02);
    volume.gain.linearRampToValueAtTime(0, start + lasts);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + lasts);
  }

  get canSpeak(): boolean {
    return "speechSynthesis" in window;
  }

  /** Names are read in Chinese whatever the page's language. */
  speak(text: string): void {
    if (!this.settings.speech || !this.canSpeak) return;
    speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = "zh-CN";
    utterance.rate = 0.9;
    speechSynthesis.speak(utterance);
  }

  hush(): void {
    if (this.canSpeak) speechSynthesis.cancel();
  }
}
