/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The parsers on one flow, until one of them is sure. One thread. */
final class Candidates<T extends Attached> {

  private @Nullable Object[] list = new @Nullable Object[1];
  private int count;

  int count() {
    return count;
  }

  @SuppressWarnings("unchecked") // only T is put in
  T get(int at) {
    Object rival = list[at];
    if (rival == null) {
      throw new IllegalStateException("no rival " + at);
    }
    return (T) rival;
  }

  void add(T rival) {
    if (count == list.length) {
      list = Arrays.copyOf(list, 2 * count);
    }
    list[count++] = rival;
  }

  /**
   * Takes out those that gave up, and all others when one is sure: they hear no more.
   *
   * @return whether one is sure
   */
  boolean settle() {
    boolean sure = false;
    for (int i = 0; i < count; i++) {
      sure |= get(i).isConfirmed() && !get(i).hasFailed();
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      T rival = get(i);
      if (!rival.hasFailed() && (!sure || rival.isConfirmed())) {
        list[kept++] = rival;
      } else {
        rival.drop();
      }
    }
    Arrays.fill(list, kept, count, null);
    count = kept;
    return sure;
  }
}
