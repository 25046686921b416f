package io.byssus.bench.cases;

import java.util.Locale;

/** The mixes of YCSB's core workloads. */
enum YcsbWorkload {
  A(50, Other.UPDATE, "50 % reads, 50 % updates, zipfian"),
  B(95, Other.UPDATE, "95 % reads, 5 % updates, zipfian"),
  C(100, Other.UPDATE, "reads, zipfian"),
  D(95, Other.INSERT, "95 % reads of the latest, 5 % inserts"),
  E(95, Other.INSERT, "95 % scans of 1 to 100 records, 5 % inserts, zipfian"),
  F(50, Other.READ_MODIFY_WRITE, "50 % reads, 50 % reads with a write after, zipfian");

  /** What is done beside reading. */
  enum Other {
    UPDATE,
    INSERT,
    READ_MODIFY_WRITE
  }

  private final int readPercent;
  private final Other other;
  private final String mix;

  YcsbWorkload(int readPercent, Other other, String mix) {
    this.readPercent = readPercent;
    this.other = other;
    this.mix = mix;
  }

  String letter() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  String mix() {
    return mix;
  }

  /** How many of 100 operations are reads; of E, scans. */
  int readPercent() {
    return readPercent;
  }

  Other other() {
    return other;
  }
}
