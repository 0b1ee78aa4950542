/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.content;

import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The decompressions under way in one analysis: each takes some forty KiB outside the heap, so
 * there are at most {@value #OPEN_MAX}. One thread.
 */
public final class Inflaters {

  static final int CHUNK_BYTES = 16 << 10;

  private static final int OPEN_MAX = 512;

  /** Memory of one: outside the heap, and accounted for as if it were inside. */
  static final long BYTES = 44 << 10;

  /** What comes and what goes in one call; both hold nothing between calls. */
  final byte[] input = new byte[CHUNK_BYTES];

  final byte[] output = new byte[CHUNK_BYTES];

  private int open;

  /** Begins one, or returns null when there are too many. */
  @Nullable Inflater begin(boolean bare) {
    if (open == OPEN_MAX) {
      return null;
    }
    open++;
    return new Inflater(bare);
  }

  void end(Inflater inflater) {
    open--;
    inflater.end();
  }
}
