/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which {@link Descriptor}s are open, with the stacks that opened them: for tests, which fail when
 * one is left. Off unless the system property {@code podtap.traceDescriptors} is {@code true}. Any
 * thread.
 */
final class OpenDescriptors {

  private static final boolean TRACED = Boolean.getBoolean("podtap.traceDescriptors");

  private static final Map<Descriptor, Throwable> OPEN =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private OpenDescriptors() {}

  static void opened(Descriptor descriptor, String call) {
    if (TRACED) {
      OPEN.put(descriptor, new Throwable("not closed: " + call));
    }
  }

  static void closed(Descriptor descriptor) {
    if (TRACED) {
      OPEN.remove(descriptor);
    }
  }

  /** Returns who opened what is open now. */
  static List<Throwable> stacks() {
    synchronized (OPEN) {
      return new ArrayList<>(OPEN.values());
    }
  }
}
