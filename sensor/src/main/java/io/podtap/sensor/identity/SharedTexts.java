/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Texts that many owners have in common, such as namespaces and nodes, once each as far as a table
 * of fixed size allows. Any thread.
 */
public final class SharedTexts {

  /** A power of two. */
  private static final int PLACES = 1 << 13;

  private static final AtomicReferenceArray<String> TEXTS = new AtomicReferenceArray<>(PLACES);

  private SharedTexts() {}

  /** Returns an equal text. */
  public static String of(String text) {
    if (text.isEmpty()) {
      return "";
    }
    int hash = text.hashCode();
    int place = (hash ^ hash >>> 13) & (PLACES - 1);
    String known = TEXTS.get(place);
    if (text.equals(known)) {
      return known;
    }
    TEXTS.set(place, text);
    return text;
  }
}
