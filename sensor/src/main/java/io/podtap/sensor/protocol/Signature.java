/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.protocol;

import io.podtap.sensor.parse.Payload;
import java.util.function.Predicate;

/** Tells by bytes whether they may be a protocol's. Stateless, any thread. */
@FunctionalInterface
public interface Signature {

  /** What bytes tell. */
  enum Match {
    /** They are not this protocol's. */
    NONE,

    /** They are this protocol's, or that of another one that says {@code SHARED} too. */
    SHARED,

    /** They are this protocol's; no protocol behind it in the registry is asked. */
    ALONE
  }

  /**
   * Looks at bytes; never fails, never keeps them.
   *
   * @param first from the first byte of an end on, as far as it is there; or a datagram
   */
  Match match(Payload first);

  /** Returns a signature of bytes that belong to no other protocol. */
  static Signature alone(Predicate<Payload> test) {
    return first -> test.test(first) ? Match.ALONE : Match.NONE;
  }

  /** Returns a signature of bytes that several protocols begin with. */
  static Signature shared(Predicate<Payload> test) {
    return first -> test.test(first) ? Match.SHARED : Match.NONE;
  }

  /** Returns every byte from {@code low} to {@code high}: for a set of first bytes. */
  static String bytes(int low, int high) {
    StringBuilder bytes = new StringBuilder();
    for (int value = low; value <= high; value++) {
      bytes.append((char) value);
    }
    return bytes.toString();
  }
}
