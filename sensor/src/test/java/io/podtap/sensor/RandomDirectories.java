/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.short16;
import static io.podtap.sensor.Octets.short8;
import static io.podtap.sensor.Octets.u16;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;

/** Random conversations of what names and persons are looked up with: DNS over TCP. */
final class RandomDirectories {

  private static final int A = 1;
  private static final int TXT = 16;

  private RandomDirectories() {}

  /** Questions of several types, several in a row, with one identifier for all or one for each. */
  static void dns(RandomTalk talk) {
    int id = talk.below(60_000);
    boolean isAlwaysZero = talk.oneIn(3);
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(3) ? 2 : 1; left > 0; left--) {
        id++;
        String identifier = u16(isAlwaysZero ? 0 : id);
        int type = talk.pick(A, 28, TXT, 33, 15);
        String question = short8(talk.word() + i) + "\7example\0" + u16(type) + "\0\1";
        String options = talk.oneIn(2) ? "\0\0\51\20\0\0\0\0\0\0\0" : "";
        String more = u16(options.isEmpty() ? 0 : 1);
        asked.append(short16(identifier + "\1\0\0\1\0\0\0\0" + more + question + options));
        int count = type == A ? talk.below(4) : type == TXT ? talk.below(6) : 0;
        StringBuilder answers = new StringBuilder();
        for (int k = 0; k < count; k++) {
          answers.append("\300\14" + u16(type) + "\0\1" + u32(60));
          answers.append(short16(type == A ? "\12\0\0" + u8(k) : short8("t".repeat(200))));
        }
        String flags = count == 0 ? "\201\203" : "\201\200";
        String counts = "\0\1" + u16(count) + "\0\0" + more;
        answered.append(short16(identifier + flags + counts + question + answers + options));
      }
      talk.client(asked).server(answered);
    }
  }
}
