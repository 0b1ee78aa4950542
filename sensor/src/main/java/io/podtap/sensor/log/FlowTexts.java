/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * How the flows of recent records were written: a flow has many records, whose names for it are the
 * same. Keeps one flow for each place; another that falls on it takes it over. One thread.
 */
final class FlowTexts {

  /** A power of two. */
  private static final int PLACES = 512;

  private final @Nullable Key[] keys = new Key[PLACES];
  private final byte[][] texts = new byte[PLACES][];

  /** The originator is part of it, as a flow's roles may be exchanged. */
  private record Key(
      long uidHigh, long uidLow, long originatorHigh, long originatorLow, int originatorPort) {

    static Key of(Flow flow) {
      return new Key(
          flow.uidHigh(),
          flow.uidLow(),
          flow.originatorHigh(),
          flow.originatorLow(),
          flow.originatorPort());
    }

    boolean isOf(Flow flow) {
      return uidLow == flow.uidLow()
          && uidHigh == flow.uidHigh()
          && originatorLow == flow.originatorLow()
          && originatorHigh == flow.originatorHigh()
          && originatorPort == flow.originatorPort();
    }
  }

  /** Returns what was kept for a flow as it is now, or null; not to be changed. */
  byte @Nullable [] find(Flow flow) {
    int place = place(flow);
    Key key = keys[place];
    return key != null && key.isOf(flow) ? texts[place] : null;
  }

  /** Keeps a text, which is not copied. */
  void keep(Flow flow, byte[] text) {
    int place = place(flow);
    keys[place] = Key.of(flow);
    texts[place] = text;
  }

  private static int place(Flow flow) {
    return (int) flow.uidLow() & (PLACES - 1);
  }
}
